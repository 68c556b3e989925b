from collections.abc import Callable, Iterator
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
