from __future__ import annotations

import math
from dataclasses import replace

import pytest

from rag.answer.choose import choose
from rag.answer.constants import ANSWER_ABOVE, GATE, REFUSE_BELOW
from rag.answer.features import find_candidates
from rag.answer.gate import decline, gate_features, gate_score, judge
from rag.schema import Evidence, Passage
from rag.text.terms import terms

TEXT = "افتتح وزير النقل جسر الوادي. ويبلغ طول الجسر 340 مترا."


def evidence_for(
    query: str, *, num_chunks: int = 400, scores: tuple[float, ...] = (20.0, 9.0, 5.0, 4.0, 3.0)
) -> Evidence:
    passage = Passage("0" * 32, "bridge.txt", "جسر الوادي", TEXT, 0, len(TEXT), 1, 1.0, bm25=12.0, lexical=scores[0])
    found = set(terms(query)) & set(terms(TEXT))
    idf = dict.fromkeys(terms(query), 4.0)
    return Evidence(query, (passage,), idf, frozenset(found), scores, num_chunks)


def score_of(evidence: Evidence) -> float:
    return gate_score(gate_features(evidence, choose(find_candidates(evidence.query, evidence))), evidence.num_chunks)


def test_the_zone_between_answers_and_refusals_is_not_empty() -> None:
    assert REFUSE_BELOW < ANSWER_ABOVE


def test_every_weight_has_its_measure() -> None:
    evidence = evidence_for("كم طول جسر الوادي؟")
    features = gate_features(evidence, choose(find_candidates(evidence.query, evidence)))
    assert set(features) | {"bias"} == set(GATE)


def test_a_word_that_stands_nowhere_speaks_against_an_answer() -> None:
    asked = evidence_for("كم طول جسر الوادي؟")
    assert score_of(asked) > score_of(evidence_for("كم طول جسر البرتقال؟"))


def test_a_country_that_is_not_mentioned_speaks_most_against_an_answer() -> None:
    assert score_of(evidence_for("كم طول جسر البرتقال؟")) > score_of(evidence_for("كم طول جسر البرتغال؟"))


@pytest.mark.parametrize("num_chunks", [5, 50, 500, 5_000, 150_000])
def test_scores_that_do_not_fall_speak_against_an_answer(num_chunks: int) -> None:
    steep = evidence_for("كم طول جسر الوادي؟", num_chunks=num_chunks)
    flat = replace(steep, lexical_scores=(20.0, 19.9, 19.8, 19.7, 19.6))
    assert score_of(steep) > score_of(flat)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((), 0.0),
        ((8.0,), 0.0),
        ((8.0, 4.0), 0.5),
        ((8.0, 6.0, 4.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0), 0.5),
        ((10.0, *[5.0] * 8, 2.0, *[1.0] * 150), 0.2),
        ((0.0, 0.0), 0.0),
    ],
    ids=["none", "one", "two", "nine", "a hundred and sixty", "nothing lexical"],
)
def test_the_decline_of_pools_of_every_size(scores: tuple[float, ...], expected: float) -> None:
    assert decline(scores) == expected


def test_nothing_chosen_is_refused() -> None:
    assert judge(evidence_for("كم طول جسر الوادي؟"), []) == ("refused", None)


def test_the_verdict_follows_the_score() -> None:
    evidence = evidence_for("كم طول جسر الوادي؟")
    choices = choose(find_candidates(evidence.query, evidence))
    score = score_of(evidence)
    expected = "answered" if score >= ANSWER_ABOVE else "weak" if score >= REFUSE_BELOW else "refused"
    judgement = judge(evidence, choices)
    assert judgement.verdict == expected
    assert judgement.confidence == pytest.approx(1 / (1 + math.exp(-score)))
