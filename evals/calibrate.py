"""The abstention constants of one home, fitted on question sets: `isnad eval --calibrate`.

Four numbers are fitted and no more: a slope and a bias that turn the gate's score into log-odds of being
right, and from where on an answer is given plainly, or is shown at all. All four are drawn towards the
shipped ones, the more so the fewer the trials. The thresholds keep the prices that the shipped ones imply:
who answers from log-odds t on holds a wrong answer to cost e^t right ones. Right and wrong trials
weigh alike, so neither the mix of a set nor its size moves the rest.

What the constants are worth is told on trials that were not fitted: five folds, questions about one story
in one fold. They are written only where, on those, they say better how sure an answer is (log loss, and the
95 % interval of its fall, over sources, leaves chance out) and decide no worse (value).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evals.errors import CalibrationImpossible
from evals.fitting import fit_correction, fold_of
from evals.intervals import means_with_intervals
from rag.answer.calibration import SHIPPED, Abstention

if TYPE_CHECKING:
    from evals.fitting import Bools, Floats
    from evals.trials import Trial

AT_LEAST = 30
"""Right trials and wrong ones, each, that anything is fitted on."""
FOLDS = 5
COVERAGES = (0.2, 0.4, 0.6, 0.8, 1.0)
_PULLS = (10.0, 2.0)
_STEPS = np.arange(-10, 11) / 10
"""How far a threshold may move."""
_DEAR = 5.0
"""What moving a threshold by 1 has to pay, in trials."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What constants do on trials; of the right ones and of the others, which share is answered and which refused."""

    log_loss: float
    value: float
    """What deciding earns at the shipped prices, per trial; saying nothing earns 0."""
    right_answered: float
    right_refused: float
    wrong_answered: float
    wrong_refused: float
    risk_coverage: tuple[tuple[float, float], ...]
    """How much of what is said is wrong when the surest share of all trials is said: (share, risk)."""
    area: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Constants, with what they and the shipped ones do on trials that were not fitted."""

    abstention: Abstention
    before: Figures
    after: Figures
    change: tuple[float, float]
    """By how much the log loss changes, from and to: a 95 % bootstrap interval over the groups of sources."""
    num_right: int
    num_wrong: int
    num_groups: int

    @property
    def pays(self) -> bool:
        """Whether the constants are better where they were not fitted, and that is hardly chance."""
        return self.change[1] < 0 and self.after.value >= self.before.value


def calibrate(trials: Sequence[Trial]) -> Fitted:
    """Fit the constants on `trials`, and measure them where they were not fitted.

    Raises:
        CalibrationImpossible: there are too few trials, or too few groups of them.
    """
    scores = np.array([trial.score for trial in trials], dtype=np.float64)
    right = np.array([trial.right for trial in trials], dtype=np.bool_)
    num_right, num_wrong, groups = int(right.sum()), int((~right).sum()), {trial.group for trial in trials}
    if min(num_right, num_wrong) < AT_LEAST or len(groups) < 2 * FOLDS:
        raise CalibrationImpossible(
            f"Too little to fit: {num_right} right answers, {num_wrong} wrong ones and {len(groups)} sources; "
            f"{AT_LEAST} of each and {2 * FOLDS} sources are needed. Give more questions.",
            num_right=num_right,
            num_wrong=num_wrong,
            num_groups=len(groups),
            at_least=AT_LEAST,
        )
    folds = fold_of(groups, FOLDS)
    fold = np.array([folds[trial.group] for trial in trials])
    odds, decided = np.zeros(len(trials)), np.zeros(len(trials), dtype=np.int8)
    for number in range(FOLDS):
        held_out = fold == number
        found = fit(scores[~held_out], right[~held_out])
        odds[held_out] = _odds(scores[held_out], found)
        decided[held_out] = _decide(odds[held_out], found)
    before = _odds(scores, SHIPPED)
    return Fitted(
        fit(scores, right),
        _measure(before, _decide(before, SHIPPED), right),
        _measure(odds, decided, right),
        _change(_losses(odds, right) - _losses(before, right), [trial.group for trial in trials]),
        num_right,
        num_wrong,
        len(groups),
    )


def fit(scores: Floats, right: Bools) -> Abstention:
    """The four numbers."""
    weights = _even(right)
    slope, bias = fit_correction(scores, right, weights, _PULLS)
    odds = slope * scores + bias
    answer_above = _threshold(odds, right, SHIPPED.answer_above)
    refuse_below = min(_threshold(odds, right, SHIPPED.refuse_below), answer_above)
    return Abstention(round(slope, 4), round(bias, 4), round(answer_above, 2), round(refuse_below, 2))


def provenance(fitted: Fitted, sets: Sequence[Mapping[str, Any]], fingerprint: str, version: str) -> dict[str, Any]:
    """What calibration.json says beside the constants; each of `sets` has a name, a digest and its counts."""
    return {
        "fingerprint": fingerprint,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "version": version,
        "sets": [dict(one) for one in sets],
        "trials": {"right": fitted.num_right, "wrong": fitted.num_wrong, "sources": fitted.num_groups},
        "cross_validated": {"folds": FOLDS, "before": asdict(fitted.before), "after": asdict(fitted.after)},
    }


def _threshold(odds: Floats, right: Bools, shipped: float) -> float:
    """The threshold near the shipped one where saying what is above it earns most at its price."""
    weights, price = _even(right), math.exp(shipped)
    gains = weights * np.where(right, 1.0, -price)
    earned = [gains[odds >= shipped + step].sum() - _DEAR / len(odds) * step**2 for step in _STEPS]
    return shipped + float(_STEPS[int(np.argmax(earned))])


def _odds(scores: Floats, abstention: Abstention) -> Floats:
    return np.asarray(abstention.slope * scores + abstention.bias, dtype=np.float64)


def _decide(odds: Floats, abstention: Abstention) -> Any:
    """2: answered, 1: weak, 0: refused."""
    return (odds >= abstention.refuse_below).astype(np.int8) + (odds >= abstention.answer_above)


def _measure(odds: Floats, decided: Any, right: Bools) -> Figures:
    weights = _even(right)
    wrong = ~right
    earned = sum(
        float((weights * (decided >= level) * np.where(right, 1.0, -math.exp(shipped))).sum()) / 2
        for level, shipped in ((2, SHIPPED.answer_above), (1, SHIPPED.refuse_below))
    )
    risk = np.cumsum(wrong[np.argsort(-odds, kind="stable")]) / np.arange(1, len(odds) + 1)
    return Figures(
        log_loss=float(_losses(odds, right).sum()),
        value=earned,
        right_answered=float((decided[right] == 2).mean()),  # noqa: PLR2004  see _decide
        right_refused=float((decided[right] == 0).mean()),
        wrong_answered=float((decided[wrong] == 2).mean()),  # noqa: PLR2004
        wrong_refused=float((decided[wrong] == 0).mean()),
        risk_coverage=tuple((share, float(risk[math.ceil(share * len(risk)) - 1])) for share in COVERAGES),
        area=float(risk.mean()),
    )


def _losses(odds: Floats, right: Bools) -> Floats:
    """What each trial adds to the log loss."""
    return np.asarray(_even(right) * np.logaddexp(0, np.where(right, -odds, odds)), dtype=np.float64)


def _change(differences: Floats, groups: Sequence[str]) -> tuple[float, float]:
    """The interval of the sum of `differences`, as groups are drawn with replacement."""
    sums = dict.fromkeys(groups, 0.0)
    for group, difference in zip(groups, differences, strict=True):
        sums[group] += float(difference)
    _, low, high = means_with_intervals(np.array([[one] for one in sums.values()]))
    return len(sums) * float(low[0]), len(sums) * float(high[0])


def _even(right: Bools) -> Floats:
    """Right and wrong trials weigh alike; the sum is 1."""
    return np.where(right, 0.5 / max(1, int(right.sum())), 0.5 / max(1, int((~right).sum())))
