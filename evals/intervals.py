"""How far a mean over these questions can be trusted: bootstrap intervals and a permutation test.

Questions are drawn with replacement (Efron's percentile bootstrap), 1,000 times, 95 % intervals; the
seed is fixed, so the same run has the same intervals. A measure that is not defined for a question is
NaN and plays no part, as in the mean itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

RESAMPLES = 1000
PERMUTATIONS = 10_000
SEED = 20_260_101
_EDGES = (2.5, 97.5)


class Difference(NamedTuple):
    """The mean of paired differences, its interval, and how likely one as large is by chance."""

    value: float
    low: float
    high: float
    p: float
    num: int
    """Pairs that both sides are defined for."""


def draws(num: int, *, resamples: int = RESAMPLES) -> Floats:
    """How often each of `num` questions is drawn in each resample: (resamples, num)."""
    counts = np.random.default_rng(SEED).multinomial(num, np.full(num, 1 / num), size=resamples)
    return counts.astype(float)


def means_with_intervals(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, low and high of every column of (questions, measures); NaN where a column is never defined."""
    defined = ~np.isnan(values)
    filled = np.where(defined, values, 0.0)
    weights = draws(len(values))
    with np.errstate(invalid="ignore", divide="ignore"):
        means = filled.sum(axis=0) / defined.sum(axis=0)
        resampled = (weights @ filled) / (weights @ defined)
    low, high = _percentiles(resampled)
    return means, low, high


def area_with_interval(wrong: Floats) -> tuple[float, float, float]:
    """The mean over all coverages of the risk of `wrong`, which is in the order of confidence."""

    def area(weights: Floats) -> Floats:
        taken = np.cumsum(weights, axis=-1)
        risk = np.cumsum(weights * wrong, axis=-1) / np.maximum(taken, 1.0)
        return np.asarray((risk * weights).sum(axis=-1) / weights.sum(axis=-1))

    low, high = np.percentile(area(draws(len(wrong))), _EDGES)
    return float(area(np.ones(len(wrong)))), float(low), float(high)


def paired_difference(before: ArrayLike, after: ArrayLike) -> Difference:
    """What changed from `before` to `after`, question by question; NaN on either side leaves a pair out.

    The test flips the signs of differences (Fisher's permutation test for pairs), two-sided, and never
    says less than what its number of permutations can tell.
    """
    differences = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    differences = differences[~np.isnan(differences)]
    num = len(differences)
    if not num:
        return Difference(float("nan"), float("nan"), float("nan"), float("nan"), 0)
    _, low, high = means_with_intervals(differences[:, None])
    return Difference(float(differences.mean()), float(low[0]), float(high[0]), _permutation_p(differences), num)


def _permutation_p(differences: Floats) -> float:
    changed = differences[differences != 0]
    if not len(changed):
        return 1.0
    random = np.random.default_rng(SEED)
    signs = random.integers(0, 2, size=(PERMUTATIONS, len(changed)), dtype=np.int8) * 2 - 1
    sums = np.abs(signs @ changed)
    observed = abs(changed.sum())
    return float((1 + np.count_nonzero(sums >= observed - 1e-12)) / (1 + PERMUTATIONS))


def _percentiles(resampled: Floats) -> tuple[Floats, Floats]:
    """Low and high of every column; a resample that draws nothing defined is left out."""
    edges = np.full((2, resampled.shape[1]), np.nan)
    known = ~np.isnan(resampled).all(axis=0)
    if known.any():
        edges[:, known] = np.nanpercentile(resampled[:, known], _EDGES, axis=0)
    return edges[0], edges[1]
