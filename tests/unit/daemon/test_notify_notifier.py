"""Telling happens beside everything else: it holds nothing up, and loses nothing in silence."""

import io
import json
from pathlib import Path
from threading import Condition, Event
from typing import Any

import httpx
import pytest
import respx

from syncd import logs
from syncd.config import Settings, load
from syncd.daemon.notify import Notifier
from tests.unit.daemon.doors import T0
from tests.unit.daemon.test_notify_news import HELD, TITLES, failed, finished, waiting

URL = "https://chat.example.org/hooks/canary-of-the-address"


def settings(folder: Path, notify: str = f"{{url: '{URL}', failures: 1}}") -> Settings:
    text = "remotes: {github: {kind: github, project: acme/widgets}}\n"
    text += "roadmaps: {main: {path: ROADMAP.md, remotes: [github]}}\n"
    text += f"serve: {{url: 'https://syncd.example'{f', notify: {notify}' if notify else ''}}}\n"
    (folder / "syncd.yaml").write_text(text)
    return load(folder / "syncd.yaml", {})


class Post:
    """A running notifier; what became of its messages is counted."""

    def __init__(self, settings: Settings, room: int = 100) -> None:
        self.settings, self.counted, self.changed = settings, list[str](), Condition()
        self.redactor = logs.Redactor()
        self.notifier = Notifier(
            lambda: self.settings,
            self.redactor,
            clock=lambda: T0,
            mint=lambda: "ID",
            count=self.count,
            room=room,
        )

    def count(self, result: str) -> None:
        with self.changed:
            self.counted.append(result)
            self.changed.notify_all()

    def until(self, *results: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.counted == list(results), 10), self.counted

    def __enter__(self) -> "Post":
        self.notifier.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.notifier.stop()


def told(route: respx.Route) -> list[dict[str, Any]]:
    return [json.loads(call.request.content) for call in route.calls]


def test_all_news_of_a_run_is_one_message(tmp_path: Path, httpx2_mock: respx.Router) -> None:
    route = httpx2_mock.post(URL).respond(200)
    with Post(settings(tmp_path)) as post:
        post.notifier.run_finished(waiting(TITLES, HELD))
        post.notifier.run_finished(waiting(TITLES))
        post.notifier.run_finished(failed())
        post.until("sent", "sent")
    first, second = told(route)
    assert [one["what"] for one in first["news"]] == ["conflict", "held"]
    assert [one["what"] for one in second["news"]] == ["failing"]
    assert first["link"] == "https://syncd.example/"


def test_nobody_configured_means_nobody_told_and_nothing_remembered(
    tmp_path: Path, httpx2_mock: respx.Router
) -> None:
    httpx2_mock.post(URL).respond(200)
    with Post(settings(tmp_path, "")) as post:
        post.notifier.run_finished(waiting(TITLES))
        post.settings = settings(tmp_path)
        post.notifier.run_finished(waiting(TITLES))
        post.until("sent")


def test_a_receiver_that_does_not_answer_holds_nobody_up_and_what_has_no_room_is_counted(
    tmp_path: Path, httpx2_mock: respx.Router
) -> None:
    asked, answer = Event(), Event()

    def slow(_: httpx.Request) -> httpx.Response:
        asked.set()
        answer.wait(10)
        return httpx.Response(200)

    httpx2_mock.post(URL).mock(side_effect=slow)
    with Post(settings(tmp_path), room=1) as post:
        for number in range(4):
            # From this very thread: were anything waited for, nothing would ever come.
            post.notifier.run_finished(failed(str(number)))
            post.notifier.run_finished(finished())
            if number == 0:
                assert asked.wait(10)
        answer.set()
        with post.changed:
            assert post.changed.wait_for(lambda: post.counted.count("sent") == 2, 10)
        assert post.counted.count("dropped") == 6


def test_its_end_waits_for_no_receiver(tmp_path: Path, httpx2_mock: respx.Router) -> None:
    asked = Event()

    def refuse(_: httpx.Request) -> httpx.Response:
        asked.set()
        return httpx.Response(503, headers={"Retry-After": "600"})

    httpx2_mock.post(URL).mock(side_effect=refuse)
    with Post(settings(tmp_path)) as post:
        post.notifier.run_finished(failed())
        assert asked.wait(10)
        post.notifier.stop()
        post.until("failed")
    post.notifier._thread.join(10)
    assert not post.notifier._thread.is_alive()
    assert post.notifier._thread.daemon, "and one that hangs in a request keeps no program alive"


def test_the_address_is_read_anew_each_time_and_a_file_that_is_away_is_said(
    tmp_path: Path, httpx2_mock: respx.Router
) -> None:
    first, second = httpx2_mock.post(URL).respond(200), httpx2_mock.post(f"{URL}-2").respond(200)
    file = tmp_path / "url"
    file.write_text(f"{URL}\n")
    with Post(settings(tmp_path, "{url_file: url, failures: 1}")) as post:
        post.notifier.run_finished(failed())
        post.until("sent")
        file.write_text(f"{URL}-2")
        post.notifier.run_finished(finished())
        post.until("sent", "sent")
        file.unlink()
        post.notifier.run_finished(failed())
        post.until("sent", "sent", "failed")
    assert (first.call_count, second.call_count) == (1, 1)


@pytest.mark.parametrize("status", [200, 404, 503])
def test_no_line_of_the_log_holds_the_address(tmp_path: Path, httpx2_mock: respx.Router, status: int) -> None:
    stream = io.StringIO()
    route = httpx2_mock.post(URL).respond(status, headers={"Retry-After": "9999"})
    post = Post(settings(tmp_path))
    logs.set_up(stream, post.redactor, clock=lambda: T0, verbose=True)
    with post:
        post.notifier.run_finished(failed(f"it was {URL}, or canary-of-the-address"))
        post.until("sent" if status == 200 else "failed")
        post.notifier.stop()
        post.notifier._thread.join(10)
    assert "notification." in stream.getvalue()
    assert "canary" not in stream.getvalue()
    (message,) = told(route)
    assert "canary" not in json.dumps(message)
