from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import gitlab
import pytest
import requests
from gitlab.v4.objects import Project

from syncd.sandbox import Sandbox
from syncd.sandbox.server import BOT_TOKEN

REPO = "/repos/acme/widgets"
PROJECT = "/projects/acme%2Fwidgets"


class Client(requests.Session):
    """Speaks to one dialect of a sandbox; addresses are paths below its root, or whole ones."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self.root = root
        # What is answered is the subject of these tests; nobody follows anything behind their back.
        self.trust_env = False

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]  # fewer words
        address = url if url.startswith("http") else self.root + url
        return super().request(method, address, **{"timeout": 10, **options, "allow_redirects": False})

    def pages(self, path: str, **params: Any) -> Iterator[list[Any]]:
        """Page after page, by `Link`."""
        answer = self.get(path, params=params)
        while True:
            assert answer.status_code == 200, answer.text
            yield answer.json()
            if "next" not in answer.links:
                return
            answer = self.get(answer.links["next"]["url"])


class Forms(HTMLParser):
    """The forms of a page with the values that a browser would send back."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._select = self._textarea = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        self.tags.append((tag, at))
        if tag == "form":
            self.forms.append({"_action": [at.get("action") or ""]})
        elif tag == "input" and (at.get("type") != "checkbox" or "checked" in at):
            self._add(at.get("name") or "", at.get("value") or "")
        elif tag == "select":
            self._select = at.get("name") or ""
        elif tag == "option" and "selected" in at and "value" in at:
            self._add(self._select, at["value"] or "")
        elif tag == "textarea":
            self._textarea = at.get("name") or ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # A browser drops the first line break of a text area and sends CRLF.
            self._add(self._textarea, data.removeprefix("\n").replace("\n", "\r\n"))
            self._textarea = ""

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)

    def with_field(self, name: str) -> dict[str, list[str]]:
        return next(form for form in self.forms if name in form)


class Browser(requests.Session):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.trust_env = False

    def open(self, path: str) -> requests.Response:
        return self.get(self.base + path, timeout=10)

    def send_form(self, path: str, field: str, **changes: Any) -> requests.Response:
        form = {**Forms(self.open(path).text).with_field(field), **changes}
        action = form.pop("_action")[0] or path
        return self.post(self.base + action, data=form, timeout=10)


@pytest.fixture
def _sessions() -> Iterator[list[requests.Session]]:
    made: list[requests.Session] = []
    yield made
    for session in made:
        session.close()


@pytest.fixture
def new_client(_sessions: list[requests.Session]) -> Callable[..., Client]:
    """Of GitHub's dialect."""

    def make(sandbox: Sandbox, token: str | None = BOT_TOKEN) -> Client:
        client = Client(sandbox.api_url)
        _sessions.append(client)
        if token:
            client.headers["Authorization"] = f"token {token}"
        return client

    return make


@pytest.fixture
def client(sandbox: Sandbox, new_client: Callable[..., Client]) -> Client:
    """Logged in as the account that may do everything."""
    return new_client(sandbox)


@pytest.fixture
def new_lab(_sessions: list[requests.Session]) -> Callable[..., Client]:
    """Of GitLab's dialect."""

    def make(sandbox: Sandbox, token: str | None = BOT_TOKEN) -> Client:
        client = Client(f"{sandbox.gitlab_url}/api/v4")
        _sessions.append(client)
        if token:
            client.headers["PRIVATE-TOKEN"] = token
        return client

    return make


@pytest.fixture
def lab(sandbox: Sandbox, new_lab: Callable[..., Client]) -> Client:
    """Logged in to GitLab's dialect as the account that may do everything."""
    return new_lab(sandbox)


@pytest.fixture
def widgets(sandbox: Sandbox, _sessions: list[requests.Session]) -> Project:
    """The project as python-gitlab sees it: a client that nobody here wrote."""
    session = requests.Session()
    session.trust_env = False
    _sessions.append(session)
    gl = gitlab.Gitlab(sandbox.gitlab_url, private_token=BOT_TOKEN, timeout=10, session=session)
    return gl.projects.get("acme/widgets")


@pytest.fixture
def browser(sandbox: Sandbox) -> Iterator[Browser]:
    with Browser(sandbox.url) as browser:
        yield browser
