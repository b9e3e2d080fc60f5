from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.search.followup import MAX_CHARACTERS, complete
from rag.text.normalise import normalise

CASES = Path(__file__).parent / "cases" / "followups.jsonl"
ROWS = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]

LAST_TURN_ALONE = "the turn before last holds the topic, and the last one names something too"
OWN_WORDS = "two words of its own, and still of something said before"
ONE_NAME = "one name of its own, as a question that leans may have"
OUT_OF_REACH = {
    "and-07": LAST_TURN_ALONE,
    "and-09": OWN_WORDS,
    "and-13": LAST_TURN_ALONE,
    "and-19": "a thing in the place of another one, without a word that both share",
    "and-23": LAST_TURN_ALONE,
    "and-28": ONE_NAME,
    "and-34": ONE_NAME,
    "and-35": LAST_TURN_ALONE,
    "and-39": OWN_WORDS,
    "and-45": OWN_WORDS,
    "and-52": ONE_NAME,
    "and-53": OWN_WORDS,
    "and-55": OWN_WORDS,
    "and-58": ONE_NAME,
    "and-59": OWN_WORDS,
}
"""Ids of the table's rows that rules do not reach, each with why."""


def _params() -> list[object]:
    return [
        pytest.param(
            row,
            id=row["id"],
            marks=[pytest.mark.xfail(strict=True, reason=OUT_OF_REACH[row["id"]])] if row["id"] in OUT_OF_REACH else [],
        )
        for row in ROWS
    ]


@pytest.mark.parametrize("row", _params())
def test_the_table(row: dict[str, object]) -> None:
    question, history = str(row["question"]), row["history"]
    assert isinstance(history, list)
    completed = complete(question, history)
    if not row["leans"]:
        assert completed == question
        return
    folded = normalise(completed)
    assert completed != question
    assert [word for word in _list(row["must_contain"]) if normalise(word) not in folded] == []
    assert [word for word in _list(row["must_not_contain"]) if normalise(word) in folded] == []


def _list(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


@pytest.mark.parametrize(
    "question",
    [
        "من هو وزير المالية التركي؟",
        "وزير الخارجية الأذربيجاني من هو؟",
        "وقف إطلاق النار متى بدأ؟",
        "وزارة الصحة كم إصابة سجلت؟",
        "متى نقلت بلدية الواحة مقرها إلى البلدة القديمة؟",
        "من هو وزير الزراعة التونسي الذي التقى به وزير الزراعة المغربي؟",
        "كم عاملا أخرجتهم فرق الإنقاذ التركية من المنجم؟",
        "ما الإنترنت؟",
        "من سيبويه؟",
        "متى ولد فينسنت فان غوخ؟",
        "هل المنارات هي أبراج البحارة؟",
        "ما أبرز أحداث هذا العام في لبنان؟",
        "كم مرة ورد اسم مريم عليها السلام في الديوان؟",
        "ما عدد سكان مصر وما مساحتها؟",
        "لوين سافر البابا فرنسيس؟",
        "Who is the president of France?",
        "؟؟؟",
        "\ud800",
        "",
    ],
)
def test_what_stands_alone_comes_back_as_it_is(question: str) -> None:
    assert complete(question, ["كم قتل في زلزال الحوز؟", "متى وقع؟"]) == question


@pytest.mark.parametrize(
    ("question", "history", "expected"),
    [
        ("متى؟", ["من فاز بجائزة الرواية؟"], "متى فاز بجائزة الرواية؟"),
        ("ومن وزير الخارجية؟", ["من هو وزير المالية التركي؟"], "ومن وزير الخارجية التركي؟"),
        ("كم عمره؟", ["من هو رئيس فرنسا؟"], "كم عمره رئيس فرنسا؟"),
        ("ما مساحتها؟", ["ما عدد سكان أذربيجان؟"], "ما مساحتها أذربيجان؟"),
        ("ما اسم والده؟", ["من هو رئيس سوريا؟"], "ما اسم والده رئيس سوريا؟"),
        ("ما سبب استقالته؟", ["من هو رئيس فرنسا؟"], "ما سبب استقالته رئيس فرنسا؟"),
        ("شو صار بالمفاوضات؟", ["متى بدأت محادثات سد جارية؟"], "شو صار بالمفاوضات محادثات سد جارية؟"),
        ("Why?", ["When did Armenia attack Azerbaijan?"], "Why Armenia attack Azerbaijan?"),
    ],
)
def test_what_is_carried(question: str, history: list[str], expected: str) -> None:
    assert complete(question, history) == expected


def test_the_other_side_replaces_the_first() -> None:
    completed = complete("وكم أسر من الجانب الهندي؟", ["كم جنديا صينيا أسروا في الاشتباكات؟"])
    assert "الاشتباكات" in completed
    assert "صيني" not in completed


def test_a_pronoun_means_all_that_was_said() -> None:
    completed = complete("ماذا قالت روسيا عن ذلك؟", ["متى أعلنت أذربيجان وقف إطلاق النار؟"])
    assert "أذربيجان" in completed
    assert "وقف إطلاق النار" in completed


def test_a_turn_that_leaned_is_looked_through() -> None:
    history = ["متى وقع زلزال الحوز؟", "كم عدد القتلى؟", "شكرا"]
    assert "زلزال الحوز" in complete("وكم استمر؟", history)


def test_a_new_subject_ends_the_old_one() -> None:
    completed = complete("كم عدد القتلى؟", ["متى وقع زلزال الحوز؟", "أين سقطت الطائرة الإثيوبية؟"])
    assert "الإثيوبية" in completed
    assert "الحوز" not in completed


def test_a_long_topic_is_cut_at_a_word() -> None:
    words = ["كلمة" + "ا" * 200 + letter for letter in "بتثجحخدذرز"]
    completed = complete("ماذا قال عنها؟", ["أين " + " ".join(words)[:990]])
    assert len(completed) <= MAX_CHARACTERS
    said = completed.removeprefix("ماذا قال عنها ").removesuffix("؟").split()
    assert said
    assert set(said) <= set(words)


ARABIC = st.text(alphabet=st.sampled_from(" ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي،؟.0٣"))
QUESTIONS = st.one_of(
    st.text(),
    ARABIC,
    st.lists(st.sampled_from(["متى", "وكم", "هو", "عنها", "ذلك", "قال", "روسيا", "من", "في", "السبب", "؟"])).map(
        " ".join
    ),
)


@given(QUESTIONS, st.lists(QUESTIONS, max_size=5))
def test_any_text_is_completed_within_bounds(question: str, history: list[str]) -> None:
    completed = complete(question, history)
    assert completed == question or len(completed) <= MAX_CHARACTERS
    assert completed == question or completed.startswith(question.rstrip(" \t\r\n؟?!.،,؛;:"))


@given(QUESTIONS)
def test_without_a_conversation_nothing_is_touched(question: str) -> None:
    assert complete(question, []) == question
