from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram import Update

from bot.state.records import Question
from bot.telegram import inbox
from bot.telegram.inbox import InboxQueue
from rag.errors import StoreUnusable
from tests.bot.telegram.small_bot import PRIVATE, SmallBot, small_bot, text_update


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[SmallBot]:
    with small_bot(tmp_path) as made:
        made.open()
        yield made


def texts(questions: list[Question]) -> list[str]:
    return [question.text for question in questions]


def test_a_question_is_on_disk_when_it_is_taken_in(bot: SmallBot) -> None:
    (question,) = bot.take_in(text_update(1, "متى؟"))
    assert bot.waiting == [question]
    assert (question.update_id, question.text, question.place) == (1, "متى؟", PRIVATE)


def test_another_update_passes_as_it_is_and_leaves_no_trace(bot: SmallBot) -> None:
    command = text_update(1, "/start")
    assert bot.take_in(command) == [command]
    assert bot.waiting == []


def test_what_is_no_update_passes(bot: SmallBot) -> None:
    signal = object()

    async def stop() -> object:
        await bot.app.inbox.put(signal)
        return bot.app.inbox.get_nowait()

    assert asyncio.run(stop()) is signal


@pytest.mark.parametrize("text", ["متى؟", "/start"])
def test_an_update_that_comes_again_is_dropped(bot: SmallBot, text: str) -> None:
    assert len(bot.take_in(text_update(1, text), text_update(1, text))) == 1


def test_what_was_answered_before_a_restart_is_not_taken_in_again(bot: SmallBot, tmp_path: Path) -> None:
    bot.take_in(text_update(1, "متى؟"))
    bot.app.state.finish(1)
    with small_bot(tmp_path) as again:
        assert again.open() == 0
        assert again.take_in(text_update(1, "متى؟")) == []


def test_what_waits_is_queued_again_in_order_and_once(bot: SmallBot, tmp_path: Path) -> None:
    bot.take_in(*(text_update(number, f"سؤال {number}") for number in (1, 2, 3)))
    bot.app.state.begin(1)
    bot.app.state.finish(2)
    with small_bot(tmp_path) as again:
        assert again.open() == 2
        queued = again.take_in(text_update(3, "سؤال 3"), text_update(4, "سؤال 4"))
        assert texts(queued) == ["سؤال 1", "سؤال 3", "سؤال 4"]
        assert [question.attempts for question in queued] == [1, 0, 0]
        assert texts(again.waiting) == texts(queued)


def test_a_kill_while_what_waits_is_queued_loses_nothing(bot: SmallBot, tmp_path: Path) -> None:
    bot.take_in(text_update(1, "متى؟"))
    for _ in range(3):
        with small_bot(tmp_path) as again:
            assert again.open() == 1
            assert texts(again.waiting) == ["متى؟"]


def test_a_store_that_fails_neither_loses_the_question_nor_ends_the_polling(
    bot: SmallBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(question: Question) -> bool:
        raise StoreUnusable(f"no room for {question.text}")

    monkeypatch.setattr(bot.app.state, "take_in", fail)
    assert texts(bot.take_in(text_update(1, "سر"), text_update(1, "سر"))) == ["سر"]
    assert "سر" not in caplog.text
    assert "StoreUnusable" in caplog.text


def test_an_update_that_nobody_foresaw_passes(bot: SmallBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(inbox, "question_of", fail)
    update = text_update(1, "متى؟")
    assert bot.take_in(update) == [update]


def test_before_it_is_open_nothing_is_kept() -> None:
    async def put() -> list[object]:
        queue = InboxQueue()
        await queue.put(text_update(1, "متى؟"))
        return [queue.get_nowait()]

    assert isinstance(asyncio.run(put())[0], Update)


def test_calls_at_the_same_time_keep_their_order(bot: SmallBot) -> None:
    async def put_all() -> list[object]:
        await asyncio.gather(*(bot.app.inbox.put(text_update(number, f"{number}؟")) for number in range(1, 21)))
        return [bot.app.inbox.get_nowait() for _ in range(20)]

    queued = asyncio.run(put_all())
    assert [question.update_id for question in queued if isinstance(question, Question)] == [*range(1, 21)]


def test_a_later_wording_is_known(bot: SmallBot) -> None:
    first, edit = bot.take_in(
        text_update(1, "متا؟", message_id=5), text_update(2, "متى؟", message_id=5, edit_date=1_700_000_001)
    )
    assert (bot.app.inbox.is_reworded(first), bot.app.inbox.is_reworded(edit)) == (True, False)


def test_what_stands_last_in_a_chat_is_known(bot: SmallBot) -> None:
    queue = bot.app.inbox
    bot.take_in(text_update(1, "متى؟", message_id=5))
    assert queue.is_last(PRIVATE, 5)
    bot.take_in(text_update(2, "/help", message_id=6))
    assert (queue.is_last(PRIVATE, 5), queue.is_last(PRIVATE, 6)) == (False, True)
    queue.saw(7, 8, 7)
    queue.saw(7, 3)
    assert (queue.is_last(PRIVATE, 7), queue.is_last(PRIVATE, 8)) == (False, True)
