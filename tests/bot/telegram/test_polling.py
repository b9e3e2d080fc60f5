"""When the connection ends the bot, and when it does not."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest
from telegram.error import NetworkError, TimedOut

from bot.errors import AnotherBotPolls, BotEnded, PollDied, TokenRefused
from bot.telegram.polling import Pulse, kind_of, note_poll_fault
from bot.texts.errors import explain_error
from rag.text.normalise import has_arabic

LIMIT_S = 90.0


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.pulse = Pulse(self.end, clock=lambda: self.now)
        self.ends: list[BotEnded] = []
        self.beats_at: list[float] = []

    def end(self, reason: BotEnded) -> None:
        self.ends.append(reason)

    async def sleep(self, seconds: float) -> None:
        """Time passes; the polls of `beats_at` go through on the way."""
        until = self.now + seconds
        for at in [at for at in self.beats_at if self.now < at <= until]:
            self.now = at
            self.pulse.beat()
        self.now = until

    def watch(self) -> float:
        """Watch until the end; seconds it took."""
        begun = self.now
        asyncio.run(self.pulse.watch(LIMIT_S, self.sleep))
        return self.now - begun


def test_silence_ends_the_bot_after_its_time_and_no_sooner() -> None:
    clock = Clock()
    clock.beats_at = [1030, 1060, 1149]
    assert clock.watch() == 149 + LIMIT_S
    assert [type(reason) for reason in clock.ends] == [PollDied]
    assert clock.ends[0].details == {"seconds": 90}


def test_silence_that_telegram_asked_for_does_not_count() -> None:
    clock = Clock()
    flood = {"ok": False, "error_code": 429, "parameters": {"retry_after": 280}}
    clock.pulse.saw_poll(429, json.dumps(flood).encode())
    assert clock.watch() == 280 + LIMIT_S


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"parameters": null}'])
def test_a_flood_without_a_time_excuses_nothing(body: bytes) -> None:
    clock = Clock()
    clock.pulse.saw_poll(429, body)
    assert clock.watch() == LIMIT_S


@pytest.mark.parametrize(
    ("times", "ends"),
    [((0, 1, 2.5), 1), ((0, 30, 60), 1), ((0, 30, 61), 0), ((0, 1), 0), ((0, 50, 70, 100), 1), ((0, 1, 2, 3, 4), 1)],
)
def test_three_conflicts_within_a_minute_end_the_bot_once(times: tuple[float, ...], ends: int) -> None:
    clock = Clock()
    for at in times:
        clock.now = 1000.0 + at
        clock.pulse.saw_poll(409, b"")
    assert [type(reason) for reason in clock.ends] == [AnotherBotPolls] * ends


@pytest.mark.parametrize(("num_conflicts", "ends"), [(7, 0), (8, 1), (9, 1)])
def test_a_bot_that_has_polled_for_a_while_outlasts_a_newcomer(num_conflicts: int, ends: int) -> None:
    clock = Clock()
    for number in range(num_conflicts):
        clock.now = 1000.0 + 3600 + 5 * number
        clock.pulse.saw_poll(409, b"")
    assert [type(reason) for reason in clock.ends] == [AnotherBotPolls] * ends


@pytest.mark.parametrize("code", [401, 404])
def test_a_token_that_telegram_does_not_know_ends_the_bot(code: int) -> None:
    clock = Clock()
    clock.pulse.saw_poll(code, b"")
    assert [type(reason) for reason in clock.ends] == [TokenRefused]


def test_other_faults_end_nothing_by_themselves() -> None:
    clock = Clock()
    for code in (200, 400, 500, 502, 503):
        clock.pulse.saw_poll(code, b"")
    assert clock.ends == []


def test_a_fault_is_one_line_that_gives_nothing_away(caplog: pytest.LogCaptureFixture) -> None:
    error = NetworkError("httpx.ConnectError: https://api.telegram.org/bot123456:secret/getUpdates")
    error.__cause__ = httpx.ConnectError("123456:secret")
    with caplog.at_level(logging.WARNING):
        note_poll_fault(error)
    (record,) = caplog.records
    assert record.getMessage() == "a poll failed (NetworkError: ConnectError); trying again"
    assert record.exc_info is None


def test_the_kind_of_a_fault() -> None:
    assert kind_of(TimedOut()) == "TimedOut"
    assert kind_of(httpx.ReadError("text")) == "ReadError"


@pytest.mark.parametrize("kind", [AnotherBotPolls, PollDied, TokenRefused])
def test_each_end_is_explained_in_arabic(kind: type[BotEnded]) -> None:
    said = explain_error(kind("In English.", seconds=90), "ar")
    assert has_arabic(said)
    assert "English" not in said
