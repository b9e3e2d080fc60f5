"""What a command is taken for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.telegram.called import Called, called
from rag.errors import StoreUnusable
from tests.bot.telegram.small_bot import SmallBot, small_bot, text_update


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[SmallBot]:
    with small_bot(tmp_path, lang="en") as made:
        yield made


def call_of(bot: SmallBot, text: str) -> Called:
    call = asyncio.run(called(bot.app, text_update(1, text)))
    assert call is not None
    return call


@pytest.mark.parametrize(
    ("text", "name", "words", "is_for_me", "names_me"),
    [
        ("/latest 2", "latest", "2", True, False),
        ("  /LATEST\u200f  2\n", "latest", "2", True, False),
        ("/latest@IsnadBot 2", "latest", "2", True, True),
        ("/latest@isnadbot", "latest", "", True, True),
        ("/latest@another_bot 2", "latest", "2", False, False),
        ("/الأحدث ٢", "الأحدث", "٢", True, False),
        ("/", "", "", True, False),
        ("كم؟ /latest", "", "", True, False),
    ],
)
def test_its_parts(bot: SmallBot, text: str, name: str, words: str, is_for_me: bool, names_me: bool) -> None:  # noqa: FBT001
    call = call_of(bot, text)
    assert (call.name, call.words, call.is_for_me, call.names_me) == (name, words, is_for_me, names_me)


def test_the_language_is_that_of_telegram_and_of_the_settings_where_the_state_is_broken(
    bot: SmallBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call_of(bot, "/help").lang == "ar"

    def fail(*_: object) -> None:
        raise StoreUnusable("x")

    monkeypatch.setattr(type(bot.app.state), "chosen_language", fail)
    assert call_of(bot, "/help").lang == "en"


def test_what_is_no_message_calls_for_nothing(bot: SmallBot) -> None:
    assert asyncio.run(called(bot.app, text_update(1, "/help", edit_date=1_700_000_001))) is None
