"""A real Chromium, Debian's, before a running daemon. Scripts are off as a rule: nothing may need them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from tests.integration.watchman import ROADMAP, Watchman

PHONE = {"width": 360, "height": 740}
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 10_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, for all tests."""
    program = shutil.which("chromium")
    assert program, "there is no Chromium; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a window of its own, with the options of Playwright; whatever it complained of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 40" not in message.text:
            complaints.append(message.text)

    def opened(url: str, **options: Any) -> Page:
        context = chromium.new_context(**{"java_script_enabled": False, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == [], "the page broke its own policy, or threw"


@pytest.fixture
def watchman(new_sandbox: Callable[..., Sandbox], memory: Path) -> Watchman:
    """A daemon that has not begun, beside a tracker on the real clock."""
    return Watchman(new_sandbox(clock=wall_clock), memory)


@pytest.fixture
def daemon(watchman: Watchman) -> Iterator[Watchman]:
    """A running one, after its first run."""
    with watchman:
        watchman.until_calm()
        yield watchman


@pytest.fixture
def address(daemon: Watchman) -> str:
    """Where the page is."""
    return daemon.daemon.server.address


@pytest.fixture
def contested(daemon: Watchman) -> Watchman:
    """The second task has another title on each side."""
    daemon.sandbox.person().edit_issue(2, title="Dig the deep hole")
    daemon.path.write_text(ROADMAP.replace("Dig the hole", "Dig the wide hole"), encoding="utf-8")
    daemon.until(lambda: daemon.runs[-1].result == "conflict")
    daemon.until_calm()
    return daemon
