"""The gate: does the evidence carry an answer, does it only come near, or is there nothing?

A logistic model over six measures, whose weights move with the size of the index: what is striking
among fifty chunks is nothing among a hundred thousand. Lexical evidence cannot tell for sure, so
between plain answers and refusals lies a zone where passages are shown as the nearest ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from rag.answer.choose import MAX_SENTENCES, Choice
from rag.answer.constants import ANSWER_ABOVE, GATE, REFUSE_BELOW
from rag.answer.likeness import SAME_WORD, likeness
from rag.answer.question import read_question
from rag.schema import Evidence
from rag.text.terms import content_words, words

Verdict = Literal["answered", "weak", "refused"]
_CONTRAST_RANK = 50


def judge(evidence: Evidence, choices: Sequence[Choice]) -> Verdict:
    """What the evidence allows to say in answer to its query."""
    if not choices:
        return "refused"
    score = gate_score(gate_features(evidence, choices), evidence.num_chunks)
    if score >= ANSWER_ABOVE:
        return "answered"
    return "weak" if score >= REFUSE_BELOW else "refused"


def gate_score(features: dict[str, float], num_chunks: int) -> float:
    """Log-odds that the answer is right, as if half of all questions had one."""
    size = scaled_size(num_chunks)
    return sum(
        (weight + by_size * size) * value
        for (weight, by_size), value in ((GATE[name], value) for name, value in ({"bias": 1.0} | features).items())
    )


def scaled_size(num_chunks: int) -> float:
    """The logarithm of the index's size, about -1.5 for a handful of pages and 1.5 for 100,000 chunks."""
    return (math.log(max(num_chunks, 1)) - 7) / 3


def gate_features(evidence: Evidence, choices: Sequence[Choice]) -> dict[str, float]:
    """What the gate weighs.

    - article: the whole article's score, as a share of the highest that the query could reach
    - missing: share of the question's words that neither the best article's headline nor its chosen
      sentences have in any form
    - length: the question's words, as a logarithm
    - decline: how little the scores fall from the first chunk to the fiftieth, or to the middle one
      where fewer than a hundred chunks share a term with the question
    - covered: share of the query's known terms in the best sentence, the one before and the headline
    - no_figure: a number or a date is asked for and the best sentence has none
    """
    best = choices[0].candidate
    total = sum(evidence.idf.values()) or 1.0
    asked = read_question(evidence.query)
    shown = [choice.candidate.text for choice in choices[:MAX_SENTENCES] if _is_beside(choice, choices[0])]
    seen = set(words("\n".join([best.passage.title, *shown])))
    missing = [word for word in asked.content if not any(likeness(word, other) >= SAME_WORD for other in seen)]
    return {
        "article": (best.passage.lexical - best.passage.bm25) / total,
        "missing": len(missing) / max(1, len(asked.content)),
        "length": math.log(1 + len(content_words(evidence.query))),
        "decline": decline(evidence.lexical_scores),
        "covered": best.features["covall"],
        "no_figure": best.features["typemiss"],
    }


def decline(scores: Sequence[float]) -> float:
    """The fiftieth score, or the middle one of fewer than a hundred, as a share of the best; 0 where there is none."""
    rank = min(_CONTRAST_RANK, max(2, len(scores) // 2))
    return scores[rank - 1] / scores[0] if len(scores) >= rank and scores[0] > 0 else 0.0


def _is_beside(choice: Choice, best: Choice) -> bool:
    return choice.candidate.passage.source == best.candidate.passage.source
