"""Two runs of the same questions: what changed, and whether that can be chance.

Questions are paired by id, and their texts have to be the same. Of every measure the means over the
pairs that both runs are defined for, their difference with a 95 % bootstrap interval over questions, and a
permutation test that exchanges the two runs' values of a question (`evals.intervals`, seeded).
Many measures are tested at once, so a difference counts where its p is below 0.05 after Holm's
correction (1979) over all measures that are compared. Time and memory are shown and not tested: they
depend on what else the machine does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from evals.errors import RunUnusable
from evals.intervals import PERMUTATIONS, SEED, Difference, draws, paired_difference
from evals.score import COSTS, MEASURES, Row, Scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIGNIFICANT = 0.05
LESS_IS_BETTER = frozenset({"false_answers", "false_refusals", "failed", "planted", "aurc", *COSTS})
NEITHER = frozenset({"answered", "weak", "refused", "answer_length"})
"""Measures that say what is done, not how well."""
_AT_ONCE = 500
"""Permutations of the area under the curve that are held in memory together."""

Change = Literal["better", "worse", "other", "none"]
"""other: it changed, and is neither good nor bad by itself."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure in both runs, over the pairs that have it in both."""

    before: float
    after: float
    difference: Difference
    p_holm: float
    change: Change
    """none: it may be chance."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One question whose answer, status, verdict or best source is another."""

    before: Row
    after: Row
    what: tuple[str, ...]
    """Of `verdict`, `status`, `answer`, `source`."""

    @property
    def gain(self) -> int:
        """Points of the headline that it won or lost."""
        return self.after.points - self.before.points


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one run in the other."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    """The runs' config.json."""
    num_pairs: int
    num_left_out: int
    """Questions that only one of them asked, or asked in other words."""
    measures: Mapping[str, Compared]
    costs: Mapping[str, tuple[float, float]]
    changed: tuple[Changed, ...]
    """Worst first, then by id."""

    @property
    def differs(self) -> tuple[str, ...]:
        """The measures whose difference is hardly chance."""
        return tuple(name for name, one in self.measures.items() if one.change != "none")


def compare(before: Scores, after: Scores) -> Comparison:
    """Compare two scored runs.

    Raises:
        RunUnusable: they share no question.
    """
    earlier = {row.question_id: row for row in before.rows}
    pairs = [
        (earlier[row.question_id], row)
        for row in after.rows
        if row.question_id in earlier and _asked(earlier[row.question_id]) == _asked(row)
    ]
    if not pairs:
        names = [str(scores.run["set"]["name"]) for scores in (before, after)]
        raise RunUnusable(
            f"The two runs share no question: one asked {names[0]}, the other {names[1]}.",
            what="not_comparable",
            before=names[0],
            after=names[1],
        )
    changed = [Changed(one, other, what) for one, other in pairs if (what := _what_changed(one, other))]
    return Comparison(
        before=before.run,
        after=after.run,
        num_pairs=len(pairs),
        num_left_out=len(before.rows) + len(after.rows) - 2 * len(pairs),
        measures=_compared(pairs),
        costs={
            name: (before.timings[name], after.timings[name])
            for name in COSTS
            if name in before.timings and name in after.timings
        },
        changed=tuple(sorted(changed, key=lambda one: (one.gain, one.after.question_id))),
    )


def _asked(row: Row) -> tuple[str, tuple[str, ...]]:
    return row.question, row.history


def _what_changed(before: Row, after: Row) -> tuple[str, ...]:
    looked_at = {
        "verdict": (before.verdict, after.verdict),
        "status": (before.status, after.status),
        "answer": (before.answer, after.answer),
        "source": (before.ranking[:1] and before.ranking[0][0], after.ranking[:1] and after.ranking[0][0]),
    }
    return tuple(name for name, (one, other) in looked_at.items() if one != other)


def _compared(pairs: Sequence[tuple[Row, Row]]) -> dict[str, Compared]:
    found: dict[str, tuple[float, float, Difference]] = {}
    for name in MEASURES:
        values = np.array([[row.values.get(name, np.nan) for row in pair] for pair in pairs])
        values = values[~np.isnan(values).any(axis=1)]
        if len(values):
            before, after = values.mean(axis=0)
            found[name] = (float(before), float(after), paired_difference(values[:, 0], values[:, 1]))
    judged = [pair for pair in pairs if all(row.verdict != "not_judged" for row in pair)]
    if judged:
        found["aurc"] = _compare_areas(judged)
    adjusted = _holm({name: difference.p for name, (*_, difference) in found.items()})
    return {
        name: Compared(before, after, difference, adjusted[name], _change(name, difference.value, adjusted[name]))
        for name, (before, after, difference) in found.items()
    }


def _change(name: str, difference: float, p_holm: float) -> Change:
    if p_holm >= SIGNIFICANT:
        return "none"
    if name in NEITHER:
        return "other"
    return "better" if (difference < 0) == (name in LESS_IS_BETTER) else "worse"


def _holm(values: Mapping[str, float]) -> dict[str, float]:
    """Each p for the family of all: the smallest times their number, the next times one less, never falling."""
    adjusted: dict[str, float] = {}
    least = 0.0
    for at, name in enumerate(sorted(values, key=lambda one: values[one])):
        least = max(least, min(1.0, values[name] * (len(values) - at)))
        adjusted[name] = least
    return adjusted


def _compare_areas(pairs: Sequence[tuple[Row, Row]]) -> tuple[float, float, Difference]:
    """The area under the risk-coverage curve is no mean over questions: whole curves are drawn and exchanged."""
    keys = np.array([[_key(row) for row in pair] for pair in pairs])
    wrong = np.array([[float(row.verdict not in {"right", "weak_right"}) for row in pair] for pair in pairs])
    num = len(pairs)
    once = np.ones((1, num))
    before, after = (float(_areas(keys[None, :, side], wrong[None, :, side], once)[0]) for side in (0, 1))
    weights = draws(num)
    resampled = [_areas(keys[None, :, side], wrong[None, :, side], weights) for side in (0, 1)]
    low, high = np.percentile(resampled[1] - resampled[0], (2.5, 97.5))
    observed = after - before
    p = 1.0
    if (keys[:, 0] != keys[:, 1]).any() or (wrong[:, 0] != wrong[:, 1]).any():
        p = (1 + _num_as_large(keys, wrong, abs(observed))) / (1 + PERMUTATIONS)
    return before, after, Difference(observed, float(low), float(high), p, num)


def _num_as_large(keys: Floats, wrong: Floats, observed: float) -> int:
    """How many exchanges at random give a difference of areas as large as the one observed."""
    random = np.random.default_rng(SEED)
    places = np.arange(len(keys))
    once = np.ones((1, len(keys)))
    num = 0
    for _ in range(PERMUTATIONS // _AT_ONCE):
        swapped = random.integers(0, 2, size=(_AT_ONCE, len(keys)))
        areas = [_areas(keys[places, side], wrong[places, side], once) for side in (swapped, 1 - swapped)]
        num += int(np.count_nonzero(np.abs(areas[1] - areas[0]) >= observed - 1e-12))
    return num


def _areas(keys: Floats, wrong: Floats, weights: Floats) -> Floats:
    """The mean risk over all coverages of each row: surest first, equals share their mean as in `evals.refusal`."""
    order = np.argsort(-keys, axis=-1, kind="stable")
    sorted_keys = np.take_along_axis(keys, order, axis=-1)
    sorted_wrong = np.take_along_axis(wrong, order, axis=-1)
    is_tied = sorted_keys[:, 1:] == sorted_keys[:, :-1]
    for row in np.flatnonzero(is_tied.any(axis=-1)):
        begins = np.flatnonzero(np.concatenate(([True], ~is_tied[row])))
        sizes = np.diff(np.append(begins, keys.shape[-1]))
        sorted_wrong[row] = np.repeat(np.add.reduceat(sorted_wrong[row], begins) / sizes, sizes)
    shape = (max(len(keys), len(weights)), keys.shape[-1])
    drawn = np.take_along_axis(np.broadcast_to(weights, shape), np.broadcast_to(order, shape), axis=-1)
    risk = np.cumsum(drawn * sorted_wrong, axis=-1) / np.maximum(np.cumsum(drawn, axis=-1), 1.0)
    return np.asarray((risk * drawn).sum(axis=-1) / drawn.sum(axis=-1))


def _key(row: Row) -> float:
    """What the curve sorts by: what was not said comes last."""
    if row.status not in {"answered", "weak"}:
        return -2.0
    return -1.0 if row.confidence is None else row.confidence
