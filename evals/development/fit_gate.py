"""Fit the gate on pools of eight sizes: `python -m evals.development.fit_gate [TRIALS.pickle]`.

The trials take minutes to make: they are kept in the file, where one is named. Prints what the gate
lets through when cross-validated by question, and the weights for `rag/answer/constants.py`.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.development.gate_pools import PLANS, Maker, Trial
from evals.fitting import Bools, Floats, area_under_roc, fit_logistic, fold_of
from rag.answer.constants import GATE
from rag.answer.gate import scaled_size

BANDS = ((5, 12, 30), (80, 200), (1000, 5000), (31_000,))
"""Sizes that are weighed alike: every band counts the same, and so do right and wrong inside it."""
_RIGHT = {"arcd": 0.65, "headline": 0.35}
_WRONG = {
    "arcd": 0.27,
    "headline": 0.18,
    "out of scope": 0.22,
    "arcd elsewhere": 0.09,
    "arcd near miss": 0.11,
    "headline near miss": 0.03,
    "badly answered": 0.10,
}
_RIDGE = 1.5
_FOLDS = 5


def main() -> None:
    """Fit, report, print."""
    trials = _load_trials(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    rows = _rows(trials)
    right = np.array([trial.right for trial in trials])
    importance = _importance(trials)
    folds = fold_of((trial.group for trial in trials), _FOLDS)
    fold = np.array([folds[trial.group] for trial in trials])
    scores = np.zeros(len(trials))
    for number in range(_FOLDS):
        held_out = fold == number
        weights = fit_logistic(rows[~held_out], right[~held_out], importance[~held_out], _RIDGE)
        scores[held_out] = rows[held_out] @ weights
    for plan in PLANS:
        _report(trials, scores, plan.size)
    weights = fit_logistic(rows, right, importance, _RIDGE)
    for at, name in enumerate(GATE):
        _say(f'        "{name}": ({weights[2 * at]:.3f}, {weights[2 * at + 1]:.3f}),')


def _load_trials(path: Path | None) -> list[Trial]:
    if path and path.exists():
        return list(pickle.loads(path.read_bytes()))  # noqa: S301 (a file of our own making)
    maker = Maker()
    trials: list[Trial] = []
    for plan in PLANS:
        trials += maker.trials(plan)
        sys.stderr.write(f"{plan.size} articles: {len(trials)} trials so far\n")
    if path:
        path.write_bytes(pickle.dumps(trials))
    return trials


def _rows(trials: Sequence[Trial]) -> Floats:
    """Each feature, then the same times the scaled size, in the order of the shipped weights."""
    plain = np.array([[({"bias": 1.0} | trial.features)[name] for name in GATE] for trial in trials])
    size = np.array([scaled_size(trial.num_chunks) for trial in trials])[:, None]
    return np.stack([plain, plain * size], axis=2).reshape(len(trials), -1)


def _kind(trial: Trial) -> str:
    return "badly answered" if trial.answerable and not trial.right else trial.family


def _importance(trials: Sequence[Trial]) -> Floats:
    importance = np.zeros(len(trials))
    for band in BANDS:
        for right, shares in ((True, _RIGHT), (False, _WRONG)):
            found = {
                kind: [
                    at
                    for at, trial in enumerate(trials)
                    if trial.size in band and trial.right is right and _kind(trial) == kind
                ]
                for kind in shares
            }
            total = sum(share for kind, share in shares.items() if found[kind])
            for kind, places in found.items():
                importance[places] = shares[kind] / total / max(1, len(places))
    return importance


def _report(trials: Sequence[Trial], scores: Floats, size: int) -> None:
    here = np.array([trial.size == size for trial in trials])
    kinds = np.array([_kind(trial) for trial in trials])
    right = np.array([trial.right for trial in trials])
    chunks = int(np.mean([trial.num_chunks for trial in trials if trial.size == size]))
    _say(f"{size} articles, {chunks} chunks, {int(here.sum())} trials")
    for kept in (0.9, 0.8, 0.7, 0.6):
        threshold = float(np.quantile(scores[here & right], 1 - kept))
        parts = [f"{kept:.0%} of the right ones at {threshold:+.2f}"]
        for kind in _WRONG:
            wrong: Bools = here & ~right & (kinds == kind)
            if wrong.any():
                parts.append(f"{kind} {(scores[wrong] >= threshold).mean():.0%}")
        _say("  " + ", ".join(parts))
    _say(f"  area under ROC {area_under_roc(scores[here], right[here]):.3f}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
