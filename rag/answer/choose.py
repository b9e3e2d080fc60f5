"""Choosing: the sentences that answer best, each once, with every file that says it.

A listwise linear model ranks the candidates (`constants.CHOICE`); a sentence that several files
carry word for word is one Choice with several places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.constants import CHOICE
from rag.answer.features import Candidate
from rag.schema import Passage, Span
from rag.text.sentences import split_sentences
from rag.text.terms import words

MAX_SENTENCES = 3
_SAME_WORDS = 0.8
"""A sentence that shares this much of its words with a better one says nothing new."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A sentence worth saying, how likely it is the best one, and where it stands besides."""

    candidate: Candidate
    share: float
    """Of the probability that the model gives to all candidates."""


def choose(candidates: Sequence[Candidate]) -> list[Choice]:
    """The candidates in order of choice, best first, without those that repeat a better one."""
    scores = [sum(weight * candidate.features[name] for name, weight in CHOICE.items()) for candidate in candidates]
    if not scores:
        return []
    top = max(scores)
    total = sum(math.exp(score - top) for score in scores)
    order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
    chosen: list[Choice] = []
    said: list[frozenset[str]] = []
    for at in order:
        bag = frozenset(words(candidates[at].text))
        if bag and not any(_repeats(bag, other) for other in said):
            said.append(bag)
            chosen.append(Choice(candidates[at], math.exp(scores[at] - top) / total))
    return chosen


def _repeats(bag: frozenset[str], other: frozenset[str]) -> bool:
    return len(bag & other) >= _SAME_WORDS * min(len(bag), len(other))


def find_copies(choice: Choice, passages: Sequence[Passage]) -> list[tuple[str, Span]]:
    """(source, span) of every sentence among `passages` that says the same word for word, its own first."""
    own = choice.candidate.passage.source
    places = {own: choice.candidate.span}
    wanted = words(choice.candidate.text)
    for passage in passages:
        if passage.source not in places and (span := _find_sentence(wanted, passage)):
            places[passage.source] = span
    return list(places.items())


def _find_sentence(wanted: list[str], passage: Passage) -> Span | None:
    for start, end in split_sentences(passage.text):
        # Twice the letters covers diacritics and marks: most sentences need not be normalised.
        if words(passage.text[start:end]) == wanted:
            return passage.start + start, passage.start + end
    return None
