from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.direction import FSI, LRM, PDI, RLM, Line, Piece, line, visible
from bot.render import FAINT, HEADING
from bot.telegram.html import html_of, plain_of, tag_of, with_marks
from tests.bot.telegram.strategies import ANY_TEXT
from tests.bot.telegram.telegram_rules import MARKS, check_direction, parse, runs_from_right

PIECES = st.lists(
    st.builds(Piece, ANY_TEXT, st.sampled_from(("own", "quote", "name")), st.sampled_from(("", HEADING, FAINT))),
    max_size=6,
)
LINES = st.builds(lambda pieces, rtl: line(*pieces, rtl=rtl), PIECES, st.sampled_from((None, True, False)))


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ((Piece("قال نعم.", "quote"), " [1]"), "قال نعم. [1]"),
        ((Piece("قال عن WHO", "quote"), " [1]"), f"قال عن WHO {RLM}[1]"),
        ((Piece("WHO تعلن.", "quote"), " [1]"), f"{RLM} WHO تعلن. [1]"),
        (("… ", Piece("WHO تعلن.", "quote")), f"{RLM}… WHO تعلن."),
        (
            ("[1] ", Piece("عنوان", "name", HEADING), " — ", Piece("a_1.txt", "name", FAINT)),
            f"{RLM}[1] {FSI}<b>عنوان</b>{PDI} — {FSI}<code>a_1.txt</code>{PDI}",
        ),
        ((Piece("a < b & c > d", "quote"), " [1]"), "a &lt; b &amp; c &gt; d [1]"),
        ((), ""),
    ],
)
def test_marks_and_tags_stand_where_they_have_to(pieces: tuple[Piece | str, ...], expected: str) -> None:
    has_name = any(isinstance(piece, Piece) and piece.kind == "name" for piece in pieces)
    assert html_of(line(*pieces, rtl=True if has_name else None)) == expected


def test_an_english_line_with_an_arabic_name_begins_left_to_right() -> None:
    shown = line("[1] ", Piece("عنوان", "name"), " [1]", rtl=False)
    assert html_of(shown) == f"{LRM}[1] {FSI}عنوان{PDI} [1]"
    assert plain_of(line("See ", Piece("عنوان", "name"), rtl=False)) == f"See {FSI}عنوان{PDI}"


def test_what_a_tap_copies_is_the_name_alone() -> None:
    _, (entity,) = parse(html_of(line(Piece("a.txt", "name", FAINT), rtl=True)))
    assert (entity.tag, entity.text) == ("code", "a.txt")


def test_nothing_to_see_makes_no_entity() -> None:
    assert tag_of(Piece("  ", "own", HEADING)) == tag_of(Piece("", "name", FAINT)) == ""


@given(LINES)
def test_any_line_is_valid_and_its_text_is_unchanged(shown: Line) -> None:
    text, entities = parse(html_of(shown))
    assert text == plain_of(shown)
    assert text.translate(MARKS).replace(" ", "") == shown.text.replace(" ", "")
    assert len(entities) <= len(shown.pieces)
    check_direction(text)


@given(LINES)
def test_a_line_runs_in_its_own_direction_and_so_does_what_follows_a_quote(shown: Line) -> None:
    text = plain_of(shown)
    if shown.rtl and runs_from_right(text) is not None:
        assert runs_from_right(text)
    if not shown.rtl and runs_from_right(text) is not None:
        assert not runs_from_right(text)


@given(ANY_TEXT, ANY_TEXT)
def test_a_marker_stands_on_the_side_where_the_quote_ends(quote: str, context: str) -> None:
    shown = line(Piece(context, "quote"), Piece(quote, "quote", HEADING), " [1]")
    text = plain_of(shown)
    last = runs_from_right(text[: text.rindex("[1]")][::-1])
    assert last in {None, shown.rtl}


@given(ANY_TEXT, ANY_TEXT, st.booleans())
def test_no_mark_touches_a_quote(quote: str, name: str, rtl: bool) -> None:  # noqa: FBT001  hypothesis gives it
    shown = line(Piece(quote, "quote"), " [1] ", Piece(name, "name"), Piece(quote, "quote"), rtl=rtl)
    pieces = list(with_marks(shown))
    for before, after in pairwise(pieces):
        if after.kind == "quote" and after.text:
            assert before.text[-1:] not in {RLM, LRM, FSI}
        if before.kind == "quote" and before.text:
            assert after.text[:1] not in {RLM, LRM}
    assert [piece.text for piece in pieces if piece.kind == "quote"] == [visible(quote)] * 2 * bool(visible(quote))
