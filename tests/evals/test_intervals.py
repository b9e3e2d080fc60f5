from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.intervals import area_with_interval, means_with_intervals, paired_difference
from evals.refusal import Trial, curve, risks

NAN = float("nan")


def test_a_mean_counts_what_is_defined_and_lies_in_its_interval() -> None:
    values = np.array([[1.0, NAN, NAN], [0.0, 1.0, NAN], [1.0, NAN, NAN], [0.0, 0.0, NAN]])
    means, low, high = means_with_intervals(values)
    assert means[:2] == pytest.approx([0.5, 0.5])
    assert np.isnan([means[2], low[2], high[2]]).all()
    assert (low[:2] <= means[:2]).all()
    assert (means[:2] <= high[:2]).all()


def test_the_interval_is_about_as_wide_as_the_normal_one() -> None:
    values = np.array([[float(number % 2)] for number in range(400)])
    _, low, high = means_with_intervals(values)
    assert high[0] - low[0] == pytest.approx(2 * 1.96 * 0.5 / 20, rel=0.1)


def test_the_same_values_have_the_same_interval() -> None:
    values = np.random.default_rng(1).random((50, 3))
    assert np.array_equal(means_with_intervals(values), means_with_intervals(values))


def test_a_real_difference_is_told_from_none() -> None:
    random = np.random.default_rng(3)
    before = random.random(200)
    same = paired_difference(before, before)
    assert (same.value, same.low, same.high, same.p, same.num) == (0.0, 0.0, 0.0, 1.0, 200)
    better = paired_difference(before, before + 0.1 + random.normal(0, 0.1, 200))
    assert better.low > 0
    assert better.p < 0.001
    noise = paired_difference(before, before + np.tile([0.2, -0.2], 100))
    assert noise.p > 0.5


def test_pairs_that_are_not_defined_on_both_sides_play_no_part() -> None:
    difference = paired_difference([1.0, NAN, 0.0], [1.0, 1.0, NAN])
    assert (difference.value, difference.num) == (0.0, 1)
    assert paired_difference([NAN], [1.0]).num == 0


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=20))
def test_no_mean_and_no_edge_leaves_the_values_bounds(column: list[float | None]) -> None:
    values = np.array([[NAN if one is None else one] for one in column])
    for edge in means_with_intervals(values):
        assert np.isnan(edge[0]) or -1e-9 <= edge[0] <= 1 + 1e-9


# risk and coverage


def said(confidence: float | None, *, right: bool) -> Trial:
    return Trial(confidence, said=True, right=right)


SILENT = Trial(0.99, said=False, right=False)


def test_the_curve_by_hand() -> None:
    trials = [said(0.2, right=False), said(0.9, right=True), SILENT, said(0.5, right=True)]
    assert curve(trials) == [(0.25, 0.0), (0.5, 0.0), (0.75, pytest.approx(1 / 3))]
    wrong, num_said = risks(trials)
    assert (list(wrong), num_said) == ([0.0, 0.0, 1.0, 1.0], 3)
    assert area_with_interval(wrong)[0] == pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4)


def test_equally_sure_ones_share_their_risk() -> None:
    trials = [said(0.5, right=False), said(0.5, right=True)]
    assert curve(trials) == curve(trials[::-1]) == [(0.5, 0.5), (1.0, 0.5)]


def test_saying_nothing_does_not_pay() -> None:
    wrong, _ = risks([SILENT] * 5)
    assert area_with_interval(wrong) == (1.0, 1.0, 1.0)
    assert curve([SILENT] * 5) == []


def test_what_has_no_confidence_comes_behind_what_has_and_before_silence() -> None:
    wrong, _ = risks([SILENT, said(None, right=True), said(0.1, right=False)])
    assert list(wrong) == [1.0, 0.0, 1.0]


@given(
    st.lists(
        st.builds(Trial, st.one_of(st.none(), st.floats(0, 1)), st.booleans(), st.booleans()), min_size=1, max_size=15
    )
)
def test_risk_and_area_stay_between_0_and_1(trials: list[Trial]) -> None:
    wrong, num_said = risks(trials)
    points = curve(trials)
    assert len(points) == num_said
    assert all(0 < coverage <= 1 and -1e-9 <= risk <= 1 + 1e-9 for coverage, risk in points)
    assert all(-1e-9 <= edge <= 1 + 1e-9 for edge in area_with_interval(wrong))
