from __future__ import annotations

import re
import string
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import pytest

import bot.texts
from bot.telegram.render import said
from bot.texts import LANGS, Lang, Text, say
from bot.texts.counting import NOUNS, counted
from bot.texts.telegram import CONVERSATION
from bot.texts.telegram_admin import ADMINISTRATION
from rag.schema import DisagreementKind
from rag.text.normalise import has_arabic
from tests.bot.telegram.telegram_rules import check_message

ALL = {**CONVERSATION, **ADMINISTRATION}
BOT = Path(bot.texts.__file__).parents[1]
LIMITS = {"bot.command.": 256, "bot.description": 512, "bot.short_description": 120, "bot.name": 64, "bot.toast.": 200}
"""Telegram's, in letters."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_no_key_is_there_twice() -> None:
    assert not set(CONVERSATION) & set(ADMINISTRATION)
    assert all(key.startswith("bot.") for key in ALL)


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_each_is_said_in_both_languages_with_the_same_placeholders_and_whole_units(text: Text) -> None:
    assert placeholders(text.ar) == placeholders(text.en)
    assert has_arabic(text.ar)
    assert text.en
    assert text.ar.count("`") % 2 == text.en.count("`") % 2 == 0
    assert all(sentence == sentence.strip() for sentence in text)


@pytest.mark.parametrize("key", ALL)
def test_each_is_as_short_as_telegram_wants_it(key: str) -> None:
    for start, most in LIMITS.items():
        if key.startswith(start):
            assert max(map(len, ALL[key])) <= most


@pytest.mark.parametrize("key", ALL)
@pytest.mark.parametrize("lang", LANGS)
def test_each_is_a_message_of_its_own(key: str, lang: Lang) -> None:
    outgoing = said(key, lang, (), **dict.fromkeys(placeholders(ALL[key].ar), 3))
    assert len(outgoing.parts) == 1
    check_message(outgoing.parts[0].html, outgoing.parts[0].plain)


def test_whatever_can_be_said_has_a_sentence() -> None:
    assert {f"bot.differ.{kind}" for kind in get_args(DisagreementKind)} <= set(ALL)
    assert {f"bot.limit.{reason}" for reason in ("not_allowed", "per_minute", "per_day")} <= set(ALL)


def test_every_sentence_is_said_somewhere_and_none_is_missing() -> None:
    code = "\n".join(path.read_text("utf-8") for path in BOT.rglob("*.py") if path.parent.name != "texts")
    named = set(re.findall(r'(?<!")"(bot\.[a-z_.]+)"', code))
    built = tuple(re.findall(r'f"(bot\.[a-z_]+\.)\{', code))
    assert [key for key in ALL if key not in named and not key.startswith(built)] == []
    assert {name for name in named if name not in ALL and find_spec(name) is None} == set()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0 مقال"),
        (1, "مقال واحد"),
        (2, "مقالين"),
        (3, "3 مقالات"),
        (10, "10 مقالات"),
        (11, "11 مقالا"),
        (99, "99 مقالا"),
        (100, "100 مقال"),
        (101, "101 مقال"),
        (102, "102 مقال"),
        (103, "103 مقالات"),
        (111, "111 مقالا"),
        (1000, "1,000 مقال"),
        (20_005, "20,005 مقالات"),
    ],
)
def test_an_arabic_noun_agrees_with_its_number(number: int, expected: str) -> None:
    assert counted(number, "articles", "ar") == expected


@pytest.mark.parametrize(("number", "expected"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1234, "1,234 days")])
def test_an_english_noun_agrees_with_its_number(number: int, expected: str) -> None:
    assert counted(number, "days", "en") == expected


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_has_all_its_forms(noun: str) -> None:
    assert all(NOUNS[noun])


def test_a_number_in_a_sentence_comes_with_its_noun() -> None:
    assert say("bot.copies", "ar", articles=2) == "بالنص نفسه في مقالين"
    assert say("bot.copies", "en", articles=2) == "In the same words in 2 articles"
    assert say("bot.copies", "ar", articles="مقالات كثيرة") == "بالنص نفسه في مقالات كثيرة"
