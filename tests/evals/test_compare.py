from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from evals.compare import LESS_IS_BETTER, NEITHER, compare
from evals.errors import RunUnusable
from evals.intervals import PERMUTATIONS
from evals.score import COSTS, MEASURES, Row, Scores
from tests.evals.rows import REFUSED, RIGHT, WRONG, scores_of


def run_of(num_right: int, num: int, seed: int = 0) -> Scores:
    """A run of `num` questions, the first `num_right` of which are right."""
    chance = random.Random(seed)  # noqa: S311  no secret
    rows = []
    for at in range(num):
        row: Row = RIGHT if at < num_right else WRONG
        rows.append(replace(row, question_id=f"q{at:03}", question=f"سؤال {at}؟", confidence=chance.random()))
    return scores_of(rows)


def test_a_run_and_itself_do_not_differ() -> None:
    run = scores_of([RIGHT, WRONG, REFUSED])
    same = compare(run, run)
    assert (same.differs, same.changed, same.num_pairs, same.num_left_out) == ((), (), 3, 0)
    assert {(one.difference.value, one.difference.p, one.change) for one in same.measures.values()} == {(0, 1, "none")}


def test_a_run_that_is_better_is_told_apart_on_the_measures_that_changed() -> None:
    better = compare(run_of(40, 100), run_of(70, 100))
    assert set(better.differs) == {"headline", "contained", "f1", "ndcg10", "aurc"}
    assert {better.measures[name].change for name in better.differs} == {"better"}
    headline = better.measures["headline"]
    assert (headline.before, headline.after) == pytest.approx((-0.2, 0.4))
    assert headline.difference.value == pytest.approx(0.6)
    assert headline.difference.low < 0.6 < headline.difference.high
    assert len(better.changed) == 30
    assert {one.gain for one in better.changed} == {2}
    worse = compare(run_of(70, 100), run_of(40, 100))
    assert {worse.measures[name].change for name in worse.differs} == {"worse"}


def test_a_few_questions_more_may_be_chance() -> None:
    comparison = compare(run_of(50, 100), run_of(52, 100))
    assert comparison.differs == ()
    assert len(comparison.changed) == 2


def test_gains_and_losses_alike_are_no_difference() -> None:
    before = [replace(RIGHT if at % 2 else WRONG, question_id=str(at), question=f"{at}؟") for at in range(60)]
    after = [replace(WRONG if at % 2 else RIGHT, question_id=str(at), question=f"{at}؟") for at in range(60)]
    comparison = compare(scores_of(before), scores_of(after))
    assert comparison.differs == ()
    assert [one.gain for one in comparison.changed] == [-2] * 30 + [2] * 30  # worst first


def test_runs_by_chance_alike_seldom_differ() -> None:
    """A null world: with Holm's correction fewer than one comparison in twenty may say that something differs."""
    chance = np.random.default_rng(7)
    said = 0
    for _ in range(40):
        sides = []
        for _side in range(2):
            rows = [
                replace(RIGHT if chance.random() < 0.5 else WRONG, question_id=str(at), question=f"{at}؟")
                for at in range(40)
            ]
            sides.append(scores_of(rows))
        said += bool(compare(*sides).differs)
    assert said <= 4


def test_the_area_alone_can_change() -> None:
    """The same answers, the right ones surer than the wrong ones: less risk at every coverage."""
    rows = [replace(RIGHT if at % 2 else WRONG, question_id=str(at), question=f"{at}؟") for at in range(80)]
    before = scores_of(replace(row, confidence=0.3 if row.verdict == "right" else 0.6) for row in rows)
    after = scores_of(replace(row, confidence=0.6 if row.verdict == "right" else 0.3) for row in rows)
    comparison = compare(before, after)
    assert comparison.differs == ("aurc",)
    area = comparison.measures["aurc"]
    assert (area.before, area.after) == pytest.approx((before.overall["aurc"].value, after.overall["aurc"].value))
    assert area.change == "better"
    assert area.difference.p >= 1 / (1 + PERMUTATIONS)
    assert comparison.changed == ()


def test_the_area_of_equally_sure_answers_is_that_of_the_report() -> None:
    rows = [replace(RIGHT if at % 3 else WRONG, question_id=str(at), question=f"{at}؟") for at in range(30)]
    before = scores_of(replace(row, confidence=at // 7 / 5) for at, row in enumerate(rows))
    after = scores_of(replace(row, confidence=0.5) for row in reversed(rows))
    area = compare(before, after).measures["aurc"]
    assert (area.before, area.after) == pytest.approx((before.overall["aurc"].value, after.overall["aurc"].value))
    assert after.overall["aurc"].value == pytest.approx(1 / 3)


def test_only_the_same_question_is_compared() -> None:
    before = scores_of([RIGHT, WRONG])
    after = scores_of([RIGHT, replace(WRONG, question="سؤال آخر؟"), REFUSED])
    comparison = compare(before, after)
    assert (comparison.num_pairs, comparison.num_left_out) == (1, 3)
    with pytest.raises(RunUnusable) as raised:
        compare(scores_of([RIGHT]), scores_of([REFUSED]))
    assert raised.value.details["what"] == "not_comparable"


def test_a_measure_that_one_run_lacks_is_left_out() -> None:
    without = replace(RIGHT, values={"headline": 1.0})
    assert set(compare(scores_of([RIGHT]), scores_of([without])).measures) == {"headline", "aurc"}


def test_a_change_of_status_source_or_words_is_a_change() -> None:
    other = replace(RIGHT, status="weak", verdict="weak_right", points=0, answer="آخر", ranking=(("harvest.txt", 1.0),))
    (changed,) = compare(scores_of([RIGHT]), scores_of([other])).changed
    assert (changed.what, changed.gain) == (("verdict", "status", "answer", "source"), -1)


def test_every_measure_has_a_direction() -> None:
    assert (*MEASURES, *COSTS) == tuple(dict.fromkeys((*MEASURES, *COSTS)))
    assert {*MEASURES, *COSTS} >= LESS_IS_BETTER | NEITHER
    assert LESS_IS_BETTER.isdisjoint(NEITHER)
