"""What becomes of what finds too many before it."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from telegram import Update

from bot.state.records import Place, Question
from bot.telegram import inline
from bot.telegram.application import _purge_for_ever
from bot.telegram.fair_queue import MOST_WAITING, FairProcessor
from bot.telegram.handlers import turn_away
from bot.texts import plain, say
from tests.bot.telegram.small_bot import small_bot

USER = {"id": 7, "is_bot": False, "first_name": "x", "language_code": "ar"}


def press(number: int) -> Update:
    query = {"id": f"c{number}", "from": USER, "chat_instance": "1", "data": "p:0"}
    return Update.de_json({"update_id": number, "callback_query": query}, bot=None)


def typed(number: int) -> Update:
    query = {"id": f"i{number}", "from": USER, "query": "جسر", "offset": ""}
    return Update.de_json({"update_id": number, "inline_query": query}, bot=None)


async def overflow(app: Any, updates: list[Update]) -> None:
    """All at once, while the first one is in work."""
    processor = FairProcessor(partial(turn_away, app))
    go_on = asyncio.Event()
    tasks = [asyncio.create_task(processor.process_update(update, go_on.wait())) for update in updates]
    await tasks[-1]
    go_on.set()
    await asyncio.gather(*tasks)


def test_every_press_is_answered_though_too_many_wait(tmp_path: Path) -> None:
    with small_bot(tmp_path) as bot:
        asyncio.run(overflow(bot.app, [press(number) for number in range(45)]))
        assert bot.outbox.toasts == [""] * (45 - MOST_WAITING - 1)


def test_every_inline_query_is_answered_though_too_many_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[tuple[str, int]] = []

    async def send(query: Any, results: list[object], *_: object, **__: object) -> None:
        ended.append((query.id, len(results)))

    monkeypatch.setattr(inline, "_send", send)
    with small_bot(tmp_path) as bot:
        asyncio.run(overflow(bot.app, [typed(number) for number in range(45)]))
    assert ended == [(f"i{number}", 0) for number in range(MOST_WAITING + 1, 45)]


@pytest.mark.parametrize("chat_id", [7, -100])
def test_who_floods_is_told_once_where_others_read_too_as_a_reply(tmp_path: Path, chat_id: int) -> None:
    with small_bot(tmp_path) as bot:
        asked = [Question(number, Place(chat_id, 7), 100 + number, "؟", 0.0, "ar") for number in (1, 2)]
        bot.take_in(*asked)
        bot.open()

        async def work() -> None:
            for question, is_first in zip(asked, (True, False), strict=True):
                await turn_away(bot.app, question, is_first)

        asyncio.run(work())
        told = bot.outbox.only
        assert (told.text, told.reply_to) == (plain(say("bot.flood", "ar")), None if chat_id > 0 else 101)
        assert bot.waiting == []


def test_what_is_old_is_purged_each_day_whatever_happened_the_day_before(monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[float] = []

    class Ended(BaseException):
        pass

    async def next_day(seconds: float) -> None:
        days.append(seconds)
        if len(days) == 3:
            raise Ended

    async def call(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.telegram.application.asyncio.sleep", next_day)
    app: Any = SimpleNamespace(state=SimpleNamespace(call=call, delete_old=None), eraser=None)
    with pytest.raises(Ended):
        asyncio.run(_purge_for_ever(app))
    assert days == [86_400.0] * 3
