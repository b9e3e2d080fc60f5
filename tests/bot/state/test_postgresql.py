"""The same state on a real PostgreSQL, where nothing but the rows is ours to delete."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from bot.state.records import Place
from bot.state.store import State, open_state
from rag.errors import IndexMismatch, StoreUnusable
from rag.settings import Settings
from tests.bot.state.samples import ALIYA, DAY_S, GROUP, Clock, kept, question


@pytest.fixture
def bots(postgres_url: str, settings: Settings, clock: Clock) -> Iterator[tuple[State, State]]:
    """Two bots on one state."""
    served = settings.model_copy(update={"state_url": postgres_url})
    with ExitStack() as stack:
        one, two = (stack.enter_context(closing(open_state(served, clock=clock))) for _ in range(2))
        yield one, two


def test_everything_once_by_two_bots(bots: tuple[State, State], settings: Settings, clock: Clock) -> None:
    state, other = bots
    place = Place(GROUP, ALIYA, 3)
    asked = question(2**40, place=place)
    assert state.take_in(asked)
    assert not other.take_in(asked)
    state.begin(asked.update_id)
    edit = replace(asked, update_id=asked.update_id + 1, text="ما كلفته؟", is_edit=True)
    assert other.take_in(edit)
    assert [waiting.text for waiting in state.waiting()] == ["ما كلفته؟"] * 2
    answer = kept(asked)
    for bot in (state, other):
        bot.keep_answer(answer, asked.message_id)
    state.vote(answer.answer_id, 1)
    for one, again in ((asked, asked), (edit, edit)):
        state.answered(one, answer, [7, 8], status="answered", joins_history=True)
        assert other.history(place) == (again.text,)
    assert other.answer_to(place, asked.message_id) == replace(answer, message_ids=(7, 8), vote=1)
    assert other.last_answer(place) == other.answer_to(place, asked.message_id)
    assert other.owns(answer.answer_id, chat_id=GROUP, user_id=ALIYA)
    for bot in (state, other, state):
        bot.choose_language(ALIYA, "en")
        bot.note_reachable(ALIYA, reachable=False)
    with ThreadPoolExecutor(8) as threads:
        both = [state, other] * 20
        assert sum(threads.map(lambda bot: bot.spend("user", ALIYA, "2026-01-01", 25), both)) == 25
        assert sum(threads.map(lambda bot: bot.take_in(question(5, ALIYA)), both)) == 1
    other.follow_chat(GROUP, GROUP - 1)
    moved = replace(place, chat_id=GROUP - 1)
    assert state.history(moved) == ("ما كلفته؟",)
    numbers = state.numbers()
    assert (numbers.num_people, numbers.num_answered, numbers.num_up, numbers.num_waiting) == (1, 2, 1, 1)
    assert len(state.export(ALIYA)["answers"]) == 1  # type: ignore[arg-type]
    assert other.forget(ALIYA) == 6
    assert not any(value for name, value in state.export(ALIYA).items() if name != "user_id")
    assert state.load_answer(answer.answer_id) is None
    clock.now += 40 * DAY_S
    assert state.purge() == 3
    assert not settings.home.exists()


def test_a_newer_one_and_one_that_is_down_are_named(
    bots: tuple[State, State], postgres_url: str, settings: Settings
) -> None:
    served = settings.model_copy(update={"state_url": postgres_url})
    with bots[0]._database.writing() as connection:
        connection.exec_driver_sql("UPDATE bot_version SET number = 99")
    with pytest.raises(IndexMismatch, match="99"):
        open_state(served)
    down = settings.model_copy(update={"state_url": postgres_url + "-gone"})
    with pytest.raises(StoreUnusable, match="postgresql"):
        open_state(down)
