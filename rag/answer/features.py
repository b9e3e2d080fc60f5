"""Candidate sentences of the best passages, and what speaks for each.

Every measure of coverage is a share of the query's weight in idf: how much of what was asked for
stands in a sentence, in its neighbourhood, in its headline.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.likeness import SAME_WORD, likeness
from rag.answer.question import Asked, cue_positions, read_question
from rag.articles.header import is_byline
from rag.schema import Evidence, Passage, Span
from rag.text.sentences import split_sentences
from rag.text.stem import stem
from rag.text.terms import STOP_WORDS, content_words, terms, words

NUM_PASSAGES = 5
"""Distinct passages whose sentences are candidates: eight choose no better (measured) and cost more."""
_MIN_SCORE = 1e-3
_QUESTION_ENDS = ("؟", "?")
_CLOSING = "»”\"')] "
_UNIT_REACH = 3
_CACHED_TEXTS = 1 << 12
_MIN_WORDS = 3
"""Fewer are a heading or a label ("إقرأ أيضاً:"), not a sentence."""
_LIST_WORDS = 12
"""So many words without a single mark and hardly a particle are a list of tags, not a sentence."""
_MAX_LIST_PARTICLES = 0.1
_MARK = re.compile(r"[.،؛,!؟?…\"«“]|:(?=.*:)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One sentence of a passage: `passage.text[start:end]`."""

    passage: Passage
    start: int
    end: int
    features: Mapping[str, float]

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.text[self.start : self.end]

    @property
    def span(self) -> Span:
        """Where it stands in its article."""
        return self.passage.start + self.start, self.passage.start + self.end


class Coverage:
    """How much of a query's idf weight a set of terms covers, 0 to 1."""

    def __init__(self, idf: Mapping[str, float]) -> None:
        self._idf = idf
        self._total = sum(idf.values()) or 1.0

    def __call__(self, found: frozenset[str]) -> float:
        """The share that `found` covers."""
        return sum(weight for term, weight in self._idf.items() if term in found) / self._total


def find_candidates(question: str, evidence: Evidence) -> list[Candidate]:
    """Every sentence of the best distinct passages, with its features, in ranked order."""
    asked = read_question(question)
    everything = Coverage(evidence.idf)
    known = Coverage({term: weight for term, weight in evidence.idf.items() if term in evidence.known_terms})
    stems = frozenset(stem(word) for word in content_words(question))
    top = max((passage.score for passage in evidence.passages), default=0.0) or 1.0
    found: list[Candidate] = []
    for passage in distinct_passages(evidence.passages, NUM_PASSAGES):
        headline = _term_set(passage.title)
        shared = {
            "pscore": (score := passage.score / top),
            "logpscore": math.log(max(score, _MIN_SCORE)),
            "passcov": everything(_term_set(passage.text) | headline),
        }
        previous: frozenset[str] = frozenset()
        for start, end in split_sentences(passage.text):
            text = passage.text[start:end]
            spoken = words(text)
            if not _is_sentence(text, spoken):
                continue
            own = _term_set(text)
            features = shared | {
                "covtitle": everything(own | headline) * score,
                "cov": everything(own),
                "covall": known(own | previous | headline),
                "ctxprev": everything(own | previous),
                "prevcov": everything(previous),
                "isquestion": float(text.rstrip(_CLOSING).endswith(_QUESTION_ENDS)),
            }
            found.append(Candidate(passage, start, end, features | _cues(asked, spoken, stems)))
            previous = own
    return found


def _is_sentence(text: str, spoken: list[str]) -> bool:
    if is_byline(text):
        return False
    if len(spoken) < _LIST_WORDS or _MARK.search(text):
        return len(spoken) >= _MIN_WORDS
    return sum(word in STOP_WORDS for word in spoken) > _MAX_LIST_PARTICLES * len(spoken)


def distinct_passages(passages: tuple[Passage, ...], top_k: int) -> Iterator[Passage]:
    """The first `top_k` passages that say different things: agencies' texts stand in many files."""
    seen: set[tuple[str, ...]] = set()
    for passage in passages:
        key = tuple(words(passage.text))
        if key not in seen:
            seen.add(key)
            yield passage
        if len(seen) == top_k:
            return


def _cues(asked: Asked, spoken: list[str], stems: frozenset[str]) -> dict[str, float]:
    """Whether something of the kind that is asked for stands in the sentence, and how near to what was asked."""
    positions = [at for at in cue_positions(asked.kind, spoken) if stem(spoken[at]) not in stems]
    counted = asked.kind in ("number", "date")
    matched = [at for at, word in enumerate(spoken) if stem(word) in stems] if counted else []
    return {
        "type": float(bool(positions)),
        "typemiss": float(counted and not positions),
        "near": max((1 / (1 + abs(at - other)) for at in positions for other in matched), default=0.0),
        "unit": _beside_unit(asked.unit, positions, spoken),
        "first": max((likeness(asked.first, word) for word in spoken), default=0.0) if asked.first else 0.0,
    }


def _beside_unit(unit: str | None, positions: list[int], spoken: list[str]) -> float:
    """How close a number stands to the word that is counted: 1 beside it, 0 beyond three words."""
    if unit is None:
        return 0.0
    places = [at for at, word in enumerate(spoken) if likeness(unit, word) >= SAME_WORD]
    distances = [abs(at - place) for at in positions for place in places if at != place]
    return max((1 / distance for distance in distances if distance <= _UNIT_REACH), default=0.0)


@lru_cache(maxsize=_CACHED_TEXTS)
def _term_set(text: str) -> frozenset[str]:
    return frozenset(terms(text))
