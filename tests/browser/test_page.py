"""The status page as a person meets it: read, decided on, approved; by keyboard, on a phone, and without scripts."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.integration.test_daemon_page import CANARY, TOKEN, configured
from tests.integration.watchman import ROADMAP, Watchman

Visit = Callable[..., Page]
EVIL = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<style>body{display:none}</style><h1>Taken over</h1>",
    "</title></details></bdi><svg onload=alert(1)>",
    "javascript:alert(1)",
    "gnp.exe \u202eexe.png",
    "A" * 10_000,
)


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name)


# --- reading, deciding, approving ------------------------------------------------------------------------------------


def test_a_person_finds_out_how_things_are(address: str, visit: Visit) -> None:
    page = visit(address)
    expect(page).to_have_title("Roadmaps · syncd")
    page.get_by_role("main").get_by_role("link", name="main").click()
    expect(heading(page, "main In step")).to_be_visible()
    expect(page.get_by_role("img", name="Phase 1: Ground: 0 of 3 tasks done")).to_be_visible()
    expect(page.get_by_role("link", name="github #2")).to_have_attribute("href", re.compile("/issues/2$"))
    page.get_by_role("link", name="ROADMAP.md:6").click()
    expect(heading(page, "Dig the hole")).to_be_visible()


@pytest.mark.parametrize("scripts", [False, True])
def test_a_person_decides_a_conflict(contested: Watchman, visit: Visit, scripts: bool) -> None:
    page = visit(contested.daemon.server.address, java_script_enabled=scripts)
    page.get_by_role("link", name="1 conflict to decide").click()
    conflict = page.get_by_role("article")
    expect(conflict).to_contain_text("Dig the wide hole")
    button(conflict, "Take this title, of github, for Dig the").click()
    expect(page.get_by_role("status")).to_contain_text("Decided")
    contested.until(lambda: "- [ ] Dig the deep hole" in contested.text)
    contested.until_calm()
    page.get_by_role("link", name="Look again").click()
    expect(heading(page, "main In step")).to_be_visible()
    expect(page.get_by_text("asked for on this page").first).to_be_visible()


@pytest.fixture
def limited(watchman: Watchman) -> Iterator[Watchman]:
    """A plan for two new issues, where one may be made, waits for approval."""
    configured(watchman, roadmap=", limits: {create: 1}")
    with watchman:
        watchman.until_calm()
        watchman.path.write_text(f"{ROADMAP}- [ ] Hang the door\n- [ ] Set the window\n", encoding="utf-8")
        watchman.until(lambda: watchman.runs[-1].result == "refused")
        watchman.until_calm()
        yield watchman


def test_a_person_approves_a_plan_that_they_have_read(limited: Watchman, visit: Visit) -> None:
    page = visit(limited.daemon.server.address)
    page.get_by_role("link", name="A plan to approve").click()
    plan = page.get_by_role("region", name="A plan waits for your word")
    for words in ("2 issues would be created, 1 may be in one run", "Hang the door", "Set the window"):
        expect(plan).to_contain_text(words)
    button(plan, "Approve exactly this plan").click()
    expect(page.get_by_role("status")).to_contain_text("Approved")
    limited.until(lambda: len(limited.sandbox.person().issues()) == 7)
    limited.until_calm()
    page.get_by_role("link", name="Look again").click()
    expect(heading(page, "main In step")).to_be_visible()


def test_a_person_looks_at_what_the_next_run_would_do(daemon: Watchman, address: str, visit: Visit) -> None:
    daemon.sandbox.person().close(2)  # nobody told the daemon
    page = visit(f"{address}/roadmaps/main")
    button(page, "Preview the next run").click()
    # The page looks again by itself until it is known.
    expect(heading(page, "1 line to edit")).to_be_visible()
    expect(page.get_by_role("region", name="In the file")).to_contain_text("after: - [x] Dig the hole")
    assert "- [ ] Dig the hole" in daemon.text


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(watchman: Watchman) -> Iterator[str]:
    """The address of a page behind a token."""
    configured(watchman, f", token: '{TOKEN}'")
    with watchman:
        watchman.until_calm()
        yield watchman.daemon.server.address


def test_a_wrong_token_is_refused_and_the_right_one_leads_to_where_one_was(
    guarded: str, visit: Visit
) -> None:
    page = visit(f"{guarded}/roadmaps/main/log")
    for token in ("wrong", TOKEN):
        expect(heading(page, "Log in")).to_be_visible()
        page.get_by_label("Token of this page").fill(token)
        button(page, "Log in").click()
        if token == "wrong":
            expect(page.get_by_role("alert")).to_have_text("That is not the token.")
            page.goto(f"{guarded}/roadmaps/main/log")
    expect(heading(page, "What was done")).to_be_visible()
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert TOKEN not in cookie["value"]
    button(page, "Log out").click()
    expect(heading(page, "Log in")).to_be_visible()
    page.goto(guarded)
    expect(heading(page, "Log in")).to_be_visible()


def test_a_page_elsewhere_can_neither_send_a_form_nor_show_ours(
    contested: Watchman, visit: Visit, tmp_path: Path
) -> None:
    address = contested.daemon.server.address
    page = visit(f"{address}/roadmaps/main")
    word = page.locator('form[action$="/preview"] input[name="word"]').get_attribute("value")
    attack = (
        f'<form method="post" action="{address}/roadmaps/main/preview">'
        f'<input name="word" value="{word}"><button>Win</button></form>'
    )
    (tmp_path / "evil.html").write_text(attack, encoding="utf-8")
    page.goto((tmp_path / "evil.html").as_uri())
    button(page, "Win").click()
    expect(heading(page, "This form was not obeyed")).to_be_visible()


# --- what others wrote -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [False, True])
def test_whatever_people_wrote_is_readable_and_does_nothing(
    daemon: Watchman, address: str, visit: Visit, scripts: bool
) -> None:
    ann = daemon.sandbox.person()
    for number, text in enumerate(EVIL[:5], 1):
        ann.edit_issue(number, title=f"{number}: {text}")
    tasks = "\n".join(f"- [ ] New {text}" for text in EVIL)
    changed = ROADMAP.replace("Clear the site", "Clear the whole site").replace("Dig the hole", "Dig a hole")
    daemon.path.write_text(f"{changed}{tasks}\n", encoding="utf-8")
    daemon.until(lambda: any(run.conflicts for run in daemon.runs))
    daemon.until_calm()
    for path in ("", "/roadmaps/main", "/roadmaps/main/log"):
        page = visit(f"{address}{path}", java_script_enabled=scripts, viewport=PHONE)
        expect(page.get_by_role("contentinfo")).to_be_visible()
        expect(heading(page, "Taken over")).to_have_count(0)
        for selector in (
            "main script",
            "main style",
            'main img:not([src="/icon.svg"])',
            '[href^="javascript"]',
            "[onload], [onerror]",
        ):
            expect(page.locator(selector)).to_have_count(0)
        assert not overflows(page), path
    page = visit(f"{address}/roadmaps/main", java_script_enabled=scripts)
    expect(page.get_by_role("article").first).to_contain_text("<script>alert(1)</script>")


def test_no_secret_is_shown(watchman: Watchman, visit: Visit) -> None:
    configured(watchman, f", token: '{CANARY}'")
    watchman.path.write_text(f"{ROADMAP}- [ ] Use {CANARY}\n", encoding="utf-8")
    with watchman:
        watchman.until_calm()
        page = visit(f"{watchman.daemon.server.address}/roadmaps/main/log")
        page.get_by_label("Token of this page").fill(CANARY)
        button(page, "Log in").click()
        expect(page.get_by_text("created Use [hidden]")).to_be_visible()
        assert CANARY not in page.content()


# --- for everybody ---------------------------------------------------------------------------------------------------


def overflows(page: Page) -> bool:
    """Whether one would have to scroll sideways."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    return wide > width


PATHS = ("/", "/roadmaps/main", "/roadmaps/main/log", "/roadmaps/main/preview", "/roadmaps/none")


def test_on_a_phone_nothing_has_to_be_scrolled_sideways(contested: Watchman, visit: Visit) -> None:
    page = visit(contested.daemon.server.address, viewport=PHONE)
    for path in PATHS:
        page.goto(f"{contested.daemon.server.address}{path}")
        assert not overflows(page), path


def test_on_a_phone_a_refused_plan_fits_too(limited: Watchman, visit: Visit) -> None:
    page = visit(f"{limited.daemon.server.address}/roadmaps/main", viewport=PHONE)
    expect(button(page, "Approve exactly this plan")).to_be_visible()
    assert not overflows(page)


def test_the_keyboard_alone_is_enough(contested: Watchman, visit: Visit) -> None:
    page = visit(f"{contested.daemon.server.address}/roadmaps/main")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    take = button(page, "Take this title, of roadmap")
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        outline = focused.evaluate("one => getComputedStyle(one).outlineStyle")
        assert outline == "solid", focused.evaluate("one => one.outerHTML")
        if take.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Decided")
    contested.until(lambda: contested.sandbox.person().issue(2).title == "Dig the wide hole")


def test_everything_that_can_be_used_has_a_name_and_headings_skip_no_level(
    contested: Watchman, visit: Visit
) -> None:
    page = visit(contested.daemon.server.address)
    for path in PATHS:
        page.goto(f"{contested.daemon.server.address}{path}")
        for role in ("link", "button", "img", "region", "navigation", "article"):
            for one in page.get_by_role(role).all():
                assert named(one), f"{path}: a {role} without a name: {one.evaluate('one => one.outerHTML')}"
        levels = [int(one.evaluate("one => one.tagName[1]")) for one in page.get_by_role("heading").all()]
        assert (levels[0], levels.count(1)) == (1, 1), path
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), levels
        for landmark in ("banner", "main", "contentinfo"):
            expect(page.get_by_role(landmark)).to_have_count(1)
        assert page.locator("html").get_attribute("lang") == "en"


def named(one: Locator) -> bool:
    """Whether it has an accessible name, or is an article, which may go without."""
    snapshot: str = one.aria_snapshot().split("\n")[0]
    return bool(re.search(r'"[^"]+"', snapshot)) or snapshot.startswith(("- article", "- link /url"))


SCHEMES = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_stands_out_from_its_ground(contested: Watchman, visit: Visit, scheme: str) -> None:
    page = visit(contested.daemon.server.address, color_scheme=scheme)
    for path in PATHS:
        page.goto(f"{contested.daemon.server.address}{path}")
        faint = page.evaluate(FAINT)
        assert faint == [], path


FAINT = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = one => {
    for (let at = one; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > .99) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    const text = [...one.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim()).length;
    if (!text || !one.checkVisibility() || one.closest(".hidden, .skip")) continue;
    const [a, b] = [light(parse(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${one.outerHTML.slice(0, 120)}`);
  }
  return found;
}"""
"""Texts with less contrast than AA asks for: 4.5 to 1 (WCAG 2.2, 1.4.3)."""
