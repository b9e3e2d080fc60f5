"""Everything that can go wrong on order, as a plain client sees it, and what the transcript says of it."""

from __future__ import annotations

import http.client
import json
from dataclasses import replace
from time import monotonic

import pytest

from tests.fake_telegram.conftest import Call, raw_call
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.faults import EVERY_FAULT, NOWHERE, Fault

MESSAGE = {"chat_id": 7, "text": "x"}


@pytest.mark.parametrize("name", [name for name, fault in EVERY_FAULT.items() if fault.status and not fault.effect])
def test_refusals(server: FakeTelegram, name: str) -> None:
    chat, fault = server.user(7).private(), EVERY_FAULT[name]
    server.fail("sendMessage", name)
    status, body = raw_call(server, "sendMessage", MESSAGE)
    assert status == fault.status
    if name == "bad_gateway":
        assert body.startswith(b"<html>")
    else:
        found = json.loads(body)
        assert (found["ok"], found["error_code"]) == (False, fault.status)
        asked = {"flood": {"retry_after": 1}, "migrated": {"migrate_to_chat_id": NOWHERE}}
        assert found.get("parameters") == asked.get(name)
    assert chat.messages() == []
    noted = server.transcript.calls[-1]
    assert (noted.fault, noted.status, noted.done) == (name, fault.status, False)
    assert raw_call(server, "sendMessage", MESSAGE)[0] == 200


@pytest.mark.parametrize(
    ("name", "error", "delivered"),
    [
        ("dropped_unread", ConnectionError, False),
        ("dropped", http.client.RemoteDisconnected, False),
        ("dropped_after_effect", http.client.RemoteDisconnected, True),
        ("half", http.client.IncompleteRead, True),
        ("never_answered", TimeoutError, True),
        ("never_handled", TimeoutError, False),
    ],
)
def test_broken_connections(
    server: FakeTelegram,
    name: str,
    error: type[Exception],
    delivered: bool,  # noqa: FBT001 - a case
) -> None:
    chat = server.user(7).private()
    server.fail("sendMessage", name)
    with pytest.raises(error):
        raw_call(server, "sendMessage", MESSAGE, timeout=0.3)
    server.wait_for(lambda: server.transcript.calls[-1].client_gone or "drop" in name or name == "half")
    assert bool(chat.messages()) == delivered
    noted = server.transcript.calls[-1]
    assert (noted.fault, noted.done) == (name, delivered)
    assert raw_call(server, "sendMessage", MESSAGE)[0] == 200


def test_garbage_and_a_bad_gateway_after_the_effect(server: FakeTelegram) -> None:
    chat = server.user(7).private()
    server.fail("sendMessage", "garbage")
    server.fail("sendMessage", "bad_gateway_after_effect")
    status, body = raw_call(server, "sendMessage", MESSAGE)
    assert status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(body.decode("utf-8", "replace"))
    assert raw_call(server, "sendMessage", MESSAGE)[0] == 502
    assert len(chat.messages()) == 2


def test_delays(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    for fault in (Fault(delay_before=0.2), Fault(delay_after=0.2)):
        server.fail("sendMessage", fault)
        began = monotonic()
        assert call("sendMessage", **MESSAGE)[0] == 200
        assert monotonic() - began >= 0.2
    early, late = (one.at for one in chat.messages())
    first, second = server.transcript.of("sendMessage")
    assert early - first.received >= 0.2
    assert late - second.received < 0.2 <= second.seconds


def test_faults_are_counted_by_method_and_chat(server: FakeTelegram, call: Call) -> None:
    seven, eight = server.user(7).private(), server.user(8).private()
    server.fail("sendMessage", "internal", times=2, chat=seven)
    server.fail("*", "flood", skip=1)
    codes = [call("sendMessage", chat_id=chat.id, text="x")[0] for chat in (eight, seven, seven, seven, eight)]
    assert codes == [200, 500, 500, 429, 200]
    server.fail("sendMessage", "internal", times=None)
    assert [call("sendMessage", **MESSAGE)[0] for _ in range(3)] == [500] * 3
    assert call("getMe")[0] == 200
    server.faults.clear()
    assert call("sendMessage", **MESSAGE)[0] == 200


def test_retry_after_is_said_three_times(server: FakeTelegram) -> None:
    server.fail("getMe", replace(EVERY_FAULT["flood"], retry_after=35))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", f"/bot{server.token}/getMe")
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    assert (response.headers["Retry-After"], body["parameters"]) == ("35", {"retry_after": 35})
    assert body["description"] == "Too Many Requests: retry after 35"


def test_connections_are_refused_for_a_while(server: FakeTelegram, call: Call) -> None:
    port = server.port
    server.refuse_connections()
    with pytest.raises(ConnectionRefusedError):
        call("getMe")
    server.accept_connections()
    assert (call("getMe")[0], server.port) == (200, port)
    server.refuse_connections(0.05)
    with pytest.raises(ConnectionRefusedError):
        call("getMe")
    server.wait_for(lambda: server.listener, timeout=5)
    assert call("getMe")[0] == 200


def test_refusing_drops_open_connections(server: FakeTelegram) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", f"/bot{server.token}/getMe")
    connection.getresponse().read()
    server.refuse_connections()
    assert connection.sock.recv(1) == b""
    connection.close()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/bot1:wrong/getMe", 401),
        ("/bot-nonsense/getMe", 404),
        ("/", 404),
        ("/bot{token}/noSuchMethod", 404),
        ("/bot{token}", 404),
        ("/file/bot{token}/documents/none", 404),
        ("/control/state", 404),
    ],
)
def test_addresses_that_are_not_there(server: FakeTelegram, path: str, code: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("GET", path.format(token=server.token))
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    assert (response.status, body["error_code"]) == (code, code)
    assert body["description"] == {401: "Unauthorized", 404: "Not Found"}[code]


def test_a_token_that_is_revoked(server: FakeTelegram, call: Call) -> None:
    server.revoke_token()
    assert call("getMe") == (401, "Unauthorized")
    server.revoke_token(revoked=False)
    assert call("getMe")[0] == 200


def test_what_is_no_request(server: FakeTelegram) -> None:
    for head, code in (
        (b"nonsense\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        connection.connect()
        connection.sock.sendall(head)
        response = http.client.HTTPResponse(connection.sock)
        response.begin()
        assert response.status == code
        response.close()
        connection.close()


@pytest.mark.parametrize(
    ("content_type", "body", "said"),
    [
        ("application/json", b"[", "Bad Request: can't parse JSON object"),
        ("application/x-www-form-urlencoded", b"chat_id=7&text=%ff", "Bad Request: strings must be encoded in UTF-8"),
    ],
)
def test_bodies_that_can_not_be_read(server: FakeTelegram, content_type: str, body: bytes, said: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    connection.request("POST", f"/bot{server.token}/sendMessage", body, {"Content-Type": content_type})
    response = connection.getresponse()
    assert json.loads(response.read())["description"] == said
    connection.close()
