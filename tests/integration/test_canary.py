"""No secret leaves, whatever happens: canaries in every place of a configuration, and every place where one could sing.

Each failure is met by the command line and by a daemon (a process of its own). The tracker throws our token back at us
in every form it knows, for a forge or a proxy in between may do that (threats T4, T10).
"""

import json
import os
import signal
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from syncd import app, cli, logs
from syncd.sandbox import Sandbox, people
from syncd.sandbox.clock import wall_clock
from syncd.sandbox.server import BOT
from tests.integration.nursery import Nursery
from tests.integration.watchman import ROADMAP, asked, configuration
from tests.unit.daemon.doors import Desk, job

TOKEN, HOOK, OLD_HOOK, PAGE, NOTIFY, PROXY, KEY = CANARIES = (
    "c4nary+token/of=this",
    "c4nary secret & of % hooks",
    "c4nary-previous-secret",
    "c4nary-page-token",
    "c4nary-notify-part",
    "c4nary-proxy-pass",
    "c4naryKEYbytesOfAnApp",
)


def forms(canary: str) -> set[str]:
    """As it is, in an address, in hex, and in Base64: by itself, in the alphabet of addresses, behind a name."""
    raw = canary.encode()
    codes = (b64encode(raw), urlsafe_b64encode(raw), b64encode(b"x:" + raw), b64encode(b"y" + raw))
    plain = {canary, quote(canary), quote(canary, safe=""), quote_plus(canary), raw.hex(), raw.hex().upper()}
    return {*plain, *(code.decode() for code in codes)}


def trace(form: str) -> bytes:
    """What is left of a form where its ends stood among other letters: enough to know it."""
    return form[4:-4].encode() if len(form) > 24 else form.encode()


TRACES = {trace(form): canary for canary in CANARIES for form in forms(canary)}
SONG = " ".join(sorted(forms(TOKEN)))
"""What a spiteful tracker answers: the token that it was sent, in all its forms."""


def sung(*seen: bytes | str) -> list[str]:
    """Canaries that are in there."""
    text = b"\n".join(one.encode() if isinstance(one, str) else one for one in seen)
    return sorted({canary for one, canary in TRACES.items() if one in text})


def said(message: str) -> str:
    return json.dumps({"message": message, "errors": [{"field": message, "code": message}]})


def fault(kind: str, method: str = ".*", **options: Any) -> dict[str, Any]:
    return {"kind": kind, "method": method, "times": None, **options}


FAULTS: dict[str, list[dict[str, Any]]] = {
    "all is well": [],
    "401": [fault("fail_before", status=401, body=said(SONG))],
    "403": [fault("fail_before", status=403, body=said(SONG))],
    "404": [fault("fail_before", status=404, body=said(SONG))],
    "a limit": [fault("limit", status=429, body=said(SONG), headers={"Retry-After": "3600"})],
    "500": [fault("fail_before", status=500, body=said(SONG))],
    "writes that fail": [fault("fail_before", "POST", status=503, body=said(SONG))],
    "writes that are refused": [fault("fail_before", "POST", status=422, body=said(SONG))],
    "answers that are lost": [fault("drop_after", "POST")],
    "no answer": [fault("drop_before")],
    "no JSON": [fault("bad_json", body=SONG)],
    "JSON that is none of ours": [
        fault("bad_json", body=json.dumps({"id": SONG, "number": SONG, "full_name": SONG}))
    ],
    "half an answer": [fault("cut_body")],
    "an answer too late": [fault("delay", seconds=1.5, route="/issues")],
    "a redirect to another host": [
        fault("redirect", location=f"http://x:{quote(TOKEN)}@elsewhere.invalid/{SONG}")
    ],
}

AT_ONCE = (
    "all is well",
    "401",
    "403",
    "404",
    "writes that are refused",
    "answers that are lost",
    "a redirect to another host",
)
"""After these nobody waits for another attempt."""

REMOTES: dict[str, tuple[str, str]] = {
    "a CA file that is none": ("timeout: 1s", "timeout: 1s, ca_file: token-file"),
    "TLS where there is none": ("url: http:", "url: https:"),
    "nobody there": ("url: http://127.0.0.1", "url: http://127.0.0.2"),
    "an App whose key is none": (
        "token_file: token-file",
        "app: {id: 1, key_file: key-file}",
    ),
}
"""What is exchanged in the configuration of the remote."""


@dataclass
class Cage:
    """A folder with a canary in every place where a secret can be, and a tracker that knows the token."""

    tracker: Sandbox
    folder: Path
    seen: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        people.add_token(self.tracker.world, TOKEN, BOT)
        for name, secret in (
            ("token-file", TOKEN),
            ("hook-file", HOOK),
            ("old-hook-file", OLD_HOOK),
            ("page-file", PAGE),
            ("notify-file", f"http://127.0.0.1:9/{NOTIFY}?key={NOTIFY}"),
            ("key-file", f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----"),
        ):
            (self.folder / name).write_text(secret, encoding="utf-8")
        (self.folder / "ROADMAP.md").write_text(ROADMAP, encoding="utf-8")
        os.utime(self.folder / "ROADMAP.md", (0, 0))
        self.configure(self.text())

    def text(self) -> str:
        serve = ", token_file: page-file, notify: {url_file: notify-file, failures: 1}"
        return (
            configuration(self.tracker, serve=serve)
            .replace("token: sandbox-token", "token_file: token-file, timeout: 1s")
            .replace(
                "secret: 'a secret of this test'", "secret_file: hook-file, previous_file: old-hook-file"
            )
        )

    def configure(self, text: str) -> None:
        assert sung(text) == [], "by file alone"
        (self.folder / "syncd.yaml").write_text(text, encoding="utf-8")

    def state(self) -> Iterator[bytes]:
        """Every byte that is left on the disk, secrets and configuration apart."""
        for path in (self.folder / ".syncd").rglob("*"):
            if path.is_file():
                yield path.read_bytes()
        yield (self.folder / "ROADMAP.md").read_bytes()


@pytest.fixture
def cage(
    new_sandbox: Callable[..., Sandbox], judge, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Cage]:
    monkeypatch.chdir(memory)
    # No proxy is ever used, and nothing tells of one that is set.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://somebody:{PROXY}@127.0.0.1:9")
    with judge.bad_requests():
        yield Cage(new_sandbox(clock=wall_clock), memory)


@pytest.fixture
def syncd(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """One command in this process; all that it says."""

    def run(*arguments: str) -> str:
        cli.main(list(arguments))
        out, err = capfd.readouterr()
        return out + err

    return run


ASKING = (("run", "--dry-run"), ("doctor",), ("doctor", "--json"), ("hooks", "list"), ("--debug", "run"))
"""Commands that ask the tracker, beside the one run that each failure is tried with: where it fails, they wait."""
LOOKING = (
    ("run", "--json", "--verbose"),
    ("status",),
    ("status", "--json"),
    ("log",),
    ("conflicts", "--json"),
    ("check",),
    ("notify",),
    ("state", "export"),
    ("show", "Dig the hole"),
)


def look(syncd: Callable[..., str], *more: tuple[str, ...]) -> list[str]:
    return [syncd(*arguments) for arguments in (*more, *LOOKING)]


@pytest.mark.parametrize("trouble", FAULTS)
def test_no_command_tells_a_secret_whatever_the_tracker_does(
    cage: Cage, syncd: Callable[..., str], trouble: str
) -> None:
    for one in FAULTS[trouble]:
        cage.tracker.fault(**one)
    told = look(syncd, *(ASKING if trouble in AT_ONCE else ()))
    assert sung(*told, *cage.state()) == []
    assert '"exit_code"' in told[-len(LOOKING)], "the run had its say"


@pytest.mark.parametrize("trouble", REMOTES)
def test_no_command_tells_a_secret_whatever_the_connection_does(
    cage: Cage, syncd: Callable[..., str], trouble: str
) -> None:
    before, after = REMOTES[trouble]
    assert before in cage.text()
    cage.configure(cage.text().replace(before, after))
    assert sung(*look(syncd), *cage.state()) == []


@pytest.mark.parametrize(
    "broken",
    [
        "remotes: {{github: {{kind: github, project: acme/widgets, token: [{0}]}}}}",
        "remotes: {{github: {{kind: {0}, project: acme/widgets, token: x}}}}",
        "remotes: {{github: {{kind: github, project: acme/widgets, token: t, timeout: {0}}}}}",
        "remotes: {{github: {{kind: github, project: acme/widgets, tokne: {0}}}}}",
        "remotes: {{github: {{kind: github, project: acme/widgets, url: 'http://me:{0}@h/'}}}}",
        "serve: {{listen: {0}}}",
        "serve: {{token: {{a: {0}}}}}",
        "{0}: [",
        "{0}",
    ],
)
@pytest.mark.parametrize("canary", [TOKEN, PAGE])
def test_no_message_about_a_configuration_tells_what_stands_there(
    cage: Cage, syncd: Callable[..., str], broken: str, canary: str
) -> None:
    path = cage.folder / "syncd.yaml"
    path.write_text(broken.format(f"'{canary}'" if "'" not in broken else canary), encoding="utf-8")
    for command in (("check",), ("run",), ("serve",), ("doctor",), ("--debug", "run")):
        told = syncd(*command)
        assert (bool(told), sung(told)) == (True, []), command


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


def visit(address: str) -> Iterator[str]:
    """Everybody who can ask the daemon something, with the right token, with another canary, and with none."""
    doors = [("GET", "/metrics"), ("GET", "/readyz"), ("GET", "/livez"), ("GET", "/"), ("GET", "/nowhere")]
    doors += [("POST", "/hooks/github"), ("POST", "/login"), ("GET", f"/?token={quote(PAGE)}")]
    for verb, where in doors:
        for headers in (
            {},
            {"Authorization": f"Bearer {PAGE}"},
            {"Authorization": f"Bearer {HOOK}", "X-Hub-Signature-256": HOOK},
            {"X-Hub-Signature-256": f"sha256={OLD_HOOK}", "X-GitHub-Event": HOOK, "X-GitHub-Delivery": HOOK},
            {"X-Gitlab-Token": HOOK},
        ):
            yield asked(address, verb, where, json.dumps({"secret": HOOK, "token": TOKEN}), headers)[1]


def test_no_daemon_tells_a_secret_whatever_happens_to_it(cage: Cage, nursery: Nursery) -> None:
    nursery.born(cage.folder)
    address = str(nursery.told("daemon.started")["listen"])
    nursery.told("sync.finished", lambda run: run["result"] == "ok")
    seen: list[bytes | str] = [*nursery.arguments()]
    for number, trouble in enumerate(
        ("401", "writes that are refused", "a redirect to another host", "no JSON")
    ):
        cage.tracker.faults.clear()
        for one in FAULTS[trouble]:
            cage.tracker.fault(**one)
        # Somebody saves: that waits for no back-off.
        (cage.folder / "ROADMAP.md").write_text(f"{ROADMAP}- [ ] Nail {number}\n", encoding="utf-8")
        nursery.told_more("sync.finished")
        seen += visit(address)
    path = cage.folder / "syncd.yaml"
    path.write_text(cage.text().replace("every: 1h", f"every: '{TOKEN}'"), encoding="utf-8")
    nursery.told("config.refused")
    seen += visit(address)
    (cage.folder / "hook-file").unlink()
    seen += visit(address)
    nursery.signal(signal.SIGTERM)
    nursery.ended()
    seen += [*nursery.everything, *cage.state()]
    assert sung(*seen) == []
    assert any("syncd_runs_total" in one for one in seen if isinstance(one, str))
    assert any("sync.finished" in one for one in seen if isinstance(one, str))


@pytest.mark.parametrize("verbose", [False, True])
def test_a_defect_of_ours_tells_no_secret_though_it_holds_one(verbose: bool) -> None:
    stream, redactor = StringIO(), logs.Redactor()
    redactor.hide(TOKEN)
    logs.set_up(stream, redactor, clock=app.now, verbose=verbose)
    desk = Desk()
    desk.door.jobs["main"] = job("main", "github")
    desk.door.answers = [ZeroDivisionError(SONG)]
    run = desk.run()
    assert "run.crashed" in stream.getvalue()
    assert sung(stream.getvalue(), repr(run)) == []
