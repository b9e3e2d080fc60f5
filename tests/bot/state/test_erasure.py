"""Forgetting costs what was kept, and following a group outlives the process."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from dataclasses import replace
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from bot.state.database import Database
from bot.state.forgotten import Forgotten, LatelyForgotten
from bot.state.records import Place
from bot.state.store import State, open_state
from rag.errors import StoreUnusable
from rag.settings import Settings
from tests.bot.state.samples import ALIYA, BADR, GROUP, Clock, kept, question
from tests.bot.state.test_store import ask

SUPERGROUP = GROUP - 7


def num_erased(state: State, *user_ids: int) -> int:
    """How often forgetting these people made the files anew."""
    with patch.object(Database, "erase", return_value=True) as erased:
        for user_id in user_ids:
            state.forget(user_id)
    return erased.call_count


def test_who_left_nothing_costs_nothing_however_often_they_ask(state: State) -> None:
    ask(state, 1, BADR)
    assert num_erased(state, *[ALIYA] * 50) == 0
    assert num_erased(state, *[BADR] * 50) == 1
    assert state.numbers().num_people == 0


def test_a_question_that_was_only_crossed_out_is_a_trace_and_is_erased_once(state: State, settings: Settings) -> None:
    state.take_in(question(1))
    state.finish(1)
    assert not state.has_to_erase()
    state.close()
    again = open_state(settings)
    assert num_erased(again, BADR, ALIYA, ALIYA) == 1
    again.close()


def test_after_everything_was_made_anew_nobody_has_traces(state: State) -> None:
    for number, user_id in enumerate((ALIYA, BADR), 1):
        state.take_in(question(number, user_id))
        state.finish(number)
    state.forget(BADR)
    assert num_erased(state, ALIYA, BADR) == 0


def test_where_erasing_failed_it_is_done_again(state: State) -> None:
    ask(state, 1)
    with patch.object(Database, "erase", return_value=False):
        state.forget(ALIYA)
    assert state.has_to_erase()
    assert num_erased(state, BADR) == 1
    assert not state.has_to_erase()


def test_a_chat_that_could_not_be_reached_leaves_a_trace_too(state: State) -> None:
    state.note_reachable(ALIYA, reachable=False)
    state.note_reachable(ALIYA, reachable=True)
    assert num_erased(state, ALIYA) == 1


def test_what_is_sent_shows_that_the_chat_can_be_reached(state: State) -> None:
    for chat_id in (ALIYA, GROUP):
        state.note_reachable(chat_id, reachable=False)
    unsent, sent = question(1), question(2, place=Place(GROUP, ALIYA))
    state.answered(unsent, None, [], status="failed", joins_history=False)
    assert state.numbers().num_unreachable == 2
    state.answered(sent, None, [7], status="failed", joins_history=False)
    assert state.numbers().num_unreachable == 1


def test_a_group_is_known_by_its_old_number_after_a_restart(state: State, settings: Settings) -> None:
    assert state.follow_chat(GROUP, SUPERGROUP)
    assert not state.follow_chat(GROUP, SUPERGROUP), "Telegram says it twice"
    state.close()
    again = open_state(settings)
    assert again.was_once(SUPERGROUP, {GROUP, 5})
    assert not again.was_once(SUPERGROUP, {GROUP - 1})
    assert not again.was_once(SUPERGROUP, ())
    assert not again.was_once(GROUP, {GROUP})
    assert not again.follow_chat(GROUP, SUPERGROUP)
    again.close()


def test_what_was_asked_before_a_group_moved_belongs_to_the_new_one(state: State) -> None:
    before, after = Place(GROUP, ALIYA), Place(SUPERGROUP, ALIYA)
    asked = question(1, place=before)
    state.take_in(asked)
    state.follow_chat(GROUP, SUPERGROUP)
    state.keep_answer(kept(asked), asked.message_id)
    state.answered(asked, kept(asked), [5], status="answered", joins_history=True)
    assert state.history(after) == (asked.text,)
    assert state.owns("answer0001", chat_id=SUPERGROUP, user_id=ALIYA)
    late = replace(asked, update_id=2, message_id=300)
    state.answered(late, kept(late), [6], status="answered", joins_history=True)
    assert state.owns("answer0002", chat_id=SUPERGROUP, user_id=ALIYA)


def test_the_state_has_threads_of_its_own(state: State) -> None:
    release = threading.Event()

    async def test() -> bool:
        loop = asyncio.get_running_loop()
        others = [loop.run_in_executor(None, release.wait, 20) for _ in range(64)]
        try:
            async with asyncio.timeout(10):
                return await state.call(state.take_in, question(1))
        finally:
            release.set()
            await asyncio.gather(*others)

    assert asyncio.run(test())


def test_closing_waits_for_what_is_being_written(settings: Settings, clock: Clock) -> None:
    state = open_state(settings, clock=clock)

    async def test() -> None:
        asyncio.ensure_future(state.call(state.take_in, question(1)))  # noqa: RUF006  nobody waits for it
        await asyncio.sleep(0)

    asyncio.run(test())
    state.close()
    again = open_state(settings, clock=clock)
    assert again.waiting() == [question(1)]
    again.close()


def test_a_connection_that_was_closed_is_named_too(state: State) -> None:
    """psycopg tells of it by its InterfaceError, which is no DatabaseError."""

    def fail(*_: object) -> None:
        raise sqlite3.InterfaceError("the connection is closed")

    sa.event.listen(state._database._engine, "do_execute", fail)
    with pytest.raises(StoreUnusable, match="connection is closed"):
        state.numbers()


def test_what_is_remembered_of_the_forgotten_does_not_grow() -> None:
    lately = LatelyForgotten()
    for number in range(20_000):
        day = f"2026-01-{number // 1000 + 1:02d}"
        lately.note(Forgotten(2, frozenset({(1, number)}), {("user", "a", "2025-12-31"): 1, ("user", "a", day): 2}))
    assert len(lately._asked) == 10_000
    assert lately._spent == {("user", "a", "2026-01-20"): 2000}
    assert lately.asked(1, 19_999)
    assert not lately.asked(1, 0)
