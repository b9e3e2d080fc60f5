"""What is seen from outside: numbers and health, on the loopback."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx

from bot.telegram import monitoring
from bot.telegram.monitoring import Metrics, Watchpost

if TYPE_CHECKING:
    import pytest


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def holds() -> bool:
    return True


async def fails() -> bool:
    raise OSError("disk")


async def hangs() -> bool:
    await asyncio.Event().wait()
    return True


async def nothing() -> None:
    pass


def get(
    path: str, metrics: Metrics | None = None, refresh: Callable[[], Awaitable[None]] = nothing, **checks: Any
) -> httpx.Response:
    async def ask() -> httpx.Response:
        port = free_port()
        watchpost = Watchpost(metrics or Metrics(), checks, refresh)
        watchpost.open(port)
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(f"http://127.0.0.1:{port}{path}")
        await watchpost.close()
        return answer

    return asyncio.run(ask())


def test_who_is_well_says_so() -> None:
    answer = get("/healthz", poll=holds, state=holds)
    assert answer.status_code == 200
    assert json.loads(answer.text) == {"ok": True, "poll": True, "state": True}


def test_who_is_not_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitoring, "CHECK_TIMEOUT_S", 0.05)
    answer = get("/healthz", poll=hangs, state=fails, index=holds)
    assert answer.status_code == 503
    assert json.loads(answer.text) == {"ok": False, "poll": False, "state": False, "index": True}


def test_the_numbers() -> None:
    metrics = Metrics()
    metrics.question("answered", 0.2)
    metrics.question("refused", -1.0)
    metrics.update("button")
    metrics.send_fault("flood")
    metrics.unforeseen()
    numbers = {"generation": 0.0}
    metrics.gauge("generation", "Of the index.", lambda: numbers["generation"])

    async def refresh() -> None:
        numbers["generation"] = 3.0

    answer = get("/metrics", metrics, refresh)
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    for line in (
        'isnad_questions_total{status="answered"} 1.0',
        'isnad_questions_total{status="refused"} 1.0',
        "isnad_question_seconds_count 2.0",
        'isnad_question_seconds_bucket{le="0.2"} 2.0',
        'isnad_updates_total{kind="button"} 1.0',
        'isnad_send_faults_total{kind="flood"} 1.0',
        "isnad_errors_total 1.0",
        "isnad_generation 3.0",
    ):
        assert line in lines
    assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


def test_nothing_else_is_served() -> None:
    assert get("/").status_code == 404


def test_it_listens_on_the_loopback_alone() -> None:
    async def listening() -> list[str]:
        watchpost = Watchpost(Metrics(), {}, nothing)
        watchpost.open(free_port())
        hosts = [listener.getsockname()[0] for listener in watchpost._server._sockets.values()]
        await watchpost.close()
        return hosts

    assert asyncio.run(listening()) == ["127.0.0.1"]
