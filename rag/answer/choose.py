"""Choosing: the sentences that answer best, each once, with every file that says it.

A listwise linear model ranks the candidates (`constants.CHOICE`); a sentence that several files
carry letter for letter is one Choice with several places.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answer.constants import CHOICE
from rag.answer.features import Candidate
from rag.schema import Passage, Span
from rag.text.sentences import split_sentences, verbatim
from rag.text.terms import words

MAX_SENTENCES = 3
_MIN_OF_BEST = 0.02
"""A sentence so much less likely than the best brings the answer in 1 of 100 cases (ARCD train)."""
_SAME_WORDS = 0.8
"""A sentence that shares this much of its words with a better one says nothing new: with other figures it is
mostly about something else (headline 0.327 instead of 0.372 on the planted regression set where both are said)."""


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


def worth_saying(choices: Sequence[Choice]) -> list[Choice]:
    """The one to three sentences of an answer."""
    return [choice for choice in choices[:MAX_SENTENCES] if choice.share >= _MIN_OF_BEST * choices[0].share]


Copies = Mapping[str, Mapping[str, Span]]


def find_copies(passages: Sequence[Passage]) -> Copies:
    """Where each sentence of the passages stands, by its letters but for white space: one span for each source."""
    copies: dict[str, dict[str, Span]] = {}
    for passage in passages:
        for start, end in split_sentences(passage.text):
            said = verbatim(passage.text[start:end])
            copies.setdefault(said, {}).setdefault(passage.source, (passage.start + start, passage.start + end))
    return copies


def places_of(candidate: Candidate, copies: Copies) -> list[tuple[str, Span]]:
    """(source, span) of every sentence that says the same letter for letter, its own first."""
    others = copies.get(verbatim(candidate.text), {})
    return list(
        (
            {candidate.passage.source: candidate.span}
            | {source: span for source, span in others.items() if source != candidate.passage.source}
        ).items()
    )
