"""Rows to means: every measure of a group of questions, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.intervals import area_with_interval, means_with_intervals
from evals.refusal import Trial, curve, risks

MEASURES: tuple[str, ...] = (
    "headline", "answered", "weak", "refused", "failed", "false_answers", "false_refusals",
    "contained", "first_sentence", "values_said", "exact", "f1", "answer_length", "planted",
    "quotes_match", "citation_precision", "citation_recall", "numbers_supported",
    "ndcg10", "r1", "r5", "r10", "rr10",
    "ndcg10_story", "r1_story", "r5_story", "r10_story", "rr10_story",
    "aurc",
)  # fmt: skip
"""Every measure in the order in which it is shown; all but `aurc` are means over questions."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over questions with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    num: int
    """Questions that it is defined for."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are looked at together: (values, confidence, status, verdict) of each."""

    rows: Sequence[tuple[Mapping[str, float], float | None, str, str]]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a group comes to."""

    means: Mapping[str, Mean]
    curve: tuple[tuple[float, float], ...]


def summarise(group: Group) -> Summary:
    """The means of every measure that is defined for a question of the group, and its risk-coverage curve."""
    names = [name for name in MEASURES if any(name in values for values, *_ in group.rows)]
    means: dict[str, Mean] = {}
    if names:
        table = np.array([[values.get(name, np.nan) for name in names] for values, *_ in group.rows])
        columns = zip(*means_with_intervals(table), (~np.isnan(table)).sum(axis=0), strict=True)
        for name, (value, low, high, num) in zip(names, columns, strict=True):
            means[name] = Mean(float(value), float(low), float(high), int(num))
    trials = [
        Trial(confidence, status in {"answered", "weak"}, verdict in {"right", "weak_right"})
        for _, confidence, status, verdict in group.rows
        if verdict != "not_judged"
    ]
    if not trials:
        return Summary(means, ())
    wrong, _ = risks(trials)
    means["aurc"] = Mean(*area_with_interval(wrong), len(trials))
    return Summary(means, tuple(curve(trials)))
