from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.text.normalise import has_arabic, normalise
from tests.text.tables import Row, rows

ANY_TEXT = st.text(st.characters())
"""Every code point there is, lone surrogates among them."""


@pytest.mark.parametrize("case", rows("normalise"))
def test_case(case: Row) -> None:
    if "same_as" in case:
        assert normalise(case["text"]) == normalise(case["same_as"])
    else:
        assert normalise(case["text"]) != normalise(case["differs_from"])


@given(ANY_TEXT)
@example("\ud800")
@example("İ")
@example("ﷺ ﷲ ﻻ ﬁ ①")
@example("ا\u0640\u0653")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY_TEXT, ANY_TEXT)
def test_words_fold_alone_as_they_do_in_a_sentence(left: str, right: str) -> None:
    assert normalise(f"{left} {right}").split() == normalise(left).split() + normalise(right).split()


def test_surrogates_stay() -> None:
    assert normalise("خبر\udcff") == "خبر\udcff"


def test_all_three_kinds_of_digits_meet() -> None:
    assert normalise("٠١٢٣٤٥٦٧٨٩") == normalise("۰۱۲۳۴۵۶۷۸۹") == "0123456789"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("خبر", True),
        ("news خبر", True),
        ("ﻻ", True),
        ("پ", True),
        ("news", False),
        ("؟،", False),
        ("٢٠٢٤", False),
        ("", False),
    ],
)
def test_has_arabic_looks_for_letters(text: str, *, expected: bool) -> None:
    assert has_arabic(text) is expected
