"""Notifications: somebody is told what waits for a person, once, and nothing waits for them (design §13).

:mod:`news` decides what is new in a run, :mod:`message` says it, :mod:`post` sends it, :mod:`notifier` does so beside
everything else.
"""

from syncd.daemon.notify.message import document, trial
from syncd.daemon.notify.notifier import Notifier, hide_address
from syncd.daemon.notify.post import Post

__all__ = ["Notifier", "Post", "document", "hide_address", "trial"]
