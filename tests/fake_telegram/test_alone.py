"""The server as a program of its own, played over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

TOKEN = "777:TEST-token"  # noqa: S105 - opens nothing
Post = Callable[..., Any]


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    return tmp_path / "transcript.jsonl"


@pytest.fixture
def root(transcript: Path, repository: Path) -> Iterator[str]:
    """The address of a running server."""
    command = [sys.executable, "-m", "tests.fake_telegram", "--port", "0", "--token", TOKEN]
    with subprocess.Popen(
        [*command, "--transcript", str(transcript)], cwd=repository, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert TOKEN in first
        yield first.split()[2]
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture
def post(root: str) -> Post:
    def posted(path: str, /, **body: Any) -> Any:
        request = Request(root + path, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
        with urlopen(request, timeout=20) as response:  # noqa: S310 - our own server
            return json.load(response)

    return posted


def test_a_conversation_by_hand(root: str, post: Post, transcript: Path) -> None:
    api = f"/bot{TOKEN}"
    post("/control/user", user=7, first_name="منى", language_code="ar")
    said = post("/control/say", user=7, text="/start")
    [update] = post(f"{api}/getUpdates")["result"]
    assert update["message"]["from"]["language_code"] == "ar"
    markup = {"inline_keyboard": [[{"text": "👍", "callback_data": "v:+"}]]}
    sent = post(f"{api}/sendMessage", chat_id=7, text="أهلا", reply_markup=markup)["result"]
    [answer] = post("/control/answer", user=7, after=said["order"])
    assert (answer["text"], answer["message_id"]) == ("أهلا", sent["message_id"])
    query = post("/control/press", user=7, button="👍")["query_id"]
    post(f"{api}/answerCallbackQuery", callback_query_id=query, text="شكرا")
    assert post("/control/toast", query_id=query)["text"] == "شكرا"
    post("/control/edit", user=7, message_id=said["message_id"], text="/help")
    post("/control/document", user=7, name="a.txt", text="مقال")
    post("/control/send", user=7, kind="sticker")
    post("/control/inline", user=7, query="سؤال")
    post("/control/group", chat=-1001, title="G")
    post("/control/say", user=7, chat=-1001, text="/ask x")
    kinds = [min(set(one) - {"update_id"}) for one in post(f"{api}/getUpdates")["result"]]
    assert kinds == ["message", "callback_query", "edited_message", "message", "message", "inline_query", "message"]
    with urlopen(f"{root}/control/transcript?after=1", timeout=20) as response:  # noqa: S310 - our own server
        calls = json.load(response)["calls"]
    assert [one["method"] for one in calls] == ["sendMessage", "answerCallbackQuery", "getUpdates"]
    lines = [json.loads(line) for line in transcript.read_text("utf-8").splitlines()]
    written = [line["method"] for line in lines if line["what"] == "call"]
    assert written == ["getUpdates", "sendMessage", "answerCallbackQuery", "getUpdates"]
    assert TOKEN not in transcript.read_text("utf-8")


def test_faults_by_hand(root: str, post: Post) -> None:
    post("/control/say", user=7, text="x")
    fault = post("/control/fault", method="sendMessage", name="flood", retry_after=9)
    assert (fault["status"], fault["retry_after"]) == (429, 9)
    with pytest.raises(HTTPError, match="429"):
        post(f"/bot{TOKEN}/sendMessage", chat_id=7, text="x")
    assert post("/control/faults")["orders"] == []
    post("/control/block", user=7)
    with pytest.raises(HTTPError, match="403"):
        post(f"/bot{TOKEN}/sendMessage", chat_id=7, text="x")
    post("/control/revoke")
    with pytest.raises(HTTPError, match="401"):
        post(f"/bot{TOKEN}/getMe")
    for path, body in {"/control/say": {}, "/control/press": {"user": 7, "button": "x"}}.items():
        with pytest.raises(HTTPError, match="400"):
            post(path, **body)
    with pytest.raises(HTTPError, match="404"):
        post("/control/nonsense")


def test_the_control_api_says_what_it_takes(root: str) -> None:
    with urlopen(f"{root}/control", timeout=20) as response:  # noqa: S310 - our own server
        said = response.read().decode()
    assert all(f"/control/{name}:" in said for name in ("say", "press", "fault", "transcript"))
