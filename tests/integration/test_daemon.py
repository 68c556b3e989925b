"""The daemon over real sockets: webhooks are hints, saved files are seen, and its probes tell the truth."""

import hashlib
import hmac
import json
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic
from urllib.parse import urlsplit

import pytest

from syncd.daemon.runner import Daemon
from syncd.daemon.web.hooks import MOST_BYTES
from syncd.errors import ConfigError
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from tests.integration.watchman import ROADMAP, SECRET, Watchman, configuration


@pytest.fixture
def tracker(new_sandbox) -> Sandbox:
    """A sandbox on the real clock."""
    sandbox: Sandbox = new_sandbox(clock=wall_clock)
    return sandbox


@pytest.fixture
def daemon(tracker: Sandbox, memory: Path) -> Iterator[Watchman]:
    with Watchman(tracker, memory) as watchman:
        watchman.until_calm()
        yield watchman


def number(daemon: Watchman, title: str) -> int:
    return next(issue.number for issue in daemon.sandbox.person().issues() if issue.title == title)


def state(daemon: Watchman, title: str) -> str:
    return daemon.sandbox.person().issue(number(daemon, title)).state


def writes(daemon: Watchman) -> int:
    return sum(status.writes for run in daemon.runs if run.report for status in run.report.remotes.values())


def signed(body: bytes, secret: str = SECRET, event: str = "issues", guid: str = "") -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": f"sha256={digest}",
        "Content-Type": "application/json",
    }
    return headers | ({"X-GitHub-Delivery": guid} if guid else {})


def about(issue: int) -> bytes:
    return json.dumps({"issue": {"number": issue}, "repository": {"full_name": "acme/widgets"}}).encode()


def deliver(daemon: Watchman, body: bytes, **how: str) -> int:
    return daemon.ask("POST", "/hooks/github", body, **signed(body, **how))[0]


def test_the_first_run_begins_by_itself(daemon: Watchman) -> None:
    assert daemon.runs[0].trigger == "start"
    assert len(daemon.sandbox.person().issues()) == 5


def test_an_issue_closed_on_the_tracker_is_in_the_file_after_its_webhook(daemon: Watchman) -> None:
    daemon.hook()
    before = writes(daemon)
    daemon.sandbox.person().close(number(daemon, "Dig the hole"))
    daemon.until(lambda: "- [x] Dig the hole" in daemon.text)
    daemon.until_calm()
    assert daemon.text == ROADMAP.replace("- [ ] Dig", "- [x] Dig")
    assert writes(daemon) == before, "one human edit, no write back (I8)"
    assert [run.trigger for run in daemon.runs] == ["start", "webhook"], "what we wrote is no news to us"


def test_a_webhook_is_enough_although_the_lists_lag(daemon: Watchman) -> None:
    daemon.hook()
    daemon.sandbox.clock.advance(600)
    daemon.sandbox.fault("stale", method="GET", route="/issues[?]", times=None, seconds=300)
    daemon.sandbox.person().close(number(daemon, "Dig the hole"))
    daemon.until(lambda: "- [x] Dig the hole" in daemon.text)


def test_a_task_ticked_in_the_file_is_closed_on_the_tracker(daemon: Watchman) -> None:
    daemon.path.write_text(ROADMAP.replace("- [ ] Raise", "- [x] Raise"), encoding="utf-8")
    daemon.until(lambda: state(daemon, "Raise the walls") == "closed")
    assert "file" in {run.trigger for run in daemon.runs}


def test_an_editor_that_writes_beside_and_renames_is_seen_too(daemon: Watchman) -> None:
    beside = daemon.folder / ".ROADMAP.md.swp"
    beside.write_text(ROADMAP.replace("- [ ] Nail", "- [x] Nail"), encoding="utf-8")
    beside.replace(daemon.path)
    daemon.until(lambda: state(daemon, "Nail the roof") == "closed")


def test_a_file_that_is_empty_for_a_moment_closes_nothing(daemon: Watchman) -> None:
    done = len(daemon.runs)
    daemon.path.write_bytes(b"")
    daemon.until(lambda: len(daemon.runs) > done)
    daemon.path.write_text(ROADMAP.replace("- [ ] Nail", "- [x] Nail"), encoding="utf-8")
    daemon.until(lambda: state(daemon, "Nail the roof") == "closed")
    daemon.until_calm()
    assert [issue.state for issue in daemon.sandbox.person().issues()].count("closed") == 1


def test_a_thousand_repeated_deliveries_are_one_run_each_window_and_no_write(daemon: Watchman) -> None:
    body, before, ran = about(number(daemon, "Dig the hole")), writes(daemon), len(daemon.runs)
    again, begun = (body, signed(body, guid="again")), monotonic()
    assert daemon.post_all("/hooks/github", [again] * 1000) == {202}
    windows = int((monotonic() - begun) / daemon.debounce.total_seconds()) + 2
    daemon.until_calm()
    assert 1 <= len(daemon.runs) - ran <= windows
    assert {run.result for run in daemon.runs[ran:]} == {"noop"}
    assert writes(daemon) == before
    assert (
        daemon.metric('syncd_webhook_deliveries_total{event="issues",remote="github",result="duplicate"}')
        > 1000 - 3 * windows
    )


def test_a_redelivery_after_its_run_is_acted_on_again(daemon: Watchman) -> None:
    body = about(number(daemon, "Dig the hole"))
    for _ in range(2):
        assert deliver(daemon, body, guid="the same") == 202
        daemon.until_runs(1)
        daemon.until_calm()


def play(daemon: Watchman) -> None:
    """A day on the tracker."""
    ann = daemon.sandbox.person()
    ann.close(number(daemon, "Dig the hole"))
    ann.edit_issue(number(daemon, "Pour the floor"), title="Pour the thick floor")
    ann.close(number(daemon, "Nail the roof"))
    ann.reopen(number(daemon, "Nail the roof"))
    ann.edit_issue(number(daemon, "Clear the site"), milestone="Phase 2: House")


def keep(kept: list[tuple[bytes, dict[str, str]]], _url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Instead of delivering."""
    kept.append((body, dict(headers)))
    return 202


def test_lost_repeated_and_shuffled_webhooks_end_where_polling_does(
    new_sandbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ends = []
    for kind in ("polling", "hooks", "shuffled"):
        tracker = new_sandbox(clock=wall_clock)
        with Watchman(tracker, tmp_path_factory.mktemp(kind)) as daemon:
            daemon.until_calm()
            kept: list[tuple[bytes, dict[str, str]]] = []
            if kind == "hooks":
                daemon.hook()
            elif kind == "shuffled":
                tracker.courier._sender = partial(keep, kept)
                daemon.hook()
            play(daemon)
            tracker.courier.drain()
            if kept:
                often = kept * (1000 // len(kept) + 1)
                Random(7).shuffle(often)
                assert daemon.post_all("/hooks/github", often) == {202}
            if kind == "polling":
                daemon.daemon.workers.put("main", "schedule")
                daemon.until_runs(1)
            else:
                daemon.until(lambda: "thick floor" in daemon.text)
            daemon.until_calm()
            issues = [(one.title, one.state, one.milestone) for one in tracker.person().issues()]
            ends.append((daemon.text, [(title, how) for title, how, _ in issues]))
    assert ends[1] == ends[0]
    assert ends[2] == ends[0]
    assert "- [x] Dig the hole" in ends[0][0]


def test_a_forged_delivery_is_refused_unread_and_asks_for_nothing(daemon: Watchman) -> None:
    ran, body = len(daemon.runs), b"{ not even JSON"
    for secret in ("", "wrong", SECRET.upper()):
        assert deliver(daemon, body, secret=secret) == 401
    assert daemon.ask("POST", "/hooks/github", body)[0] == 401
    assert deliver(daemon, body) == 400, "signed, it is read"
    assert (len(daemon.runs), daemon.daemon.workers.counts()) == (ran, (0, 0))
    assert (
        daemon.metric('syncd_webhook_deliveries_total{event="unread",remote="github",result="bad_signature"}')
        == 4
    )


UNREAD = b"{ not even JSON"
GENUINE = signed(UNREAD)["X-Hub-Signature-256"].encode()
SHA1 = b"sha1=" + hmac.new(SECRET.encode(), UNREAD, "sha1").hexdigest().encode()
FORGED = {
    "github": {
        "none": [],
        "empty": [b"X-Hub-Signature-256:"],
        "short": [b"X-Hub-Signature-256: " + GENUINE[:15]],
        "a digit short": [b"X-Hub-Signature-256: " + GENUINE[:-1]],
        "upper case": [b"X-Hub-Signature-256: " + GENUINE.upper()],
        "no prefix": [b"X-Hub-Signature-256: " + GENUINE[7:]],
        "sha-1 alone": [b"X-Hub-Signature: " + SHA1],
        "sha-1 in its place": [b"X-Hub-Signature-256: " + SHA1],
        "twice": [b"X-Hub-Signature-256: " + GENUINE] * 2,
        "not ASCII": [b"X-Hub-Signature-256: sha256=\xe9\xff"],
        "of another body": [b"X-Hub-Signature-256: " + signed(b"{}")["X-Hub-Signature-256"].encode()],
        "the secret itself": [
            b"X-Hub-Signature-256: " + SECRET.encode(),
            b"X-Gitlab-Token: " + SECRET.encode(),
        ],
    },
    "gitlab": {
        "none": [],
        "empty": [b"X-Gitlab-Token:"],
        "short": [b"X-Gitlab-Token: " + SECRET[:-1].encode()],
        "upper case": [b"X-Gitlab-Token: " + SECRET.upper().encode()],
        "twice": [b"X-Gitlab-Token: " + SECRET.encode()] * 2,
        "not ASCII": [b"X-Gitlab-Token: \xe9\xff"],
        "as GitHub would": [b"X-Hub-Signature-256: " + GENUINE],
    },
}


def posted(daemon: Watchman, kind: str, lines: list[bytes], body: bytes = UNREAD) -> int:
    """A delivery, byte by byte: no library puts its headers in order."""
    parts = urlsplit(daemon.daemon.server.address)
    head = [b"POST /hooks/%s HTTP/1.1" % kind.encode(), b"Host: x", b"Content-Length: %d" % len(body), *lines]
    with socket.create_connection((parts.hostname, parts.port), 10) as connection:
        connection.sendall(b"\r\n".join([*head, b"", body]))
        return int(connection.recv(64).split()[1])


@pytest.mark.parametrize("kind", FORGED)
def test_every_forged_signature_is_refused_before_anything_is_read(
    tracker: Sandbox, memory: Path, kind: str
) -> None:
    watchman = Watchman(tracker, memory)
    watchman.configure(kind=kind)
    with watchman as daemon:
        daemon.until_calm()
        ran = len(daemon.runs)
        statuses = {name: posted(daemon, kind, lines) for name, lines in FORGED[kind].items()}
        assert statuses == dict.fromkeys(FORGED[kind], 401)
        assert posted(daemon, kind, [b"X-Padding: x"], b"x" * MOST_BYTES) == 401
        assert posted(daemon, kind, [b"X-Padding: x"], b"x" * (MOST_BYTES + 1)) == 413
        right = (
            b"X-Gitlab-Token: " + SECRET.encode() if kind == "gitlab" else b"X-Hub-Signature-256: " + GENUINE
        )
        assert posted(daemon, kind, [right]) == 400, "this one is read"
        assert (len(daemon.runs), daemon.daemon.workers.counts()) == (ran, (0, 0))


def test_only_configured_remotes_have_an_endpoint_and_only_post(daemon: Watchman) -> None:
    body = about(1)
    assert daemon.ask("POST", "/hooks/gitlab", body, **signed(body))[0] == 404
    assert daemon.ask("GET", "/hooks/github")[0] == 405
    assert daemon.ask("GET", "/hooks")[0] == 404


def chunked(daemon: Watchman, body: bytes) -> int:
    """Sends a body without saying how long it is."""
    parts = urlsplit(daemon.daemon.server.address)
    head = "".join(f"{name}: {value}\r\n" for name, value in signed(body).items())
    with socket.create_connection((parts.hostname, parts.port), 10) as connection:
        connection.sendall(
            f"POST /hooks/github HTTP/1.1\r\nHost: x\r\n{head}Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        for at in range(0, len(body), 65_536):
            piece = body[at : at + 65_536]
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        return int(connection.recv(64).split()[1])


def test_a_megabyte_is_read_and_a_byte_more_is_not(daemon: Watchman) -> None:
    whole = about(1)[:-1] + b"," + b'"pad":"'
    whole += b"x" * (1024 * 1024 - len(whole) - 2) + b'"}'
    assert len(whole) == 1024 * 1024
    more = whole[:-2] + b'x"}'
    assert (deliver(daemon, whole), deliver(daemon, more)) == (202, 413)
    assert (chunked(daemon, whole), chunked(daemon, more)) == (202, 413)


def test_a_push_makes_a_run_if_it_touches_the_roadmap(daemon: Watchman) -> None:
    def push(path: str) -> bytes:
        commits = [{"added": [], "modified": [path], "removed": []}]
        return json.dumps({"commits": commits, "repository": {"full_name": "acme/widgets"}}).encode()

    assert deliver(daemon, push("README.md"), event="push") == 202
    assert daemon.daemon.workers.counts() == (0, 0)
    ran = len(daemon.runs)
    assert deliver(daemon, push("ROADMAP.md"), event="push") == 202
    daemon.until(lambda: len(daemon.runs) > ran)


def test_the_probes_say_ready_until_it_ends(tracker: Sandbox, memory: Path) -> None:
    with Watchman(tracker, memory) as daemon:
        daemon.until_calm()
        assert daemon.ask("GET", "/livez") == (200, "workers: ok\n")
        assert daemon.ask("GET", "/readyz") == (200, "daemon: ok\nroadmap main: ok\n")
        daemon.daemon._ending.set()
        assert daemon.daemon.workers.drain(10)
        assert daemon.ask("GET", "/readyz")[0] == 503
        assert daemon.ask("GET", "/livez")[0] == 200
        assert deliver(daemon, about(1)) == 503


def test_a_forge_that_is_down_makes_it_neither_dead_nor_successful(daemon: Watchman) -> None:
    success = daemon.metric('syncd_last_success_timestamp_seconds{roadmap="main"}')
    daemon.sandbox.fault("fail_before", status=503, times=None)
    ran = len(daemon.runs)
    deliver(daemon, about(1))
    daemon.until(lambda: len(daemon.runs) > ran)
    assert daemon.runs[-1].result == "partial"
    assert daemon.ask("GET", "/livez")[0] == 200
    assert daemon.metric('syncd_last_success_timestamp_seconds{roadmap="main"}') == success
    assert daemon.metric('syncd_consecutive_failures{roadmap="main"}') >= 1
    assert daemon.metric('syncd_remote_retry_timestamp_seconds{remote="github"}') > 0


def test_metrics_are_for_this_machine_or_for_whoever_has_the_token(tracker: Sandbox, memory: Path) -> None:
    with Watchman(tracker, memory, serve=", token: look-at-me") as daemon:
        assert daemon.ask("GET", "/metrics")[0] == 401
        assert daemon.ask("GET", "/metrics", Authorization="Bearer look-at-mE")[0] == 401
        assert daemon.ask("GET", "/metrics", Authorization="Bearer look-at-me")[0] == 200


def test_another_sites_name_that_points_here_sees_nothing(daemon: Watchman) -> None:
    assert daemon.ask("GET", "/metrics", Host="evil.example")[0] == 401
    assert daemon.ask("GET", "/metrics")[0] == 200


def test_a_configuration_is_taken_over_or_refused_as_a_whole(daemon: Watchman) -> None:
    (daemon.folder / "TODO.md").write_text("# More\n\n## One\n\n- [ ] Sweep the yard\n", encoding="utf-8")
    good = daemon.config.read_text(encoding="utf-8")
    daemon.config.write_text(good.replace("every: 1h", "every: soon"), encoding="utf-8")
    daemon.daemon.reload()
    assert "every" in daemon.daemon.trouble
    assert SECRET not in daemon.daemon.trouble
    assert daemon.metric("syncd_config_last_reload_successful") == 0

    daemon.config.write_text(
        good.replace("every: 1h}", "every: 1h}, todo: {path: TODO.md, remotes: [github]}")
    )
    daemon.daemon.reload()
    assert daemon.daemon.trouble == ""
    daemon.until(lambda: any(issue.title == "Sweep the yard" for issue in daemon.sandbox.person().issues()))
    assert daemon.metric("syncd_config_last_reload_successful") == 1


def test_a_new_configuration_asks_no_host_before_the_time_it_named(daemon: Watchman) -> None:
    daemon.sandbox.fault("limit", method="POST", route="/issues$", headers={"Retry-After": "600"})
    daemon.path.write_text(f"{daemon.text}- [ ] Paint the door\n", encoding="utf-8")
    daemon.until(lambda: daemon.runs[-1].result == "later")
    asked = len(daemon.sandbox.exchanges)

    daemon.config.write_text(daemon.config.read_text().replace("1h", "2h"), encoding="utf-8")
    daemon.daemon.reload()
    daemon.daemon.workers.put("main", "page")
    daemon.until_runs(1)

    assert daemon.runs[-1].result == "later"
    assert len(daemon.sandbox.exchanges) == asked


def test_what_only_a_restart_can_change_is_refused(daemon: Watchman) -> None:
    daemon.configure(listen="127.0.0.1:1")
    daemon.daemon.reload()
    assert "restart" in daemon.daemon.trouble


def test_a_secret_in_a_file_is_read_anew(tracker: Sandbox, memory: Path) -> None:
    secret = memory / "secret"
    secret.write_text("first one\n", encoding="ascii")
    watchman = Watchman(tracker, memory)
    watchman.config.write_text(
        configuration(tracker).replace(f"secret: '{SECRET}'", "secret_file: secret"), encoding="utf-8"
    )
    body = about(1)
    with watchman as daemon:
        assert deliver(daemon, body, secret="first one") == 202
        fresh = memory / "fresh"
        fresh.write_text("second one", encoding="ascii")
        fresh.replace(secret)
        assert deliver(daemon, body, secret="first one") == 401
        assert deliver(daemon, body, secret="second one") == 202
        secret.unlink()
        assert deliver(daemon, body, secret="second one") == 202, "while it is away, the last one holds"


def test_a_secret_that_cannot_be_read_is_told_before_anything_begins(tracker: Sandbox, memory: Path) -> None:
    watchman = Watchman(tracker, memory)
    watchman.config.write_text(
        configuration(tracker).replace(f"secret: '{SECRET}'", "secret_file: nowhere"), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="nowhere"):
        watchman.__enter__()


def test_several_roadmaps_are_synced_at_once_on_one_host_with_one_state(
    tracker: Sandbox, memory: Path
) -> None:
    names = [f"r{number}" for number in range(6)]
    keys = []
    for name in names:
        tasks = "".join(f"- [ ] {name} task {number}\n" for number in range(8))
        (memory / f"{name}.md").write_text(f"# {name}\n\n## Phase {name}\n\n{tasks}", encoding="utf-8")
        keys.append(f"{name}: {{path: {name}.md, remotes: [github], every: 1h}}")
    watchman = Watchman(tracker, memory)
    text = configuration(tracker).replace("quarantine: 0s", "quarantine: 0s, pace: {interval: 1ms}")
    watchman.config.write_text(
        text.replace("roadmaps: {", f"roadmaps: {{{', '.join(keys)}, "), encoding="utf-8"
    )
    with watchman as daemon:
        daemon.until(lambda: len({run.name for run in daemon.runs}) == 7, 60)
        daemon.until_calm()
        assert {run.result for run in daemon.runs} <= {"ok", "noop"}
        assert len(tracker.person().issues()) == 6 * 8 + 5


def test_a_signal_that_the_system_gives_to_another_thread_is_heard_too(daemon: Watchman) -> None:
    # Its handler runs in the main thread, which nothing wakes.
    before = signal.signal(signal.SIGUSR1, lambda *_: daemon.daemon.ask("stop"))
    main = threading.get_ident()

    def elsewhere() -> None:
        while sys._current_frames()[main].f_code is not Daemon.wait.__code__:
            pass
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    thread = threading.Thread(target=elsewhere)
    try:
        thread.start()
        daemon.daemon.wait()
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
