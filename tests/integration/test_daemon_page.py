"""The status page over real sockets: who may see it, what it obeys, and that it never falls over (threats T5, T17)."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from syncd import app
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from syncd.state.lock import hold, lock_path
from tests.integration.watchman import ROADMAP, SECRET, Watchman

TOKEN = "the token that opens this page"
CANARY = "c4n4ry-0f-4-t0k3n-th4t-n0b0dy-m4y-s33"
CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)


@dataclass
class Seen(HTMLParser):
    """One answer: its status, headers and text, and of its page the forms, links and words."""

    status: int
    headers: HTTPMessage
    html: str
    forms: list[dict[str, str]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({"": values["action"]})
        elif tag == "input":
            self.forms[-1][values["name"]] = values.get("value", "")
        elif tag == "button" and "name" in values:
            self.buttons.append({**self.forms[-1], values["name"]: values["value"]})
        elif tag == "a":
            self.links.append(values.get("href", ""))

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"

    def form(self, end: str) -> dict[str, str]:
        """The first form whose address ends so."""
        return next(form for form in self.forms if form[""].endswith(end))


@dataclass
class Browser:
    """Somebody with a browser, a cookie and forms; `host` is by what name they ask."""

    daemon: Watchman
    cookie: str = ""
    host: str = ""
    bearer: str = ""

    @property
    def origin(self) -> str:
        return f"http://{self.host or urlsplit(self.daemon.daemon.server.address).netloc}"

    def ask(self, verb: str, path: str, body: str = "", **headers: str) -> Seen:
        parts = urlsplit(self.daemon.daemon.server.address)
        given = {"Host": self.host} if self.host else {}
        given |= {"Cookie": self.cookie} if self.cookie else {}
        given |= {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            connection.request(verb, path, body or None, given | headers)
            answer = connection.getresponse()
            return Seen(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def get(self, path: str = "/") -> Seen:
        return self.ask("GET", path)

    def send(self, form: dict[str, str], **headers: str) -> Seen:
        fields = {name: value for name, value in form.items() if name}
        given = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self.ask("POST", form[""], urlencode(fields), **(given | headers))

    def log_in(self, token: str = TOKEN) -> Seen:
        seen = self.send(self.get().form("/login") | {"token": token})
        self.cookie = seen.headers.get("Set-Cookie", "").partition(";")[0]
        return seen


def configured(daemon: Watchman, serve: str = "", roadmap: str = "") -> None:
    """What a test needs beyond the usual configuration."""
    daemon.serve = serve
    daemon.configure()
    text = daemon.config.read_text(encoding="utf-8")
    daemon.config.write_text(text.replace("every: 1h", f"every: 1h{roadmap}"), encoding="utf-8")


@pytest.fixture
def tracker(new_sandbox) -> Sandbox:
    sandbox: Sandbox = new_sandbox(clock=wall_clock)
    return sandbox


@pytest.fixture
def watchman(tracker: Sandbox, memory: Path) -> Watchman:
    """One that has not begun."""
    return Watchman(tracker, memory)


@pytest.fixture
def daemon(watchman: Watchman) -> Iterator[Watchman]:
    with watchman:
        watchman.until_calm()
        yield watchman


@pytest.fixture
def ann(daemon: Watchman) -> Browser:
    return Browser(daemon)


@pytest.fixture
def guarded(watchman: Watchman) -> Iterator[Browser]:
    """A page behind a token."""
    configured(watchman, f", token: '{TOKEN}'")
    with watchman:
        watchman.until_calm()
        yield Browser(watchman)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_the_first_page_says_how_far_each_roadmap_is_and_when_it_runs(ann: Browser) -> None:
    seen = ann.get()
    assert seen.status == 200
    assert "main In step" in seen.words
    assert "0 of 5 tasks done" in seen.words
    assert "5 issues created, 2 milestones created" in seen.words
    assert "when the daemon started" in seen.words
    assert "on schedule" in seen.words
    assert "github Reachable" in seen.words
    assert re.search(r"4,9\d\d of 5,000 requests left", seen.words)
    assert '<time datetime="20' in seen.html


def test_a_roadmap_has_a_bar_for_each_milestone_and_links_to_both_sides(ann: Browser) -> None:
    seen = ann.get("/roadmaps/main")
    bars = re.findall(r'role="img" aria-label="([^"]+)"', seen.html)
    assert bars == [
        "All of it: 0 of 5 tasks done",
        "Phase 1: Ground: 0 of 3 tasks done",
        "Phase 2: House: 0 of 2 tasks done",
    ]
    issue = next(one for one in ann.daemon.sandbox.person().issues() if one.title == "Dig the hole")
    assert f"{ann.daemon.sandbox.url}/acme/widgets/issues/{issue.number}" in seen.links
    assert "ROADMAP.md:6" in seen.words


def test_the_log_says_what_changed_and_what_the_run_was_for(ann: Browser) -> None:
    daemon = ann.daemon
    daemon.path.write_text(ROADMAP.replace("- [ ] Dig", "- [x] Dig"), encoding="utf-8")
    daemon.until_runs(1)
    daemon.until_calm()
    seen = ann.get("/roadmaps/main/log")
    assert "after the file was saved updated Dig the hole github #2" in seen.words
    assert "state open → done" in seen.words
    task = next(link for link in seen.links if "task=" in link)
    mine = ann.get(task)
    assert "Dig the hole" in mine.words
    assert "Nail the roof" not in mine.words


def test_a_change_of_the_file_is_shown_as_a_diff_of_its_line(ann: Browser) -> None:
    daemon = ann.daemon
    daemon.hook()
    daemon.sandbox.person().close(2)
    daemon.until(lambda: "- [x] Dig the hole" in daemon.text)
    daemon.until_calm()
    seen = ann.get("/roadmaps/main")
    assert "after a webhook" in seen.words
    assert "<code><bdi>- [<mark>x</mark>] Dig the hole</bdi></code>" in seen.html
    assert "the last one" in ann.get().words, "the webhook was seen"


def test_the_log_has_pages(ann: Browser) -> None:
    daemon = ann.daemon
    tasks = "\n".join(f"- [ ] Lay stone {number}" for number in range(45))
    daemon.path.write_text(f"{ROADMAP}\n{tasks}\n", encoding="utf-8")
    daemon.until_runs(1)
    daemon.until_calm()
    first, second = ann.get("/roadmaps/main/log"), ann.get("/roadmaps/main/log?page=2")
    assert "?page=2" in first.links
    assert "Lay stone 44" in first.words
    assert "created milestone Phase 1: Ground" in second.words
    assert "?page=1" in second.links
    assert "?page=3" not in second.links
    assert "Nothing older" in ann.get("/roadmaps/main/log?page=99").words
    assert "Lay stone 44" in ann.get(f"/roadmaps/main/log?page={'9' * 30}").words, "no number of a page"


def test_every_answer_carries_what_keeps_it_harmless(ann: Browser) -> None:
    for path in ("/", "/roadmaps/main", "/roadmaps/main/log", "/roadmaps/main/preview", "/roadmaps/none"):
        headers = ann.get(path).headers
        assert headers["Content-Security-Policy"] == CSP
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
    assert ann.get("/roadmaps/none").status == 404


def test_the_page_looks_again_by_itself_only_if_somebody_wants_that(ann: Browser) -> None:
    assert ann.get("/").headers["Refresh"] is None
    assert ann.get("/?refresh=30").headers["Refresh"] == "30"
    for nonsense in ("0", "1", "x", "-5", "²"):
        assert ann.ask("GET", f"/?{urlencode({'refresh': nonsense})}").headers["Refresh"] is None


# --- what cannot be read ---------------------------------------------------------------------------------------------


def test_a_roadmap_that_cannot_be_read_is_one_message(ann: Browser) -> None:
    daemon = ann.daemon
    daemon.path.write_bytes(b"\xff\xfe\x00\x00")
    daemon.until(lambda: daemon.runs[-1].result == "error")
    for path in ("/", "/roadmaps/main"):
        seen = ann.get(path)
        assert seen.status == 200
        assert seen.words.count("not UTF-8") == 1
    assert "save it as UTF-8" in ann.get("/roadmaps/main").words
    daemon.path.unlink()
    assert ann.get("/").status == ann.get("/roadmaps/main").status == 200


def test_a_state_that_cannot_be_read_is_one_message(ann: Browser) -> None:
    daemon = ann.daemon
    state = daemon.daemon.settings.state
    state.write_bytes(state.read_bytes()[:5000])
    seen = ann.get("/roadmaps/main")
    assert seen.status == 200
    assert "The state cannot be used" in seen.words
    assert "damaged" in seen.words
    assert "0 of 5 tasks done" in seen.words, "how far the file is can be told without"
    assert ann.get("/").status == 200
    assert ann.get("/roadmaps/main/log").status == 503


def test_while_a_page_waits_for_the_state_everybody_else_is_answered(ann: Browser) -> None:
    daemon = ann.daemon
    answers: list[Seen] = []
    slow = threading.Thread(target=lambda: answers.append(ann.get("/roadmaps/main")))
    with closing(sqlite3.connect(daemon.daemon.settings.state, isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        slow.start()
        for _ in range(20):
            assert daemon.ask("GET", "/livez")[0] == 200
        assert answers == []
        writer.execute("ROLLBACK")
    slow.join(10)
    assert [one.status for one in answers] == [200]


def test_a_configuration_that_is_no_good_is_said_on_every_page(ann: Browser) -> None:
    daemon = ann.daemon
    daemon.config.write_text(daemon.config.read_text(encoding="utf-8") + "nonsense: 1\n", encoding="utf-8")
    daemon.daemon.reload()
    for path in ("/", "/roadmaps/main"):
        seen = ann.get(path)
        assert "The configuration on disk is not in use" in seen.words
        assert "nonsense: unknown key" in seen.words
    daemon.configure()
    daemon.daemon.reload()
    assert "not in use" not in ann.get().words


# --- who may ---------------------------------------------------------------------------------------------------------

PATHS = ("/", "/roadmaps/main", "/roadmaps/main/log", "/roadmaps/main/preview", "/login")
POSTS = ("decide", "approve", "preview")


def test_without_a_token_only_local_names_are_answered(ann: Browser) -> None:
    ann.host = "syncd.example.org"
    for path in PATHS:
        seen = ann.get(path)
        assert seen.status == 403
        assert "main" not in seen.words.replace("machine", "")
    for post in POSTS:
        assert ann.send({"": f"/roadmaps/main/{post}"}).status == 403
    ann.host = "localhost"
    assert ann.get().status == 200


STRANGE = (
    *(
        "[",
        "[::1",
        "]",
        "a b",
        "\x7f",
        "é",
        "a_b.evil.example",
        "localhost.",
        "localhost:x",
        "[::1].evil.example",
    ),
    *(
        "127.0.0.1@evil.example",
        "127.0.0.1.evil.example",
        "localhost/x",
        "localhost,evil.example",
        "2130706433",
    ),
)
"""Nothing may fall over, nor be taken for this machine: also not what libraries do not understand."""


@pytest.mark.parametrize("host", STRANGE)
def test_strange_names_of_hosts_and_origins_are_refused_without_falling_over(ann: Browser, host: str) -> None:
    form = ann.get("/roadmaps/main").form("/preview")
    for origin in (f"http://{host}", host):
        assert ann.send(form, Origin=origin).status == 403
    ann.host = host
    for path in PATHS:
        assert ann.get(path).status in {400, 403}
        assert "Roadmaps" not in ann.get(path).words
    assert ann.get("/metrics").status in {400, 401}


def test_behind_a_token_a_stranger_sees_the_login_and_nothing_else(guarded: Browser) -> None:
    for path in PATHS:
        seen = guarded.get(path)
        assert seen.status == 401
        assert seen.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Log in" in seen.words
        assert "main" not in seen.words
        assert seen.headers["Content-Security-Policy"] == CSP
    for post in POSTS:
        assert guarded.send({"": f"/roadmaps/main/{post}"}).status == 401
    assert guarded.get("/style.css").status == 200


def test_the_token_opens_the_page_for_a_session_that_is_not_the_token(guarded: Browser) -> None:
    assert guarded.log_in("wrong").status == 401
    assert guarded.cookie == ""
    seen = guarded.log_in()
    assert (seen.status, seen.headers["Location"]) == (303, "/")
    cookie = seen.headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Max-Age=86400"} <= set(cookie.split("; "))
    assert "Secure" not in cookie, "no https here"
    assert TOKEN not in cookie
    assert "main In step" in guarded.get().words


def test_where_the_world_comes_by_https_the_session_stays_there(watchman: Watchman) -> None:
    configured(watchman, f", token: '{TOKEN}', url: 'https://syncd.example.org'")
    with watchman:
        browser = Browser(watchman, host="syncd.example.org")
        form = browser.get().form("/login") | {"token": TOKEN}
        cookie = browser.send(form, Origin="https://syncd.example.org").headers["Set-Cookie"]
    assert cookie.startswith("__Host-syncd=")
    assert "Secure" in cookie.split("; ")


def test_who_logs_in_comes_back_to_where_they_were_and_nowhere_else(guarded: Browser) -> None:
    form = guarded.get("/roadmaps/main/log?page=2").form("/login") | {"token": TOKEN}
    assert guarded.send(form).headers["Location"] == "/roadmaps/main/log?page=2"
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example", "/x\r\nSet-Cookie: a=b"):
        assert guarded.send(form | {"back": elsewhere}).headers["Location"] == "/"


def test_a_login_from_a_page_elsewhere_is_none(guarded: Browser) -> None:
    form = guarded.get().form("/login") | {"token": TOKEN}
    for origin in ("https://evil.example", "null", ""):
        seen = guarded.send(form, Origin=origin)
        assert seen.status == 403
        assert "Set-Cookie" not in seen.headers


def test_logging_out_ends_the_session_and_every_copy_of_it(guarded: Browser) -> None:
    guarded.log_in()
    copy = guarded.cookie
    assert guarded.send(guarded.get().form("/logout")).status == 303
    guarded.cookie = copy
    assert guarded.get().status == 401


def test_a_session_that_was_tampered_with_is_none(guarded: Browser) -> None:
    guarded.log_in()
    name, _, value = guarded.cookie.partition("=")
    until, nonce, signature = value.split(".")
    for forged in (
        f"{int(until) + 1}.{nonce}.{signature}",
        f"{until}.{nonce}.",
        "x",
        "local",
        value.upper(),
        "",
    ):
        guarded.cookie = f"{name}={forged}"
        assert guarded.get().status == 401, forged


def test_programs_say_the_token_in_the_header(guarded: Browser) -> None:
    guarded.bearer = TOKEN
    assert guarded.get().status == 200
    # No page elsewhere can make a browser send that header, so it needs no word.
    assert guarded.send({"": "/roadmaps/main/preview"}, Origin="").status == 303
    guarded.bearer = "wrong"
    assert guarded.get().status == 401


def test_another_token_ends_all_sessions(guarded: Browser) -> None:
    guarded.log_in()
    configured(guarded.daemon, ", token: 'another token of this page'")
    guarded.daemon.daemon.reload()
    assert guarded.get().status == 401


# --- forms -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("post", POSTS)
@pytest.mark.parametrize("local", [True, False])
def test_a_form_is_obeyed_only_if_it_stood_on_a_page_of_ours(
    watchman: Watchman, post: str, local: bool
) -> None:
    if not local:
        configured(watchman, f", token: '{TOKEN}'")
    with watchman:
        watchman.until_calm()
        browser = Browser(watchman)
        if not local:
            browser.log_in()
        word = browser.get("/roadmaps/main").form("/preview")["word"]
        form = {"": f"/roadmaps/main/{post}", "uid": "x", "field": "title", "side": "roadmap", "digest": "x"}
        for wrong in ("", "x", word[:-1], word.upper()):
            assert browser.send(form | {"word": wrong}).status == 403
        for origin in ("https://evil.example", "null", "", "http://127.0.0.1:1", f"x{browser.origin}"):
            assert browser.send(form | {"word": word}, Origin=origin).status == 403
        assert browser.send(form | {"word": word}, **{"Content-Type": "text/plain"}).status == 403
        assert browser.send(form | {"word": word, "x": "y" * 70_000}).status == 403
        assert browser.send(form | {"word": word}).status in {303, 409}


def test_the_word_of_another_session_is_not_believed(guarded: Browser) -> None:
    guarded.log_in()
    other = Browser(guarded.daemon)
    other.log_in()
    word = other.get("/roadmaps/main").form("/preview")["word"]
    assert guarded.send({"": "/roadmaps/main/preview", "word": word}).status == 403
    assert other.send({"": "/roadmaps/main/preview", "word": word}).status == 303


def test_behind_a_proxy_the_address_that_the_world_knows_is_ours_too(watchman: Watchman) -> None:
    configured(watchman, f", token: '{TOKEN}', url: 'https://syncd.example.org'")
    with watchman:
        browser = Browser(watchman)  # the proxy asks by another name
        form = browser.get().form("/login") | {"token": TOKEN}
        assert browser.send(form, Origin="https://syncd.example.org").status == 303
        assert browser.send(form, Origin="https://other.example.org").status == 403


# --- deciding and approving ------------------------------------------------------------------------------------------


def contested(daemon: Watchman) -> None:
    """Both sides give the second task another title."""
    daemon.sandbox.person().edit_issue(2, title="Dig the deep hole")
    daemon.path.write_text(ROADMAP.replace("Dig the hole", "Dig the wide hole"), encoding="utf-8")
    daemon.until(lambda: daemon.runs[-1].result == "conflict")
    daemon.until_calm()


@pytest.mark.parametrize(
    ("side", "title"), [("roadmap", "Dig the wide hole"), ("github", "Dig the deep hole")]
)
def test_a_conflict_is_decided_with_a_button(ann: Browser, side: str, title: str) -> None:
    daemon = ann.daemon
    contested(daemon)
    assert "1 conflict to decide" in ann.get().words
    seen = ann.get("/roadmaps/main")
    assert "main Waits for you" in seen.words
    assert "Dig the wide hole" in seen.words
    assert "Dig the deep hole" in seen.words
    button = next(one for one in seen.buttons if one["side"] == side)
    answer = ann.send(button)
    assert (answer.status, answer.headers["Location"]) == (303, "/roadmaps/main?said=decided")
    assert "Decided. The next run carries it out" in ann.get("/roadmaps/main?said=decided").words
    daemon.until(lambda: daemon.runs[-1].trigger == "page")
    daemon.until_calm()
    assert f"- [ ] {title}\n" in daemon.text
    assert daemon.sandbox.person().issue(2).title == title
    assert "asked for on this page" in ann.get("/roadmaps/main").words


def test_what_the_rules_settled_can_still_be_decided_the_other_way(watchman: Watchman) -> None:
    configured(watchman, roadmap=", truth: [roadmap, github]")
    with watchman:
        watchman.until_calm()
        ann = Browser(watchman)
        watchman.sandbox.person().edit_issue(2, title="Dig the deep hole")
        watchman.path.write_text(ROADMAP.replace("Dig the hole", "Dig the wide hole"), encoding="utf-8")
        watchman.until(lambda: watchman.sandbox.person().issue(2).title == "Dig the wide hole")
        watchman.until_calm()
        seen = ann.get("/roadmaps/main")
        assert "main In step" in seen.words
        assert "Settled by the rules 1" in seen.words
        (loser,) = seen.buttons
        assert loser["side"] == "github"
        assert ann.send(loser).status == 303
        watchman.until(lambda: "Dig the deep hole" in watchman.text)


def test_a_held_task_says_why_it_is_left_alone(watchman: Watchman) -> None:
    for _ in range(2):
        watchman.sandbox.person().create_issue("Dig the hole")
    with watchman:
        watchman.until_calm()
        ann = Browser(watchman)
        assert "1 task held" in ann.get().words
        seen = ann.get("/roadmaps/main")
        assert "Held 1 Left alone until something is clear. Dig the hole ROADMAP.md:6" in seen.words
        assert "syncd link" in seen.words


def test_a_conflict_that_is_another_one_by_now_is_not_decided(ann: Browser) -> None:
    daemon = ann.daemon
    contested(daemon)
    button = ann.get("/roadmaps/main").buttons[0]
    daemon.path.write_text(daemon.text.replace("wide", "flat"), encoding="utf-8")
    daemon.until_runs(1)
    daemon.until_calm()
    seen = ann.send(button)
    assert seen.status == 409
    assert "That is over" in seen.words
    for wrong in ({"uid": "x"}, {"field": "colour"}, {"side": "gitlab"}):
        assert ann.send(ann.get("/roadmaps/main").buttons[0] | wrong).status == 409


def test_during_a_run_a_decision_is_asked_for_again(ann: Browser) -> None:
    daemon = ann.daemon
    contested(daemon)
    button = ann.get("/roadmaps/main").buttons[0]
    with hold(lock_path(daemon.daemon.settings.state, "main"), exclusive=True, now=app.now()):
        seen = ann.send(button)
    assert seen.status == 409
    assert "Try again in a moment" in seen.words
    again = seen.form("/decide")
    assert {**again, "word": ""} == {**button, "word": ""}
    assert ann.send(again).status == 303


@pytest.fixture
def limited(watchman: Watchman) -> Iterator[Browser]:
    """Two new tasks where one may be in a run."""
    configured(watchman, roadmap=", limits: {create: 1}")
    with watchman:
        watchman.until_calm()
        watchman.path.write_text(f"{ROADMAP}- [ ] Hang the door\n- [ ] Set the window\n", encoding="utf-8")
        watchman.until(lambda: watchman.runs[-1].result == "refused")
        watchman.until_calm()
        yield Browser(watchman)


def test_a_refused_plan_is_shown_whole_and_approved_with_a_button(limited: Browser) -> None:
    daemon = limited.daemon
    assert "A plan to approve" in limited.get().words
    seen = limited.get("/roadmaps/main")
    assert "2 issues would be created, 1 may be in one run" in seen.words
    assert "Hang the door" in seen.words
    form = seen.form("/approve")
    digest = daemon.runs[-1].report.verdict.digest  # type: ignore[union-attr]  # it has one: it was refused
    assert form["digest"] == digest
    assert limited.send(form).headers["Location"] == "/roadmaps/main?said=approved"
    assert "A run that carries it out" in limited.get("/roadmaps/main").words
    daemon.until(lambda: daemon.runs[-1].trigger == "page")
    assert daemon.runs[-1].result == "ok"
    assert len(daemon.sandbox.person().issues()) == 7
    assert "Approve exactly this plan" not in limited.get("/roadmaps/main").words
    assert limited.send(form).status == 409, "that plan is over"


def test_a_plan_that_the_world_has_left_behind_is_refused_again(limited: Browser) -> None:
    daemon = limited.daemon
    form = limited.get("/roadmaps/main").form("/approve")
    daemon.sandbox.person().close(3)  # nobody told the daemon
    assert limited.send(form).status == 303
    daemon.until(lambda: daemon.runs[-1].trigger == "page")
    assert daemon.runs[-1].result == "refused"
    assert len(daemon.sandbox.person().issues()) == 5
    seen = limited.get("/roadmaps/main")
    assert "Pour the floor" in seen.words
    assert "the world has moved" in seen.words
    assert limited.send(seen.form("/approve")).status == 303
    daemon.until(lambda: daemon.runs[-1].result == "ok")
    assert "- [x] Pour the floor" in daemon.text
    assert len(daemon.sandbox.person().issues()) == 7


# --- preview ---------------------------------------------------------------------------------------------------------


def test_a_preview_shows_what_the_next_run_would_do_and_does_nothing(ann: Browser) -> None:
    daemon = ann.daemon
    assert "writes nothing" in ann.get("/roadmaps/main/preview").words
    daemon.sandbox.person().close(2)  # nobody told the daemon
    state = daemon.daemon.settings.state.read_bytes()
    form = ann.get("/roadmaps/main").form("/preview")
    assert ann.send(form).headers["Location"] == "/roadmaps/main/preview"
    seen = until_shown(ann)
    assert "1 line to edit" in seen.words
    assert "after: - [ x ] Dig the hole" in " ".join(seen.words.replace("+", "").split())
    assert "- [ ] Dig the hole" in daemon.text
    assert daemon.daemon.settings.state.read_bytes() == state


def until_shown(browser: Browser) -> Seen:
    while (seen := browser.get("/roadmaps/main/preview")).headers["Refresh"]:
        assert "The remotes are being asked" in seen.words
    return seen


def test_a_preview_that_cannot_be_made_says_why(ann: Browser) -> None:
    daemon = ann.daemon
    form = ann.get("/roadmaps/main").form("/preview")
    with hold(lock_path(daemon.daemon.settings.state, "main"), exclusive=True, now=app.now()):
        ann.send(form)
        seen = until_shown(ann)
    assert "It could not be found out" in seen.words
    assert "another run is at work" in seen.words


def test_there_are_never_two_previews_at_once(ann: Browser) -> None:
    form = ann.get("/roadmaps/main").form("/preview")
    ann.daemon.sandbox.fault("slow", method="GET", route="/issues", times=1, seconds=2)
    assert ann.send(form).status == 303
    seen = ann.send(form)
    assert seen.status == 409
    assert "only one at a time" in seen.words
    until_shown(ann)
    assert ann.send(form).status == 303


# --- what others wrote -----------------------------------------------------------------------------------------------

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 191 }}{% raw %}",
    "</title></details></code><h1>Taken over</h1>",
    "[here](javascript:alert(1))",
    "gnp.exe \u202eexe.png",
    "&lt;b&gt; & &amp;",
    "x" * 200 + " " + "y" * 40,
)


def test_text_that_people_wrote_is_shown_and_does_nothing(watchman: Watchman) -> None:
    configured(watchman, roadmap=", limits: {create: 3}")
    evil = "\n".join(f"- [ ] Look at this strange text: {text}" for text in EVIL)
    watchman.path.write_text(f"# W\n\n## Phase <b>1</b>\n\n{evil}\n", encoding="utf-8")
    with watchman:
        watchman.until_calm()
        ann = Browser(watchman)
        issues = watchman.sandbox.person().issues()
        for issue in issues:
            added = "<script>alert(2)</script><i onclick=alert(1)>"
            watchman.sandbox.person().edit_issue(issue.number, title=f"{issue.title} {added}"[-250:])
        renamed, new = evil.replace("Look at", "Looking at"), evil.replace("Look at this", "And now")
        watchman.path.write_text(watchman.text.replace(evil, f"{renamed}\n{new}"), encoding="utf-8")
        watchman.until(lambda: any(run.conflicts for run in watchman.runs))
        watchman.until_calm()
        ann.send(ann.get("/roadmaps/main").form("/preview"))
        pages = [until_shown(ann), *map(ann.get, ("/", "/roadmaps/main", "/roadmaps/main/log"))]
    for seen in pages:
        assert seen.status == 200
        for tag in ("<script", "<img src=x", "<i ", "<h1>Taken", "<b>"):
            assert tag not in seen.html
        assert "1337" not in seen.html
        assert "\u202e" not in seen.html
        assert not [link for link in seen.links if link.startswith("javascript:")]
    assert "<script>alert(2)</script>" in pages[2].words, "readable"


def test_no_secret_is_on_any_page(tracker: Sandbox, memory: Path) -> None:
    watchman = Watchman(tracker, memory)
    configured(watchman, f", token: '{CANARY}'", roadmap=", limits: {create: 1}")
    titles = (CANARY, SECRET, "sandbox-token")
    tasks = "\n".join(f"- [ ] Paste {title}" for title in titles)
    watchman.path.write_text(ROADMAP, encoding="utf-8")
    with watchman:
        watchman.until_calm()
        changed = ROADMAP.replace("- [ ] Pour the floor", tasks)
        # Long titles are cut: half a secret is one too.
        changed = changed.replace("Phase 2: House", "padding " * 33 + CANARY)
        watchman.path.write_text(changed, encoding="utf-8")
        watchman.until(lambda: watchman.runs[-1].result == "refused")
        ann = Browser(watchman, bearer=CANARY)
        preview = ann.get("/roadmaps/main").form("/preview")
        ann.send(preview)
        pages = [until_shown(ann), *map(ann.get, PATHS)]
        pages.append(Browser(watchman).get("/?token=" + CANARY))
    for seen in pages:
        for secret in (CANARY, SECRET, "sandbox-token"):
            assert secret not in seen.html
        assert CANARY[:20] not in seen.html
    assert "Paste" in pages[2].words
