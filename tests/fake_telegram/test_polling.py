"""Updates: fetched in order, acknowledged by the offset, by one poll at a time, or sent to a webhook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from tests.fake_telegram.conftest import Call, raw_call
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.transcript import Call as Noted


def test_updates_wait_until_they_are_acknowledged(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    ids = [chat.say(f"{number}").update_id for number in range(5)]
    assert None not in ids
    assert [one["update_id"] for one in call("getUpdates")[1]] == ids
    assert [one["message"]["text"] for one in call("getUpdates", limit=2)[1]] == ["0", "1"]
    assert [one["update_id"] for one in call("getUpdates", offset=ids[2])[1]] == ids[2:]
    assert [one["update_id"] for one in call("getUpdates")[1]] == ids[2:]
    assert [one["update_id"] for one in call("getUpdates", offset=-1)[1]] == ids[4:]
    assert call("getUpdates", offset=(ids[4] or 0) + 1) == (200, [])
    noted = server.transcript.updates
    assert all(noted[one or 0].acknowledged for one in ids)
    assert [len(noted[one or 0].handed_out) for one in ids] == [2, 2, 3, 3, 4]


def test_a_long_poll_ends_with_an_update_or_in_time(server: FakeTelegram, call: Call) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(call, "getUpdates", timeout=30)
        server.wait_until_polled()
        said = server.user(7).private().say("x")
        assert [one["update_id"] for one in waiting.result(5)[1]] == [said.update_id]
    began = monotonic()
    assert call("getUpdates", offset=(said.update_id or 0) + 1, timeout=1) == (200, [])
    assert 0.9 < monotonic() - began < 5


def test_two_polls_at_once(server: FakeTelegram, call: Call) -> None:
    with ThreadPoolExecutor() as pool:
        older = pool.submit(call, "getUpdates", timeout=30)
        server.wait_until_polled()
        newer = pool.submit(call, "getUpdates", timeout=30)
        assert older.result(5) == (
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
        server.wait_until_polled()
        server.user(7).private().say("x")
        assert len(newer.result(5)[1]) == 1


def test_allowed_updates_are_remembered(server: FakeTelegram, call: Call) -> None:
    call("getUpdates", allowed_updates=["callback_query"])
    assert server.user(7).private().say("x").update_id is None
    call("getUpdates")
    assert server.user(7).private().say("x").update_id is None
    call("getUpdates", allowed_updates=[])
    assert server.user(7).private().say("x").update_id


def test_updates_are_kept_for_a_day(server: FakeTelegram, call: Call) -> None:
    server.user(7).private().say("x")
    server.advance(24 * 3600 + 1)
    said = server.user(7).private().say("y")
    assert [one["update_id"] for one in call("getUpdates", offset=1)[1]] == [said.update_id]


def test_an_update_can_come_again(server: FakeTelegram, call: Call) -> None:
    said = server.user(7).private().say("x")
    call("getUpdates", offset=(said.update_id or 0) + 1)
    server.redeliver(said)
    assert [one["message"]["text"] for one in call("getUpdates")[1]] == ["x"]


class Hook(BaseHTTPRequestHandler):
    """A bot's webhook; what it gets stands in the class."""

    got: list[tuple[str, str, dict[str, Any]]]
    answers: list[tuple[int, bytes]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((self.path, self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
        status, answer = self.answers.pop(0) if self.answers else (200, b"")
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hook(server: FakeTelegram) -> Iterator[type[Hook]]:
    kind = type("OneHook", (Hook,), {"got": [], "answers": []})
    with HTTPServer(("127.0.0.1", 0), kind) as httpd:
        server.options.webhook_proxy = f"http://127.0.0.1:{httpd.server_port}"
        server.options.webhook_retry_seconds = 0.05
        thread = Thread(target=httpd.serve_forever, args=(0.02,))
        thread.start()
        yield kind
        httpd.shutdown()
        thread.join()


def test_the_webhook_gets_updates_with_its_secret(server: FakeTelegram, call: Call, hook: type[Hook]) -> None:
    chat = server.user(7).private()
    chat.say("before")
    secret = "s" * 32
    assert call("setWebhook", url="https://bot.example.org/tg/hook", secret_token=secret) == (200, True)
    said = chat.say("after")
    server.wait_until_acknowledged(said)
    assert [(path, token, body["message"]["text"]) for path, token, body in hook.got] == [
        ("/tg/hook", secret, "before"),
        ("/tg/hook", secret, "after"),
    ]
    info = call("getWebhookInfo")[1]
    assert (info["url"], info["pending_update_count"]) == ("https://bot.example.org/tg/hook", 0)
    assert call("getUpdates")[0] == 409
    assert call("deleteWebhook") == (200, True)
    assert call("getUpdates")[0] == 200


def test_a_webhook_that_fails_is_asked_again(server: FakeTelegram, call: Call, hook: type[Hook]) -> None:
    hook.answers += [(500, b""), (200, json.dumps({"method": "sendMessage", "chat_id": 7, "text": "hi"}).encode())]
    call("setWebhook", url="https://bot.example.org/hook")
    chat = server.user(7).private()
    server.wait_until_acknowledged(chat.say("x"))
    assert server.wait_for_answer(chat).text == "hi"
    server.wait_until_acknowledged(chat.say("y"))
    assert len(hook.got) == 3
    assert call("getWebhookInfo")[1]["last_error_message"] == "Wrong response from the webhook: 500"


def test_setting_a_webhook_ends_the_poll(server: FakeTelegram, call: Call) -> None:
    with ThreadPoolExecutor() as pool:
        poll = pool.submit(call, "getUpdates", timeout=30)
        server.wait_until_polled()
        call("setWebhook", url="https://bot.example.org/hook")
        assert poll.result(5) == (409, "Conflict: terminated by setWebhook request")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"url": "http://bot.example.org"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://bot.example.org:8080"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (
            {"url": "https://bot.example.org", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
    ],
)
def test_webhooks_that_are_refused(call: Call, body: dict[str, str], said: str) -> None:
    assert call("setWebhook", **body) == (400, f"Bad Request: {said}")


def test_a_client_that_hangs_up_polls_no_more(server: FakeTelegram, call: Call) -> None:
    with pytest.raises(TimeoutError):
        raw_call(server, "getUpdates", {"timeout": 30}, timeout=0.3)
    server.wait_for(lambda: server.polling.poll is None)
    [noted] = server.transcript.of("getUpdates")
    assert isinstance(noted, Noted)
    assert (noted.client_gone, noted.answered) == (True, None)
