"""What is told and kept where something fails: commands, files, postponed questions, the end itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.state.records import Question
from bot.telegram import ending
from bot.telegram.ending import Edge
from bot.telegram.handlers import failure_handler, turn_away
from bot.telegram.postponed import Final, Postponed
from bot.texts import plain, say
from rag.errors import StoreUnusable
from tests.bot.telegram.live import Live, live_bot
from tests.bot.telegram.small_bot import PRIVATE, SmallBot, small_bot, text_update


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[SmallBot]:
    with small_bot(tmp_path) as made:
        made.open()
        yield made


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with live_bot(tmp_path / "home") as live:
        yield live


def question(number: int = 1) -> Question:
    return Question(number, PRIVATE, number, "متى؟", 0.0, "ar")


@pytest.mark.parametrize("command", ["/latest", "/start"])
def test_a_command_that_failed_is_not_taken_for_a_question(bot: SmallBot, command: str) -> None:
    context = cast("Any", SimpleNamespace(error=StoreUnusable("x")))
    asyncio.run(failure_handler(bot.app)(text_update(1, command), context))
    assert bot.outbox.only.text.endswith(plain(say("bot.command_failed", "ar")))


def test_an_export_that_did_not_arrive_is_told(live: Live) -> None:
    room = live.telegram.user(7, language_code="ar").private()
    live.say(room, "سؤال")
    live.telegram.fail("sendDocument", "bad_request")
    (told,) = live.say(room, "/export")
    assert told.text == plain(say("bot.command_failed", "ar"))
    (sent,) = live.say(room, "/export")
    assert sent.document is not None


@dataclass
class Timers:
    """Timers that a test lets ring."""

    set: list[Callable[[], None]] = field(default_factory=list)

    def later(self, _: float, work: Callable[[], None]) -> Timers:
        self.set.append(work)
        return self

    def cancel(self) -> None:
        self.set.clear()


def test_a_flood_drops_no_question_that_was_postponed(bot: SmallBot) -> None:
    timers = Timers()
    waits, other = question(1), question(2)
    for one in (waits, other):
        assert bot.app.state.take_in(one)
    bot.app.inbox.postponed._later = timers.later
    bot.app.inbox.postponed.postpone(waits, 30, Final("answered"))
    timers.set.clear()
    for one in (waits, other):
        asyncio.run(turn_away(bot.app, one, is_first=True))
    assert bot.waiting == [waits]
    assert plain(say("bot.flood", "ar")) in bot.outbox.only.text
    timers.set.pop()()
    assert bot.app.inbox.get_nowait() == waits


def test_a_line_goes_on_one_by_one_and_in_order() -> None:
    timers, queue = Timers(), list[Question]()
    line = Postponed(queue.append, later=timers.later)
    first, second, third = map(question, (1, 2, 3))
    assert line.is_next(first)
    line.postpone(first, 30, Final("answered"))
    assert not line.is_next(second)
    assert not line.is_next(third)
    assert (line.ready(first), queue) == (Final("answered"), [])
    timers.set.pop()()
    assert queue == [first]
    assert line.is_next(first)
    line.leave(first)
    assert queue == [first, second]
    assert line.is_next(second)
    assert line.ready(second) is None
    line.postpone(second, 30, Final("weak"))
    line.leave(second)
    line.leave(third)
    assert queue == [first, second, third]
    assert line.is_next(question(4))
    assert line._num_waiting == 0


def test_what_ended_the_process_first_names_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    left, is_left = [], threading.Event()

    def leave(code: int, why: str) -> None:
        left.append((code, why))
        is_left.set()

    monkeypatch.setattr(ending, "_leave", leave)
    edge = Edge(0.0)
    edge.start(70, "the poll died")
    edge.start(0, "told to stop")
    assert is_left.wait(10)
    edge.settle()
    assert left == [(70, "the poll died")]
