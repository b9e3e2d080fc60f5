from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.normalise import contains, find, is_exactly, token_f1, tokens

LETTERS = st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي ةىأإآءئؤ0123456789٠١٢٣،.؟% abc", max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("المدينة", ("مدينه",)),
        ("مدينة", ("مدينه",)),
        ("الله", ("الله",)),
        ("ألف", ("1000",)),
        ("الطالبات", ("طالبات",)),
        ("ألمانيا", tokens("المانيا")),
        ("سالم", ("سالم",)),
        ("بالمدينة", ("بالمدينه",)),
        ("مُحَمَّد", ("محمد",)),
        ("٥٠", ("50",)),
        ("خمسون", ("50",)),
        ("6 آلاف و500", ("6500",)),
        ("ألفي جندي", ("2000", "جندي")),
        ("1,500", ("1500",)),
        ("3.5", ("3.5",)),
        ("20 في المئة", ("20%",)),
        ("the Armenian soldiers", ("armenian", "soldiers")),
        ("،.؟!", ()),
    ],
)
def test_what_is_compared(text: str, expected: tuple[str, ...]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("answer", "text", "expected"),
    [
        ("50", "قتل 6500 جندي", False),
        ("50", "قتل 50 جنديا", True),
        ("50", "قُتل خمسون جنديا", True),
        ("٥٠", "قتل 50 جنديا", True),
        ("6500", "قتل 6 آلاف و500 شخص", True),
        ("500", "قتل 6 آلاف و500 شخص", False),
        ("500", "بلغ 1,500 دينار", False),
        ("5", "بلغ 3.5 مليون", False),
        ("3", "بلغ 3.5 دينار", False),
        ("20", "تراجع بنسبة 20%", True),
        ("20%", "تراجع بنسبة 20 في المئة", True),
        ("50", "وصل و50 آخرون", True),
        ("20", "قمة G20 اليوم", False),
        ("لاتشين", "عبر ممر لاتشين", True),
        ("لاتشين", "مرّ بلاتشين", True),
        ("المدينة المنورة", "ولد للمدينة المنورة", True),
        ("الوزير", "قال وزير النقل", True),
        ("مصر", "في مصرف المدينة", False),
        ("علي", "وقع عليه", False),
        ("أحمد علي", "قال احمد علي", True),
        ("أحمد علي", "قال أحمد بن علي", False),
        ("", "أي شيء", False),
        ("،", "أي شيء، كان", False),
    ],
)
def test_what_is_contained(answer: str, text: str, *, expected: bool) -> None:
    assert contains(text, [answer]) is expected


def test_any_accepted_answer_will_do() -> None:
    assert contains("بدأ عند التاسعة", ["08:00", "التاسعة"])
    assert not contains("بدأ عند التاسعة", [])


@pytest.mark.parametrize(
    ("said", "accepted", "f1"),
    [
        ("جسر الوادي", ["جسر الوادي"], 1.0),
        ("الجسر القديم", ["جسر جديد"], 0.5),
        ("قال الوزير إن الطول 340 مترا", ["340 مترا"], 2 * 2 / (6 + 2)),
        ("قتل قتل قتل", ["قتل"], 0.5),
        ("", ["340"], 0.0),
        ("شيء", [], 0.0),
        ("أ ب", ["ج", "أ ب ج د"], 2 * 2 / (2 + 4)),
    ],
)
def test_token_f1_by_hand(said: str, accepted: list[str], f1: float) -> None:
    assert token_f1(said, accepted) == pytest.approx(f1)


def test_exact_match_looks_past_spelling() -> None:
    assert is_exactly("المدينةُ المنوّرة.", ["مدينه منوره"])
    assert not is_exactly("المدينة", ["المدينة المنورة"])
    assert not is_exactly("", ["-)"])
    assert token_f1("", ["-)"]) == 0


@given(LETTERS, LETTERS)
def test_f1_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0 <= token_f1(one, [other]) <= 1
    assert token_f1(one, [other]) == token_f1(other, [one])
    assert token_f1(one, [one]) == is_exactly(one, [one]) == bool(tokens(one))


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_number_is_contained_in_itself_alone(one: int, other: int) -> None:
    assert contains(f"بلغ العدد {other} كتابا", [str(one)]) is (one == other)


@given(LETTERS, LETTERS)
def test_what_begins_or_ends_a_text_on_its_own_line_is_found(answer: str, text: str) -> None:
    if tokens(answer) and tokens(f"{answer}\n\n.\n\n{text}") == tokens(answer) + tokens(text):
        assert find(answer, f"{answer}\n\n.\n\n{text}") == 0
