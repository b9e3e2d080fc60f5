"""Fitting with numpy alone: a listwise linear model and a weighted logistic one, and folds by group."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_STEPS = 60
_ENOUGH = 1e-6
_LEAST_SLOPE = 0.1
"""A score that says less than this says nothing; below zero it would be turned round."""


def fit_listwise(lists: Sequence[tuple[Floats, Bools]], prior: Floats, ridge: Floats) -> Floats:
    """Conditional logit: the weights that make the right rows of each list the likely choice.

    Each list is (features of shape (rows, features), which rows are right). Each ridge pulls
    its weight towards `prior`, on features of unit variance. Newton steps with the curvature of the denominator alone,
    which bounds the whole one, so every step climbs.
    """
    usable = [(rows, right) for rows, right in lists if right.any()]
    scale = np.concatenate([rows for rows, _ in usable]).std(axis=0) + 1e-9
    target = prior * scale
    weights = target.copy()
    for _ in range(_STEPS):
        slope = -2 * ridge * (weights - target)
        curve = np.diag(2 * ridge)
        for rows, right in usable:
            scaled = rows / scale
            chance = np.exp(scaled @ weights - (scaled @ weights).max())
            among_all = chance / chance.sum()
            among_right = chance * right / (chance * right).sum()
            mean = among_all @ scaled
            slope += among_right @ scaled - mean
            curve += (scaled * among_all[:, None]).T @ scaled - np.outer(mean, mean)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < _ENOUGH:
            break
    return np.asarray(weights / scale, dtype=np.float64)


def fit_logistic(rows: Floats, right: Bools, importance: Floats, ridge: float) -> Floats:
    """Logistic regression by Newton's method; the first column is the bias and is not drawn to zero."""
    scale = rows.std(axis=0) + 1e-9
    scale[0] = 1.0
    scaled = rows / scale
    importance = importance / importance.mean()
    pull = np.full(rows.shape[1], 2 * ridge)
    pull[0] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (importance * (right - chance)) - pull * weights
        curve = (scaled * (importance * chance * (1 - chance))[:, None]).T @ scaled + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < _ENOUGH:
            break
    return np.asarray(weights / scale, dtype=np.float64)


def fit_correction(scores: Floats, right: Bools, importance: Floats, pulls: tuple[float, float]) -> tuple[float, float]:
    """A slope and a bias that make `scores` log-odds of being right (Platt 1999), drawn towards 1 and 0.

    The pulls are of the slope and of the bias, in units of one trial: with few trials little moves.
    """
    rows = np.stack([scores, np.ones(len(scores))], axis=1)
    importance = importance / importance.mean()
    pull = np.array(pulls)
    change = np.zeros(2)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(scores + rows @ change, -50, 50)))
        slope = rows.T @ (importance * (right - chance)) - pull * change
        curve = (rows * (importance * chance * (1 - chance))[:, None]).T @ rows + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        change = change + step
        if np.abs(step).max() < _ENOUGH:
            break
    return max(1 + float(change[0]), _LEAST_SLOPE), float(change[1])


def fold_of(groups: Iterable[str], num_folds: int) -> dict[str, int]:
    """A fold for each group: what belongs together is never on both sides."""
    names = sorted(set(groups))
    random.Random(0).shuffle(names)  # noqa: S311 (folds, no secrets)
    return {name: at % num_folds for at, name in enumerate(names)}


def area_under_roc(scores: Floats, right: Bools) -> float:
    """The chance that a right one outranks a wrong one."""
    order = np.argsort(np.argsort(scores, kind="stable"), kind="stable") + 1.0
    for value in np.unique(scores):  # ties share their mean rank
        order[scores == value] = order[scores == value].mean()
    num_right, num_wrong = int(right.sum()), int((~right).sum())
    return float((order[right].sum() - num_right * (num_right + 1) / 2) / (num_right * num_wrong))
