"""Starting, stopping, and serving in the foreground."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from syncd.errors import SandboxError
from syncd.sandbox import Sandbox

SERVE = """
from syncd.sandbox import Sandbox, serve
serve(Sandbox(), "127.0.0.1", 0, lambda sandbox: print(sandbox.url, flush=True))
print("ended", flush=True)
"""


def test_it_answers_as_soon_as_it_has_started_and_no_longer_after_the_end() -> None:
    with Sandbox() as sandbox:
        url = sandbox.url
        assert requests.get(url, timeout=10).status_code == 200
        assert sandbox.api_url == f"{url}/api/v3"
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=1)


def test_several_live_side_by_side(new_sandbox: Callable[..., Sandbox]) -> None:
    one, other = new_sandbox(), new_sandbox()
    one.person().create_issue("T")
    assert other.person().issues() == []
    assert one.url != other.url


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    with Sandbox() as sandbox:
        requests.get(sandbox.url, timeout=10)
    assert threading.active_count() == before


def test_a_request_in_flight_does_not_hold_up_the_end(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox()
    sandbox.fault("slow", seconds=600)
    answer = requests.get(f"{sandbox.api_url}/user", stream=True, timeout=60)
    sandbox.stop()
    with pytest.raises(requests.RequestException):
        _ = answer.content
    answer.close()


def test_clients_that_are_just_connecting_are_let_go(new_sandbox: Callable[..., Sandbox]) -> None:
    """asyncio loses a connection that is being accepted while its server closes: such a client would wait."""
    for _ in range(20):
        sandbox = new_sandbox()
        sandbox.fault("delay", seconds=600, times=None)
        with ThreadPoolExecutor(3) as clients:
            waiting = [clients.submit(_ask, sandbox.api_url) for _ in range(3)]
            sandbox.stop()
            assert [one.result() for one in waiting] == ["let go"] * 3


def _ask(url: str) -> str:
    try:
        requests.get(f"{url}/user", timeout=20)
    except requests.Timeout:
        return "waited in vain"
    except requests.ConnectionError:
        return "let go"
    return "answered"


def test_a_taken_port_is_an_error_of_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1:{port}"):
            Sandbox().start(port=port)


def test_it_cannot_be_asked_for_its_address_before_it_listens() -> None:
    with pytest.raises(SandboxError, match="not running"):
        _ = Sandbox().url


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_cleanly_on_a_signal(how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        url = served.stdout.readline().strip()
        assert requests.get(url, timeout=10).status_code == 200
        served.send_signal(how)
        assert served.stdout.readline() == "ended\n"
        assert served.wait(timeout=10) == 0
