"""Answering, hinting, refusing: the shares, the two mistakes, and risk against coverage.

- answered, weak, refused, failed: each question is one of them.
- false_answers: of the questions that the articles do not answer, the share that is answered plainly.
- false_refusals: of those that they do answer, the share that is refused.
  Both, and the headline, are of the questions that can be judged.
- The risk-coverage curve (El-Yaniv and Wiener 2010): questions in the order of their confidence, surest
  first; coverage is the share taken so far, risk the share of these that is not right. What was
  answered or shown as weak can be right; it is right as `evals.verdict` says.
- aurc, its area (Geifman et al. 2019): the mean risk over every coverage up to all questions. What was
  refused, failed, or cannot be answered comes last or stays wrong: saying nothing does not pay here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.verdict import Judged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STATUSES = ("answered", "weak", "refused", "failed")


@dataclass(frozen=True, slots=True)
class Trial:
    """One question of the curve."""

    confidence: float | None
    said: bool
    """Whether it was answered, or shown as weak."""
    right: bool


def refusal_values(record: Mapping[str, Any], judged: Judged, *, answerable: bool | None) -> dict[str, float]:
    """The measures of one record; empty where only retrieval was asked for."""
    status = record.get("status")
    if status is None:
        return {}
    values = {name: float(status == name) for name in STATUSES}
    if judged.verdict == "not_judged":
        return values
    if answerable is False:
        values["false_answers"] = float(status == "answered")
    elif answerable:
        values["false_refusals"] = float(status == "refused")
    return values | {"headline": float(judged.points)}


def risks(trials: Sequence[Trial]) -> tuple[Floats, int]:
    """1 for wrong, 0 for right, surest first, and how many of these were said; equals share their mean.

    Without a confidence, what was said comes behind what has one.
    """
    import numpy as np

    keys = sorted(((_key(one), one) for one in trials), key=lambda pair: pair[0], reverse=True)
    wrong = np.array([not (one.said and one.right) for _, one in keys], dtype=float)
    begin = 0
    for end in range(1, len(keys) + 1):
        if end == len(keys) or keys[end][0] != keys[begin][0]:
            wrong[begin:end] = wrong[begin:end].mean()
            begin = end
    return wrong, sum(one.said for one in trials)


def curve(trials: Sequence[Trial]) -> list[tuple[float, float]]:
    """Coverage and risk at every question that was answered or shown as weak."""
    import numpy as np

    wrong, num_said = risks(trials)
    risk = np.cumsum(wrong) / np.arange(1, len(wrong) + 1)
    return [((at + 1) / len(wrong), float(risk[at])) for at in range(num_said)]


def _key(trial: Trial) -> tuple[bool, float]:
    return trial.said, -1.0 if trial.confidence is None or not trial.said else trial.confidence
