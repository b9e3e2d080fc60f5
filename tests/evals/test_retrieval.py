from __future__ import annotations

from math import log2
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from evals.questions import Question
from evals.retrieval import by_story, retrieval_values
from evals.run_folder import TREC, Outcome, write_trec

NAMES = ("ndcg10", "r1", "r5", "r10", "rr10")
SCORED: dict[str, tuple[tuple[str, float], ...]] = {
    "first": (("a", 3.0), ("b", 2.0), ("c", 1.0)),
    "tied": (("z", 2.0), ("a", 2.0), ("b", 2.0), ("c", 2.0)),
    "several": (("a", 9.0), ("x", 8.0), ("b", 7.0), ("y", 7.0), ("w", 7.0), ("c", 6.0)),
    "deep": (*((f"x{rank:02}", 50.0 - rank) for rank in range(10)), ("a", 1.0)),
    "graded": (("b", 2.0), ("a", 1.0)),
    "nothing found": (),
    "not judged": (("a", 1.0),),
}
RANKINGS = {name: [source for source, _ in ranking] for name, ranking in SCORED.items()}
RELEVANT = {
    "first": {"a": 1},
    "tied": {"a": 1},
    "several": {"a": 1, "b": 1, "c": 1, "never found": 1},
    "deep": {"a": 1},
    "graded": {"a": 2, "b": 1},
    "nothing found": {"a": 1},
    "missing": {"a": 1},
    "not judged": {},
}
GAINS = [1 / log2(rank + 1) for rank in range(1, 11)]
BY_HAND = {
    "first": (1.0, 1.0, 1.0, 1.0, 1.0),
    "tied": (GAINS[1], 0.0, 1.0, 1.0, 1 / 2),
    "several": ((GAINS[0] + GAINS[2] + GAINS[5]) / sum(GAINS[:4]), 1 / 4, 2 / 4, 3 / 4, 1.0),
    "deep": (0.0, 0.0, 0.0, 0.0, 0.0),
    "graded": ((1 * GAINS[0] + 2 * GAINS[1]) / (2 * GAINS[0] + 1 * GAINS[1]), 1 / 2, 1.0, 1.0, 1.0),
    "nothing found": (0.0, 0.0, 0.0, 0.0, 0.0),
    "missing": (0.0, 0.0, 0.0, 0.0, 0.0),
}


@pytest.mark.parametrize("question_id", BY_HAND)
def test_the_measures_are_those_computed_by_hand(question_id: str) -> None:
    values = retrieval_values(RANKINGS, RELEVANT)[question_id]
    assert [values[name] for name in NAMES] == pytest.approx(BY_HAND[question_id], abs=1e-6)


def test_a_question_without_anything_relevant_is_not_measured() -> None:
    assert retrieval_values(RANKINGS, RELEVANT).keys() == BY_HAND.keys()


def test_a_run_that_found_nothing_at_all_is_all_zeros() -> None:
    assert retrieval_values({}, {"q": {"a": 1}}) == {"q": dict.fromkeys(NAMES, 0.0)}


def test_what_ir_measures_reads_from_the_run_file_agrees(tmp_path: Path) -> None:
    questions = [Question(name, "سؤال", "fact") for name in SCORED]
    outcomes = {name: Outcome(name, {}, None, 1.0, ranking) for name, ranking in SCORED.items()}
    write_trec(tmp_path, questions, outcomes)
    run = list(ir_measures.read_trec_run(str(tmp_path / TREC)))  # type: ignore[no-untyped-call]
    assert [row.doc_id for row in run if row.query_id == "tied"] == ["z", "a", "b", "c"]
    qrels = [
        ir_measures.Qrel(name.replace(" ", "_"), source.replace(" ", "_"), grade)
        for name, grades in RELEVANT.items()
        for source, grade in grades.items()
    ]
    names = {nDCG @ 10: "ndcg10", R @ 1: "r1", R @ 5: "r5", R @ 10: "r10", RR @ 10: "rr10"}
    for metric in ir_measures.iter_calc(list(names), qrels, run):
        expected = BY_HAND[metric.query_id.replace("_", " ")][list(names).index(metric.measure)]
        assert metric.value == pytest.approx(expected, abs=1e-6), metric


def test_near_duplicates_are_one_by_story() -> None:
    rankings = {"q": ["x", "copy", "b"]}
    relevance = {"q": {"a": 1, "b": 1}}
    story_of = {"a": "a", "copy": "a", "b": "b", "x": "x"}
    values = by_story(rankings, relevance, story_of)["q"]
    assert values["r5_story"] == 1.0
    assert values["rr10_story"] == 0.5
    assert values["ndcg10_story"] == pytest.approx((GAINS[1] + GAINS[2]) / (GAINS[0] + GAINS[1]))
    assert retrieval_values(rankings, relevance)["q"]["r5"] == 0.5


@given(st.lists(st.sampled_from("abcdefghijklmno"), max_size=15), st.sets(st.sampled_from("abcxyz"), min_size=1))
def test_every_measure_stays_within_its_bounds(ranking: list[str], relevant: set[str]) -> None:
    values = retrieval_values({"q": ranking}, {"q": dict.fromkeys(relevant, 1)})["q"]
    assert values.keys() == set(NAMES)
    assert all(0 <= value <= 1 for value in values.values())
    assert values["r1"] <= values["r5"] <= values["r10"]
