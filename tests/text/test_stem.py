from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.normalise import normalise
from rag.text.stem import stem
from tests.text.tables import Row, rows

RADICAL_WAW = "light10 has no dictionary: it takes the first letter of the word for the conjunction; n-grams bridge it"
OUT_OF_REACH = {
    "hard-01": "للاجئين drops a lam of its stem when the article is written after ل; n-grams bridge it",
    "hard-02": RADICAL_WAW,
    "hard-03": RADICAL_WAW,
    "hard-04": RADICAL_WAW,
    "hard-05": RADICAL_WAW,
}


@pytest.mark.parametrize("case", rows("stem", OUT_OF_REACH))
def test_case(case: Row) -> None:
    assert (stem(normalise(case["a"])) == stem(normalise(case["b"]))) is case["same"]


@given(st.text("ابتسلومنهيكف", max_size=12))
def test_a_stem_is_a_piece_of_its_word_of_two_letters_or_more(word: str) -> None:
    assert stem(word) in word
    assert len(stem(word)) >= min(len(word), 2)
