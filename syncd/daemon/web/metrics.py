"""``/metrics``: what happened, as counters, and what is, asked when somebody looks (reliability §4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from syncd import __version__
from syncd.daemon.board import Board
from syncd.daemon.finished import Finished

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# A series of its own for when each counter began: twice the exposition, for what nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]  # it lacks types
_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """A registry of its own: two daemons in one process do not count together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        Info("syncd_build", "The running version", registry=self.registry).info({"version": __version__})
        self._runs = self._counter("runs", "Runs that ended", "roadmap", "trigger", "result")
        self._seconds = Histogram(
            "syncd_run_duration_seconds",
            "How long runs took",
            ["roadmap", "result"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._actions = self._counter("actions", "Effects on a remote", "remote", "kind", "result")
        self._edits = self._counter("edits", "Lines of a roadmap that were changed", "roadmap")
        self._requests = self._counter("requests", "Requests to a remote", "remote", "kind")
        self._refusals = self._counter("guard_refusals", "Plans that the guard refused", "roadmap")
        self._deliveries = self._counter("webhook_deliveries", "Deliveries", "remote", "event", "result")
        self._reloads = self._counter("config_reloads", "Attempts to take over a configuration", "result")
        self._notifications = self._counter("notifications", "Messages to people", "result")
        self._loaded = Gauge(
            "syncd_config_last_reload_successful", "Whether the file holds now", registry=self.registry
        )
        self._loaded.set(1)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"syncd_{name}", help_text, labels, registry=self.registry)

    def watch(self, collector: Collector) -> None:
        """Asks this one too when somebody looks."""
        self.registry.register(collector)

    def run_finished(self, run: Finished) -> None:
        """A run is over."""
        self._runs.labels(run.name, run.trigger, run.result).inc()
        self._seconds.labels(run.name, run.result).observe(run.seconds)
        if run.result == "refused":
            self._refusals.labels(run.name).inc()
        if run.report is None:
            return
        if run.report.written:
            self._edits.labels(run.name).inc(len(run.report.plan.lines))
        for one in run.outcomes:
            self._actions.labels(one.remote, one.kind, one.result).inc()
        for remote, status in run.report.remotes.items():
            self._requests.labels(remote, "write").inc(status.writes)
            self._requests.labels(remote, "read").inc(status.requests - status.writes)

    def delivery(self, remote: str, event: str, result: str) -> None:
        """A webhook was answered."""
        self._deliveries.labels(remote, event, result).inc()

    def notified(self, result: str) -> None:
        """A message to people was sent, or lost."""
        self._notifications.labels(result).inc()

    def reloaded(self, *, well: bool) -> None:
        """A configuration was taken over, or refused."""
        self._reloads.labels("ok" if well else "refused").inc()
        self._loaded.set(well)

    def text(self) -> bytes:
        """The exposition."""
        return generate_latest(self.registry)


@dataclass(frozen=True)
class Now(Collector):
    """What is at this moment: standings, the inbox, and who is left in peace. Times, not ages: ages go stale."""

    board: Board
    counts: Callable[[], tuple[int, int]]
    away: Callable[[], Mapping[str, datetime]]
    remotes: Callable[[], Iterable[str]]
    state: Callable[[], Path]

    def collect(self) -> Iterable[Metric]:
        """Called for every look."""
        waiting, running = self.counts()
        yield GaugeMetricFamily("syncd_inbox_waiting", "Roadmaps that wait for a run", waiting)
        yield GaugeMetricFamily("syncd_inbox_running", "Runs that are going on", running)
        away = self.away()
        peace = _by_remote(
            "remote_retry_timestamp_seconds",
            "Until when a remote is left in peace after it failed; 0 if it is not",
        )
        for remote in self.remotes():
            peace.add_metric([remote], away[remote].timestamp() if remote in away else 0)
        yield peace
        yield from self._budgets()
        yield from self._standings()
        yield GaugeMetricFamily("syncd_state_serial", "Changes of the state so far", self.board.serial)
        yield GaugeMetricFamily("syncd_state_bytes", "Size of the state file", _size(self.state()))

    def _budgets(self) -> Iterable[Metric]:
        remaining = _by_remote("rate_limit_remaining", "Requests the forge still takes until the reset")
        limit = _by_remote("rate_limit_limit", "Requests the forge takes between two resets")
        reset = _by_remote("rate_limit_reset_timestamp_seconds", "When the forge counts anew")
        budgets = self.board.budgets()
        for remote in self.remotes():
            if budget := budgets.get(remote):
                remaining.add_metric([remote], budget.remaining)
                limit.add_metric([remote], budget.limit)
                reset.add_metric([remote], budget.reset.timestamp())
        return remaining, limit, reset

    def _standings(self) -> Iterable[Metric]:
        attempt = _by_roadmap("last_attempt_timestamp_seconds", "When the latest run ended")
        success = _by_roadmap("last_success_timestamp_seconds", "When a run was complete last")
        failures = _by_roadmap("consecutive_failures", "Runs that did not do what they should, in a row")
        conflicts = _by_roadmap("conflicts", "Conflicts that a person has to decide")
        held = _by_roadmap("held_tasks", "Tasks that are held until something is clear")
        intents = _by_roadmap("open_intents", "Effects of which it is not known whether they happened")
        oldest = _by_roadmap("oldest_intent_timestamp_seconds", "Since when the oldest of them; 0 without")
        for name, standing in sorted(self.board.standings().items()):
            latest = standing.latest
            attempt.add_metric([name], latest.ended.timestamp() if latest else 0)
            success.add_metric([name], standing.complete_at.timestamp() if standing.complete_at else 0)
            failures.add_metric([name], standing.failures)
            conflicts.add_metric([name], latest.conflicts if latest else 0)
            held.add_metric([name], latest.held if latest else 0)
            intents.add_metric([name], len(standing.intents))
            oldest.add_metric([name], min((one.since.timestamp() for one in standing.intents), default=0))
        return attempt, success, failures, conflicts, held, intents, oldest


def _by_roadmap(name: str, help_text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"syncd_{name}", help_text, labels=["roadmap"])


def _by_remote(name: str, help_text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"syncd_{name}", help_text, labels=["remote"])


def _size(path: Path) -> int:
    """Bytes of a file; 0 where there is none, for a look must not fail with the state."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
