"""The embedded tracker: one model of its own, GitHub's dialect over it, a page, and faults on request."""

from syncd.sandbox.server import Sandbox, serve

__all__ = ["Sandbox", "serve"]
