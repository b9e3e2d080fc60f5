"""A server for each test, and calls to it without anybody's library."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fake_telegram.fake import FakeTelegram

Call = Callable[..., tuple[int, Any]]


def raw_call(server: FakeTelegram, method: str, body: Any, *, timeout: float = 10.0) -> tuple[int, bytes]:
    """POST a JSON body to a method."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"/bot{server.token}/{method}", json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram() as found:
        yield found


@pytest.fixture
def call(server: FakeTelegram) -> Call:
    """A call's result, or its refusal: (200, result) or (code, description)."""

    def made(method: str, /, **body: Any) -> tuple[int, Any]:
        status, content = raw_call(server, method, body)
        found = json.loads(content)
        assert found["ok"] == (status == 200)
        assert found.get("error_code", 200) == status
        return status, found["result"] if found["ok"] else found["description"]

    return made
