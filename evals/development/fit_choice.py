"""Fit the choice of sentences on ARCD train, alone and among all the news: `python -m evals.development.fit_choice`.

Prints the weights for `rag/answer/constants.py`, and what they choose when cross-validated by topic.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.development.data import Question, holds, load_arcd, load_news, spoken
from evals.development.pool import Pool
from evals.fitting import Bools, Floats, fit_listwise, fold_of
from rag.answer.constants import CHOICE, RECIPE
from rag.answer.features import find_candidates
from rag.search.retrieve import retrieve
from rag.text.sentences import split_sentences

_HELD, _FREE = 1e6, 1.0
"""Ridges: the recipe's twelve weights, which five sets chose, are held; what was added since is fitted."""
_FOLDS = 10
_TOP_K = 30


@dataclass(frozen=True, slots=True)
class Listed:
    """The candidates of one question, and which of them answer it."""

    group: str
    rows: Floats
    right: Bools


def main() -> None:
    """Fit, report, print."""
    articles, questions = load_arcd()
    lists = {"alone": _list(Pool(articles), questions)}
    lists["among the news"] = _list(Pool(articles + load_news()), questions)
    prior = np.array([RECIPE.get(name, 0.0) for name in CHOICE])
    shipped = np.array(list(CHOICE.values()))
    folds = fold_of((question.group for question in questions), _FOLDS)
    everything = [one for some in lists.values() for one in some]
    parts = [_fit([one for one in everything if folds[one.group] != fold], prior) for fold in range(_FOLDS)]
    for name, some in lists.items():
        _report(f"{name}, recipe", some, [prior] * len(some))
        _report(f"{name}, shipped (fitted on these)", some, [shipped] * len(some))
        _report(f"{name}, cross-validated", some, [parts[folds[one.group]] for one in some])
    for feature, weight in zip(CHOICE, _fit(everything, prior), strict=True):
        _say(f'        "{feature}": {weight:.3f},')


def _fit(lists: Sequence[Listed], prior: Floats) -> Floats:
    ridge = np.array([_HELD if name in RECIPE else _FREE for name in CHOICE])
    return fit_listwise([(one.rows, one.right) for one in lists if len(one.rows)], prior, ridge)


def _list(pool: Pool, questions: Sequence[Question]) -> list[Listed]:
    listed = []
    for question in questions:
        found = find_candidates(question.text, retrieve(question.text, pool, top_k=_TOP_K))
        gold = pool.articles[question.source].text
        said = {spoken(gold[start:end]) for start, end in split_sentences(gold)}
        rows = np.array([[one.features[name] for name in CHOICE] for one in found]).reshape(-1, len(CHOICE))
        right = [holds(one.text, question.answers) and spoken(one.text) in said for one in found]
        listed.append(Listed(question.group, rows, np.array(right, dtype=bool)))
    return listed


def _report(name: str, lists: Sequence[Listed], weights: Sequence[Floats]) -> None:
    best = any_of_three = 0
    for one, weight in zip(lists, weights, strict=True):
        order = np.argsort(-(one.rows @ weight), kind="stable")
        best += bool(one.right[order[:1]].any())
        any_of_three += bool(one.right[order[:3]].any())
    _say(f"{name}: best {best / len(lists):.1%}, any of three {any_of_three / len(lists):.1%}, n={len(lists)}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
