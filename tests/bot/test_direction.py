from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.direction import FSI, LRM, PDI, RLM, Line, Piece, line, marked, visible

MARKS = (RLM, LRM, FSI, PDI)
ARABIC_AND_WORSE = st.text(
    st.one_of(st.characters(), st.sampled_from("السلام عليكم 123 abc.؟«»[]\u202e\u2067\u200f\n\t\x1b")), max_size=60
)


def shown(on_screen: Line) -> str:
    return "".join(piece.text for piece in marked(on_screen))


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((Piece("قال نعم.", "quote"), " [1]"), f"{RLM}قال نعم.{RLM} [1]{RLM}"),
        (("[1] ", Piece("news.txt", "name"), " الخبر"), f"{RLM}[1] {FSI}news.txt{PDI} الخبر{RLM}"),
        (("plain ", Piece("news.txt", "name")), "plain news.txt"),
        ((), ""),
    ],
)
def test_marks_stand_around_what_has_no_direction(pieces: tuple[Piece | str, ...], expected: str) -> None:
    assert shown(line(*pieces)) == expected


def test_an_english_line_with_an_arabic_name_begins_left_to_right() -> None:
    assert shown(line("[1] ", Piece("عنوان", "name"), rtl=False)) == f"{LRM}[1] {FSI}عنوان{PDI}{LRM}"


@given(ARABIC_AND_WORSE, ARABIC_AND_WORSE)
def test_marks_change_nothing_that_is_seen_and_stay_out_of_quotes(quote: str, name: str) -> None:
    on_screen = line(Piece(quote, "quote"), " [1] ", Piece(name, "name"))
    assert [piece.text for piece in marked(on_screen) if piece.kind == "quote"] == [visible(quote)]
    assert "".join(letter for letter in shown(on_screen) if letter not in MARKS) == on_screen.text
    assert not set(on_screen.text) & set(MARKS)


@given(ARABIC_AND_WORSE)
def test_what_is_shown_can_neither_steer_a_terminal_nor_fail_to_print(text: str) -> None:
    safe = visible(text)
    safe.encode("utf-8")
    assert all(unicodedata.category(letter) not in {"Cc", "Cs", "Zl", "Zp"} for letter in safe)
    assert all(
        unicodedata.bidirectional(letter) not in {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}
        for letter in safe
    )
    assert visible(safe) == safe


def test_letters_marks_and_joiners_stay() -> None:
    assert visible("عَرَبِيَّة می\u200cشود ١٢٣ 👍🏽") == "عَرَبِيَّة می\u200cشود ١٢٣ 👍🏽"
