"""The page: read, edited and posted as a browser without scripts does it."""

from collections.abc import Callable

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.person import Person
from tests.unit.sandbox.conftest import Browser, Forms


@pytest.fixture
def ann(sandbox: Sandbox) -> Person:
    ann = sandbox.person()
    ann.create_milestone("Week 1")
    ann.create_label("docs")
    return ann


ISSUE = "/acme/widgets/issues/1"


def test_projects_lead_to_issues_by_milestone_with_progress(browser: Browser, ann: Person) -> None:
    for number, title in enumerate(("a", "b", "loose"), 1):
        ann.create_issue(title, milestone="Week 1" if number < 3 else None)
    ann.close(1)
    home = browser.open("/")
    assert 'href="/acme/widgets"' in home.text
    page = browser.open("/acme/widgets").text
    assert page.index("Week 1") < page.index(">a</a>") < page.index("No milestone") < page.index(">loose</a>")
    progress = [at for tag, at in Forms(page).tags if tag == "progress"]
    assert (progress[0]["value"], progress[0]["max"]) == ("1", "2")
    only = browser.open("/acme/widgets?state=closed").text
    assert ">a</a>" in only
    assert ">b</a>" not in only


def test_everything_foreign_is_escaped(browser: Browser, ann: Person) -> None:
    evil = "<script>alert(1)</script>\"'"
    ann.create_milestone(evil)
    ann.create_issue(evil, body=f"</textarea>{evil}", labels=[evil], milestone=evil)
    ann.comment(1, evil)
    for path in ("/", "/acme/widgets", ISSUE, "/acme/widgets/milestone/2", "/side-by-side"):
        page = browser.open(path)
        assert page.status_code == 200
        assert "<script" not in page.text
    assert Forms(browser.open(ISSUE).text).with_field("title")["title"] == [evil]


def test_the_page_needs_no_script_and_allows_none(browser: Browser, ann: Person) -> None:
    ann.create_issue("T")
    for path in ("/", "/acme/widgets", ISSUE, "/nowhere/at/all", "/acme/nothing"):
        policy = browser.open(path).headers.get("Content-Security-Policy", "")
        tags = Forms(browser.open(path).text).tags
        assert "script" not in {tag for tag, _ in tags}
        assert not [at for _, at in tags if "style" in at or "onclick" in at]
        assert path == "/nowhere/at/all" or policy.startswith("default-src 'none'; style-src 'self'")
    assert browser.open("/style.css").headers["Content-Type"].startswith("text/css")


def test_saving_an_untouched_form_changes_nothing(browser: Browser, sandbox: Sandbox, ann: Person) -> None:
    ann.create_issue(
        "T", body="\nfirst line is empty\n", labels=["docs"], assignees=["ann"], milestone="Week 1"
    )
    ann.close(1, "not_planned")
    effects = len(sandbox.world.log)
    assert browser.send_form(ISSUE, "body").status_code == 200
    assert len(sandbox.world.log) == effects


def test_an_issue_can_be_edited_whole(browser: Browser, sandbox: Sandbox, ann: Person) -> None:
    ann.create_issue("T", body="old", labels=["docs"], assignees=["ann"], milestone="Week 1")
    changes = {
        "title": "  New   title ",
        "body": "line\r\nline",
        "state": "not_planned",
        "milestone": "",
        "label": [],
        "new_labels": "x, y",
        "assignee": ["syncd-bot"],
    }
    assert browser.send_form(ISSUE, "body", **changes).status_code == 200
    issue = ann.issue(1)
    assert (issue.title, issue.body, issue.state, issue.reason) == (
        "New title",
        "line\r\nline",
        "closed",
        "not_planned",
    )
    assert (issue.milestone, issue.assignees, ann.label_names(1)) == (None, ("syncd-bot",), ["x", "y"])


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(browser: Browser, ann: Person) -> None:
    ann.create_issue("T")
    form = Forms(browser.open(ISSUE).text).with_field("body")
    form.pop("_action")
    ann.edit_issue(1, title="theirs")
    answer = browser.post(browser.base + ISSUE, data={**form, "title": "mine"}, timeout=10)
    assert answer.status_code == 409
    assert "nothing was saved" in answer.text
    assert ann.issue(1).title == "theirs"


@pytest.mark.parametrize("csrf", [None, "", "guessed"])
def test_forms_of_other_sites_do_nothing(
    browser: Browser, sandbox: Sandbox, ann: Person, csrf: str | None
) -> None:
    ann.create_issue("T")
    effects = len(sandbox.world.log)
    form = {"title": "evil", "state": "closed", "person": "bob", "body": "x"} | (
        {} if csrf is None else {"csrf": csrf}
    )
    for path in (
        ISSUE,
        f"{ISSUE}/state",
        f"{ISSUE}/comment",
        "/acme/widgets/issues/new",
        "/acme/widgets/milestones/new",
        "/acme/widgets/milestone/1",
        "/_person",
    ):
        assert browser.post(browser.base + path, data=form, timeout=10).status_code == 403
    assert len(sandbox.world.log) == effects
    assert not browser.cookies


def test_another_name_that_points_here_is_refused(browser: Browser) -> None:
    answer = browser.get(browser.base, headers={"Host": "evil.example"}, timeout=10)
    assert answer.status_code == 400


def test_issues_are_made_in_a_milestone_or_on_a_page_of_their_own(browser: Browser, ann: Person) -> None:
    page = Forms(browser.open("/acme/widgets").text)
    quick = next(form for form in page.forms if form.get("milestone") == ["1"])
    browser.post(browser.base + quick.pop("_action")[0], data={**quick, "title": "quick"}, timeout=10)
    browser.send_form("/acme/widgets/issues/new", "title", title="slow", body="text", milestone="1")
    assert [(one.title, one.milestone) for one in ann.issues()] == [
        ("quick", ann.milestone("Week 1").id),
        ("slow", ann.milestone("Week 1").id),
    ]


def test_closing_reopening_and_commenting(browser: Browser, ann: Person) -> None:
    ann.create_issue("T")
    form = {"csrf": Forms(browser.open(ISSUE).text).with_field("csrf")["csrf"]}
    browser.post(f"{browser.base}{ISSUE}/state", data={**form, "state": "closed"}, timeout=10)
    assert ann.issue(1).state == "closed"
    browser.post(f"{browser.base}{ISSUE}/state", data={**form, "state": "open"}, timeout=10)
    assert ann.issue(1).state == "open"
    answer = browser.post(f"{browser.base}{ISSUE}/comment", data={**form, "body": "Hello"}, timeout=10)
    assert "Hello" in answer.text


def test_milestones_are_made_edited_and_closed(browser: Browser, ann: Person) -> None:
    browser.send_form("/acme/widgets/milestones/new", "title", title="Week 2", due="2026-07-01")
    assert ann.milestone("Week 2").due == "2026-07-01"
    changes = {"title": "Week two", "due": "", "state": "closed", "description": "d"}
    browser.send_form("/acme/widgets/milestone/2", "title", **changes)
    after = ann.milestone("Week two")
    assert (after.due, after.state, after.description) == (None, "closed", "d")


def test_one_acts_as_whoever_one_chose_to_be(browser: Browser, sandbox: Sandbox, ann: Person) -> None:
    ann.create_issue("T")
    browser.send_form("/acme/widgets", "person", person="syncd-bot")
    browser.send_form(ISSUE, "body", title="U")
    assert (sandbox.world.log[-1].actor, sandbox.world.log[-1].method) == ("syncd-bot", "PERSON")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(browser: Browser, back: str) -> None:
    csrf = Forms(browser.open("/").text).with_field("csrf")["csrf"]
    form = {"csrf": csrf, "person": "ann", "back": back}
    answer = browser.post(f"{browser.base}/_person", data=form, allow_redirects=False, timeout=10)
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/no/where", "/acme/widgets/issues/9", "/acme/widgets/milestone/9"])
def test_what_is_not_there_is_a_page_that_says_so(browser: Browser, path: str) -> None:
    answer = browser.open(path)
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


def test_a_deleted_issue_is_not_there(browser: Browser, ann: Person) -> None:
    ann.create_issue("T")
    ann.delete_issue(1)
    assert browser.open(ISSUE).status_code == 404


def test_the_file_stands_beside_the_issues(new_sandbox: Callable[..., Sandbox]) -> None:
    text = "# Roadmap\r\n\n- [ ] <b>one</b>\x0c\n"
    sandbox = new_sandbox(documents=lambda: {"ROADMAP.md": text})
    sandbox.person().create_issue("one")
    with Browser(sandbox.url) as browser:
        page = browser.open("/side-by-side").text
        assert "File and issues" in browser.open("/").text
        assert (
            "<span># Roadmap</span><span> </span><span>- [ ] &lt;b&gt;one&lt;/b&gt;\x0c</span></pre>" in page
        )
        assert page.index("ROADMAP.md") < page.index(">one</a>")
        assert 'http-equiv="refresh"' not in page
        assert 'content="5"' in browser.open("/side-by-side?refresh=5").text
        assert "refresh" not in browser.open("/side-by-side?refresh=0;url=//evil").text.split("</head>")[0]


def test_without_a_file_nothing_leads_there(browser: Browser) -> None:
    assert "File and issues" not in browser.open("/").text


@pytest.mark.parametrize(
    ("path", "field", "changes", "says"),
    [
        ("/acme/widgets/issues/new", "body", {"title": " ", "new_labels": "x"}, "An issue needs a title"),
        ("/acme/widgets/milestones/new", "due", {"title": " "}, "A milestone needs a title"),
        ("/acme/widgets/milestones/new", "due", {"title": "Week 1"}, "already"),
        ("/acme/widgets/milestones/new", "due", {"title": "W", "due": "soon"}, "Invalid isoformat"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    browser: Browser, sandbox: Sandbox, ann: Person, path: str, field: str, changes: dict[str, str], says: str
) -> None:
    effects = len(sandbox.world.log)
    answer = browser.send_form(path, field, **changes)
    assert answer.status_code == 400
    assert says in answer.text
    assert len(sandbox.world.log) == effects
