from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.direction import Line, Piece, line
from bot.render import EMPTY_LINE, FAINT, HEADING
from bot.telegram.split import MAX_UNITS, cut, is_blank, parts_of, units
from tests.bot.telegram.strategies import TEXT
from tests.bot.telegram.telegram_rules import check_message, is_empty, parse, seen, utf16_units

LINES = st.lists(
    st.one_of(
        st.just(EMPTY_LINE),
        st.builds(lambda text: line(Piece(text, "quote"), " [1]"), TEXT),
        st.builds(lambda text: line("- ", Piece(text, "name", FAINT), rtl=True), TEXT),
        st.builds(lambda text, other: line(Piece(text, style=HEADING), Piece(other, "quote", HEADING)), TEXT, TEXT),
    ),
    max_size=6,
)


def quoted(text: str) -> Line:
    return line(Piece(text, "quote"))


@settings(deadline=None)
@given(LINES)
def test_any_text_becomes_messages_that_telegram_takes_and_none_of_it_is_lost(lines: list[Line]) -> None:
    parts = parts_of(lines)
    together = "".join(check_message(part.html, part.plain) for part in parts)
    whole = "".join(shown.text for shown in lines)
    assert visible_letters(together) == visible_letters(whole)


def visible_letters(text: str) -> str:
    """What is left of a text where messages without anything to see are not sent."""
    return "".join(letter for letter in seen(text) if not is_empty(letter) and not is_blank(letter))


def test_short_lines_are_one_message() -> None:
    (part,) = parts_of([EMPTY_LINE, quoted("أولا."), EMPTY_LINE, line("ثانيا <", rtl=True), EMPTY_LINE])
    assert part.plain == "أولا.\n\nثانيا <"
    assert part.html == "أولا.\n\nثانيا &lt;"


def test_lines_stay_whole_where_they_can() -> None:
    lines = [quoted(letter * 1500) for letter in "ابتث"]
    assert [part.plain for part in parts_of(lines)] == ["ا" * 1500 + "\n" + "ب" * 1500, "ت" * 1500 + "\n" + "ث" * 1500]


def test_a_long_line_is_cut_after_a_sentence() -> None:
    sentence = "قال الوزير إن الجسر سيفتح قريبا. "
    parts = parts_of([quoted(sentence * 200)])
    assert len(parts) == 2
    assert all(part.plain.rstrip().endswith("قريبا.") for part in parts)


def test_a_long_sentence_is_cut_between_words() -> None:
    parts = parts_of([quoted("كلمة " * 1000)])
    assert all(set(part.plain.split()) == {"كلمة"} for part in parts)


def test_a_word_that_is_too_long_is_cut_between_letters() -> None:
    parts = parts_of([quoted("ا" * 9000)])
    assert [len(part.plain) for part in parts][:2] == [MAX_UNITS - 5, MAX_UNITS - 5]
    assert sum(len(part.plain) for part in parts) == 9000


@pytest.mark.parametrize("letter", ["e\u0301", "👍🏽", "👨\u200d👩\u200d👧"])
def test_a_letter_keeps_its_marks(letter: str) -> None:
    for part in parts_of([quoted(letter * 4000)]):
        assert part.plain.replace(letter, "") == ""


def test_both_sides_of_a_cut_keep_their_tags() -> None:
    parts = parts_of([line(Piece("كلمة " * 1500, "quote", HEADING))])
    assert len(parts) == 2
    assert all(parse(part.html)[1][0].tag == "b" for part in parts)


def test_too_many_entities_take_another_message() -> None:
    lines = [line("- ", Piece("a.txt", "name", FAINT), rtl=True)] * 250
    entities = [len(parse(part.html)[1]) for part in parts_of(lines)]
    assert sum(entities) == 250
    assert max(entities) <= 90
    one_line = parts_of([line(*[Piece("ا", "name", HEADING)] * 250)])
    assert sum(len(parse(part.html)[1]) for part in one_line) == 250


@pytest.mark.parametrize("text", ["", " \n", "\u200f\u2068\u2069", "\u200b\u2060", "\u2800", "\ufffc"])
def test_what_nobody_sees_is_no_message(text: str) -> None:
    assert is_blank(text)
    assert parts_of([quoted(text), line(text, rtl=True)]) == ()


@given(TEXT.filter(lambda text: utf16_units(text.encode("utf-8", "replace").decode()) > 30), st.integers(10, 30))
def test_a_cut_fits_and_moves_on(text: str, most: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    at = cut(text, most)
    assert 0 < at < len(text)
    assert units(text[:at]) == utf16_units(text[:at]) <= most
