"""Keeps a hand-written roadmap and the issues of its trackers in step, both ways."""

__version__ = "0.1.0"
