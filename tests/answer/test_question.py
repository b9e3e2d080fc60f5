from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer.cues import Kind
from rag.answer.question import cue_positions, read_question
from rag.text.normalise import normalise
from rag.text.terms import words

_TABLE = Path(__file__).parent / "cases" / "questions.tsv"
CASES = list(csv.DictReader(_TABLE.read_text("utf-8").splitlines(), delimiter="\t"))


@pytest.mark.parametrize("case", CASES, ids=[case["question"] for case in CASES])
def test_what_a_question_asks_for(case: dict[str, str]) -> None:
    asked = read_question(case["question"])
    assert asked.kind == case["kind"]
    assert asked.unit == (None if case["unit"] == "-" else normalise(case["unit"]))


@pytest.mark.parametrize(
    ("kind", "sentence", "found"),
    [
        ("number", "قتل ثلاثة جنود و49 مدنيا", ["ثلاثه"]),
        ("number", "بلغت الكلفة 12 مليون درهم", ["12", "مليون"]),
        ("number", "تسعى الحكومة إلى الحل", []),
        ("date", "وقع الاتفاق في مارس 2019", ["مارس", "2019"]),
        ("date", "وقع الاتفاق أمس", ["امس"]),
        ("date", "وقع 49 جنديا في الأسر", []),
        ("place", "عقد الاجتماع بمدينة طنجة", ["بمدينه"]),
        ("reason", "تراجع المحصول بسبب الجفاف لأنه شديد", ["بسبب", "لانه"]),
        ("yes_no", "نعم استقال المدير", []),
    ],
)
def test_where_an_answer_may_stand(kind: Kind, sentence: str, found: list[str]) -> None:
    spoken = words(sentence)
    assert [spoken[at] for at in cue_positions(kind, spoken)] == found


def test_asking_words_are_not_asked_about() -> None:
    assert read_question("ما اسم زوجة المدير؟").first == normalise("زوجة")
    assert read_question("من هو؟").content, "something is left of a question that says nothing"


@given(st.text(max_size=60))
def test_any_text_is_some_question(text: str) -> None:
    asked = read_question(text)
    assert len(set(asked.content)) == len(asked.content)
