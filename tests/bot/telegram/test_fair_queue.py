"""Order within a chat, and no chat that waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import CallbackQuery, Chat, InlineQuery, Message, Update, User

from bot.state.records import Place, Question
from bot.telegram.fair_queue import MOST_IN_GROUP, MOST_IN_LANE, FairProcessor, lane_of

USER = User(7, "Someone", is_bot=False)


def question(chat_id: int, update_id: int = 1, by: int = 7) -> Question:
    return Question(update_id, Place(chat_id, by), update_id, "سؤال", 0.0)


class Work:
    """Handlers that end when they are let go."""

    def __init__(self) -> None:
        self.processor = FairProcessor(self.turn_away)
        self.begun: list[object] = []
        self.done: list[object] = []
        self.turned_away: list[tuple[object, bool]] = []
        self.gates: dict[object, asyncio.Event] = {}

    async def turn_away(self, update: object, is_first: bool) -> None:  # noqa: FBT001 - as the queue calls it
        self.turned_away.append((update, is_first))

    async def handle(self, update: object) -> None:
        self.begun.append(update)
        if update in self.gates:
            await self.gates[update].wait()
        self.done.append(update)

    def arrive(self, *updates: object, held: bool = False) -> list[asyncio.Task[None]]:
        """As PTB does with what it fetched: a task for each, made in order."""
        for update in updates if held else ():
            self.gates[update] = asyncio.Event()
        return [asyncio.create_task(self.processor.process_update(update, self.handle(update))) for update in updates]


async def settled() -> None:
    """Let every task run as far as it can."""
    for _ in range(50):
        await asyncio.sleep(0)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


@given(st.lists(st.integers(1, 4), max_size=40))
def test_each_chat_is_served_in_the_order_of_arrival(chats: list[int]) -> None:
    async def test() -> None:
        work = Work()
        updates = [question(chat, number) for number, chat in enumerate(chats)]
        await asyncio.gather(*work.arrive(*updates))
        for chat in set(chats):
            assert [one for one in work.done if one in updates and one.place.chat_id == chat] == [
                one for one in updates if one.place.chat_id == chat
            ]
        assert len(work.done) == len(updates)
        assert (work.processor.num_in_work, work.processor.num_waiting) == (0, 0)

    run(test())


def test_one_at_a_time_in_a_chat_and_all_chats_at_once() -> None:
    async def test() -> None:
        work = Work()
        slow, next_one, elsewhere = question(1, 1), question(1, 2), question(2, 3)
        tasks = [*work.arrive(slow, held=True), *work.arrive(next_one, elsewhere)]
        await settled()
        assert work.begun == [slow, elsewhere]
        assert (work.processor.num_in_work, work.processor.num_waiting) == (1, 1)
        work.gates[slow].set()
        await asyncio.gather(*tasks)
        assert work.done == [elsewhere, slow, next_one]

    run(test())


def test_two_hundred_in_one_chat_hold_up_nobody_else_and_are_told_once() -> None:
    async def test() -> None:
        work = Work()
        first = question(1, 0)
        flood = [question(1, number) for number in range(1, 200)]
        tasks = [*work.arrive(first, held=True), *work.arrive(*flood)]
        assert not work.processor.refuses(question(1, 300))  # nobody was told yet
        await settled()
        assert work.processor.refuses(question(1, 300))
        assert not work.processor.refuses(question(2, 301))
        other = question(2, 500)
        await asyncio.gather(*work.arrive(other))
        assert work.done == [other]
        assert [is_first for _, is_first in work.turned_away] == [True] + [False] * 168
        work.gates[first].set()
        await asyncio.gather(*tasks)
        assert work.done == [other, first, *flood[:30]]
        assert not work.processor.refuses(question(1, 300))
        again = [question(1, number) for number in range(600, 640)]
        tasks = [*work.arrive(again[0], held=True), *work.arrive(*again[1:])]
        await settled()
        assert [is_first for _, is_first in work.turned_away[169:]] == [True] + [False] * 8
        work.gates[again[0]].set()
        await asyncio.gather(*tasks)

    run(test())


def test_a_handler_that_fails_or_is_cancelled_lets_the_next_one_in() -> None:
    async def test() -> None:
        work = Work()

        async def fail() -> None:
            raise ValueError

        failing = asyncio.create_task(work.processor.process_update(question(1, 1), fail()))
        (cancelled,) = work.arrive(question(1, 2), held=True)
        (waiting,) = work.arrive(question(1, 3))
        (last,) = work.arrive(question(1, 4))
        await settled()
        waiting.cancel()
        cancelled.cancel()
        await asyncio.gather(failing, cancelled, waiting, last, return_exceptions=True)
        assert work.done == [question(1, 4)]
        assert work.processor.num_in_work == 0

    run(test())


def test_whoever_is_cancelled_as_its_turn_comes_passes_the_turn_on() -> None:
    async def test() -> None:
        work = Work()
        tasks = [*work.arrive(question(1, 1), held=True), *work.arrive(question(1, 2), question(1, 3))]
        await settled()
        work.gates[question(1, 1)].set()
        for _ in range(2):  # the first is done, and the second knows nothing of it yet
            await asyncio.sleep(0)
        assert work.done
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert question(1, 3) in work.done
        assert work.processor.num_in_work == 0

    run(test())


def test_at_the_end_waiting_questions_are_left_and_the_rest_is_done() -> None:
    async def test() -> None:
        work = Work()
        command = Update(9, message=message(1, "/help"))
        tasks = [*work.arrive(question(1, 1), held=True), *work.arrive(question(1, 2), command, question(2, 3))]
        await settled()
        work.processor.leave_questions()
        tasks += work.arrive(question(3, 4))
        work.gates[question(1, 1)].set()
        await asyncio.gather(*tasks)
        assert work.done == [question(2, 3), question(1, 1), command]

    run(test())


def test_who_floods_a_group_takes_nobody_elses_place() -> None:
    async def test() -> None:
        work = Work()
        first = question(-5, 0)
        flood = [question(-5, number) for number in range(1, 46)]
        others = [question(-5, number, by=8 + number) for number in range(100, 140)]
        tasks = [*work.arrive(first, held=True), *work.arrive(*flood, *others)]
        await settled()
        assert [update for update, _ in work.turned_away] == flood[MOST_IN_GROUP:]
        assert [is_first for _, is_first in work.turned_away] == [True] + [False] * (44 - MOST_IN_GROUP)
        assert work.processor.refuses(question(-5, 300))
        assert not work.processor.refuses(question(-5, 301, by=8))
        work.gates[first].set()
        await asyncio.gather(*tasks)
        assert work.done == [first, *flood[:MOST_IN_GROUP], *others], "in the order of arrival"
        assert (work.processor.num_in_work, work.processor.num_waiting) == (0, 0)

    run(test())


def test_each_who_floods_is_told_and_told_again_when_their_own_are_done() -> None:
    async def test() -> None:
        work = Work()
        first = question(-5, 0, by=1)
        each = [question(-5, 10 * number + by, by=by) for number in range(1, 8) for by in (2, 3)]
        tasks = [*work.arrive(first, held=True), *work.arrive(*each)]
        await settled()
        told = [update for update, is_first in work.turned_away if is_first]
        assert told == [question(-5, 62, by=2), question(-5, 63, by=3)]
        last = question(-5, 900, by=4)
        tasks += work.arrive(last, held=True)  # the lane is never empty
        await settled()
        work.gates[first].set()
        await settled()
        again = [question(-5, number, by=2) for number in range(901, 908)]
        tasks += work.arrive(*again)
        await settled()
        assert work.turned_away[-2:] == [(again[5], True), (again[6], False)]
        work.gates[last].set()
        await asyncio.gather(*tasks)

    run(test())


def test_a_group_of_very_many_has_an_end_too() -> None:
    async def test() -> None:
        work = Work()
        tasks = work.arrive(question(-5, 0), held=True)
        tasks += work.arrive(*(question(-5, number, by=100 + number) for number in range(1, MOST_IN_LANE + 11)))
        await settled()
        assert work.processor.num_waiting == MOST_IN_LANE
        assert [is_first for _, is_first in work.turned_away] == [True] * 10
        tasks += work.arrive(question(-5, 999, by=110 + MOST_IN_LANE))
        await settled()
        assert work.turned_away[-1] == (question(-5, 999, by=110 + MOST_IN_LANE), False)
        work.gates[question(-5, 0)].set()
        await asyncio.gather(*tasks)

    run(test())


def test_who_stops_waiting_leaves_room_for_another_of_theirs() -> None:
    async def test() -> None:
        work = Work()
        (first,) = work.arrive(question(-5, 0), held=True)
        waiting = work.arrive(*(question(-5, number) for number in range(1, MOST_IN_GROUP + 1)))
        await settled()
        waiting[0].cancel()
        await settled()
        more = work.arrive(question(-5, 50))
        await settled()
        assert work.turned_away == []
        work.gates[question(-5, 0)].set()
        await asyncio.gather(first, *waiting, *more, return_exceptions=True)
        assert len(work.done) == MOST_IN_GROUP + 1

    run(test())


def message(chat_id: int, text: str | None = None) -> Message:
    kind = Chat.PRIVATE if chat_id > 0 else Chat.SUPERGROUP
    return Message(5, datetime.now(UTC), Chat(chat_id, kind), from_user=USER, text=text)


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        (question(-5), ("chat", -5)),
        (Update(1, message=message(7, "/help")), ("chat", 7)),
        (Update(1, message=message(-5, "/help")), ("chat", -5)),
        (Update(1, callback_query=CallbackQuery("1", USER, "1", message=message(-5), data="x")), ("press", 7)),
        (Update(1, inline_query=InlineQuery("1", USER, "نفط", "")), ("inline", 7)),
    ],
    ids=["question", "private", "group", "press", "inline"],
)
def test_the_lanes(update: object, lane: object) -> None:
    assert lane_of(update) == lane


def test_what_people_of_a_group_say_to_one_another_waits_for_nothing() -> None:
    one, two = (Update(number, message=message(-5, "صباح الخير")) for number in (1, 2))
    assert lane_of(one) != lane_of(two)
