"""The door: CLI, timer and webhook all end in :meth:`Engine.sync` (design §3)."""

from syncd.engine.engine import Engine
from syncd.engine.job import Job, Remote, Run
from syncd.engine.report import RemoteStatus, Report

__all__ = ["Engine", "Job", "Remote", "RemoteStatus", "Report", "Run"]
