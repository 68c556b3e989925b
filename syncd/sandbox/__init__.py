"""The embedded tracker: one model of its own, GitHub's and GitLab's dialects over it, a page, and faults on request.

``world`` and its neighbours (``issues``, ``planning``, ``people``, ``records``) are the model; a dialect turns it into
one forge's requests and answers and knows nothing of the other. Written from the forges' documentation, never from
our adapters: it imports nothing of syncd but the errors.
"""

from syncd.sandbox.server import Sandbox, serve

__all__ = ["Sandbox", "serve"]
