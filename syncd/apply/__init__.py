"""Carries out a plan: the roadmap first, then each remote, every effect between an intent and its done (design §8)."""

from syncd.apply.outcome import Outcome, RemoteOutcome
from syncd.apply.remote import RemoteWork, apply_remote
from syncd.apply.roadmap import Rewrite, write_roadmap

__all__ = ["Outcome", "RemoteOutcome", "RemoteWork", "Rewrite", "apply_remote", "write_roadmap"]
