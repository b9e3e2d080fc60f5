from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.answers import answer_values
from evals.grounding import grounding_values, supports
from evals.questions import Question

FIRST, SECOND = "يبلغ طول الجسر 340 مترا.", "وبلغت كلفته 12 مليون درهم."
TEXT = f"افتتاح الجسر\n\n{FIRST} {SECOND}"
TEXTS = {"a.txt": TEXT, "copy.txt": TEXT}


def citation(number: int, quote: str, *, source: str = "a.txt", shift: int = 0) -> dict[str, Any]:
    start = TEXT.index(quote) + shift
    return {"number": number, "source": source, "quote": quote, "start": start, "end": start + len(quote)}


def record(
    sentences: list[tuple[str, list[int]]], citations: list[dict[str, Any]], mode: str = "quoted"
) -> dict[str, Any]:
    return {
        "status": "answered",
        "mode": mode,
        "answer": " ".join(text for text, _ in sentences),
        "sentences": [{"text": text, "rank": 1, "citations": numbers} for text, numbers in sentences],
        "citations": citations,
    }


def test_a_quoted_answer_stands_on_its_quotes() -> None:
    quoted = record(
        [(FIRST, [1, 2]), (SECOND, [3])],
        [citation(1, FIRST), citation(2, FIRST, source="copy.txt"), citation(3, SECOND)],
    )
    assert grounding_values(quoted, TEXTS) == {
        "quotes_match": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
        "numbers_supported": 1.0,
    }


@pytest.mark.parametrize("shift", [1, -1])
def test_citations_shifted_by_one_character_show_in_every_measure(shift: int) -> None:
    second = citation(2, SECOND, shift=shift)
    values = grounding_values(record([(FIRST, [1]), (SECOND, [2])], [citation(1, FIRST), second]), TEXTS)
    assert values["quotes_match"] == 0.5
    if shift == 1:  # the sentence's first letter is gone; one more letter in front does not take support away
        assert values["citation_recall"] == values["citation_precision"] == 0.5


@pytest.mark.parametrize(
    "wrong", [{"source": "gone.txt"}, {"start": -1}, {"end": 0}, {"start": 10_000, "end": 10_050}], ids=str
)
def test_a_citation_of_nothing_matches_nothing(wrong: dict[str, Any]) -> None:
    values = grounding_values(record([(FIRST, [1])], [citation(1, FIRST) | wrong]), TEXTS)
    assert values == {
        "quotes_match": 0.0, "citation_precision": 0.0, "citation_recall": 0.0, "numbers_supported": 0.0,
    }  # fmt: skip


def test_a_citation_that_helps_nothing_costs_precision() -> None:
    values = grounding_values(record([(FIRST, [1, 2])], [citation(1, FIRST), citation(2, SECOND)]), TEXTS)
    assert (values["citation_recall"], values["citation_precision"]) == (1.0, 0.5)


def test_two_citations_that_only_together_support_are_both_needed() -> None:
    written = "طول الجسر 340 مترا وكلفته 12 مليون درهم"
    both = record([(written, [1, 2])], [citation(1, FIRST), citation(2, SECOND)], mode="written")
    values = grounding_values(both, TEXTS)
    assert (values["citation_recall"], values["citation_precision"]) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("sentence", "is_written", "expected"),
    [
        (FIRST, False, True),
        ("يبلغ طول الجسر ٣٤٠ مترا", False, True),
        ("طول الجسر يبلغ 340 مترا", False, False),
        ("طول الجسر يبلغ 340 مترا", True, True),
        ("طول الجسر يبلغ 345 مترا", True, False),
        ("طول الجسر يبلغ 34 مترا", True, False),
        ("يحب الناس طول القطار السريع كثيرا", True, False),
        ("", True, False),
    ],
)
def test_the_support_test(sentence: str, *, is_written: bool, expected: bool) -> None:
    assert supports([FIRST], sentence, is_written=is_written) is expected


def test_a_number_that_no_quote_has_is_counted() -> None:
    invented = record([("يبلغ طول الجسر 340 مترا وعرضه 20", [1])], [citation(1, FIRST)], mode="written")
    values = grounding_values(invented, TEXTS)
    assert values["numbers_supported"] == 0.5
    assert values["citation_recall"] == 0.0


def test_an_answer_that_cites_nothing_is_not_spared() -> None:
    values = grounding_values(record([("كلفته 12 مليون درهم", [])], [], mode="written"), TEXTS)
    assert values == {"citation_recall": 0.0, "citation_precision": 0.0, "numbers_supported": 0.0}


def test_what_says_nothing_is_not_measured() -> None:
    assert grounding_values({"status": "refused", "sentences": [], "citations": []}, TEXTS) == {}
    assert grounding_values({}, TEXTS) == {}


@given(
    st.integers(0, 100),
    st.integers(0, 100),
    st.sampled_from(["a.txt", "gone.txt"]),
    st.sampled_from(["quoted", "written"]),
)
def test_no_measure_leaves_0_to_1(start: int, end: int, source: str, mode: str) -> None:
    odd = {"number": 1, "source": source, "quote": FIRST, "start": start, "end": end}
    values = grounding_values(record([(FIRST, [1, 2])], [odd, citation(2, SECOND)], mode=mode), TEXTS)
    assert all(0 <= value <= 1 for value in values.values())


# what the answer says


def question(*accepted: str) -> Question:
    return Question("q", "كم؟", "fact", accepted)


def test_the_measures_of_an_answer_by_hand() -> None:
    values = answer_values(record([(FIRST, [1]), (SECOND, [2])], []), question("12 مليون"))
    assert values == {
        "contained": 1.0,
        "first_sentence": 0.0,
        "exact": 0.0,
        "f1": pytest.approx(2 * 1 / (9 + 1)),
        "answer_length": 10.0,
    }


def test_what_says_nothing_contains_nothing_and_has_no_length() -> None:
    assert answer_values({"answer": "", "sentences": []}, question("340")) == {
        "contained": 0.0, "first_sentence": 0.0, "exact": 0.0, "f1": 0.0,
    }  # fmt: skip


def test_without_accepted_answers_only_the_length_is_known() -> None:
    assert answer_values(record([(FIRST, [1])], []), question()) == {"answer_length": 5.0}
