"""The gate: does the evidence carry an answer, does it only come near, or is there nothing?

A logistic model over seven measures, whose weights move with the size of the index: what is striking
among fifty chunks is nothing among a hundred thousand. Lexical evidence cannot tell for sure, so
between plain answers and refusals lies a zone where passages are shown as the nearest ones. Where that
zone lies, and how sure a score is, can be fitted for one home: `rag.answer.calibration`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rag.answer.calibration import SHIPPED, Abstention
from rag.answer.choose import MAX_SENTENCES, Choice
from rag.answer.constants import GATE
from rag.answer.likeness import SAME_WORD, likeness
from rag.answer.question import read_question
from rag.schema import Evidence
from rag.search.tokens import is_nation
from rag.text.terms import content_words, words

Verdict = Literal["answered", "weak", "refused"]
_DECLINE_RANK = 10
_MOST_ARTICLE, _MOST_LENGTH = 1.2, 3.0
"""99 of 100 questions of the fit stay below: what is pasted or repeated must not outweigh everything."""
_MOST_ODDS = 50.0
"""As sure as a float tells."""


class Judgement(NamedTuple):
    """What the evidence allows, and how sure that is."""

    verdict: Verdict
    confidence: float | None = None
    """Probability of being right, as if half of all questions had an answer; None where there is nothing to say."""


def judge(evidence: Evidence, choices: Sequence[Choice], abstention: Abstention = SHIPPED) -> Judgement:
    """What the evidence allows to say in answer to its query."""
    if not choices:
        return Judgement("refused")
    odds = abstention.log_odds(gate_score(gate_features(evidence, choices), evidence.num_chunks))
    confidence = 1 / (1 + math.exp(-max(-_MOST_ODDS, min(_MOST_ODDS, odds))))
    if odds >= abstention.answer_above:
        return Judgement("answered", confidence)
    return Judgement("weak" if odds >= abstention.refuse_below else "refused", confidence)


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
    - nation: one of these missing words names a country or its people
    - length: the question's words, as a logarithm
    - decline: what is left of the best score ten chunks further down
    - covered: share of the query's known terms in the best sentence, the one before and the headline
    - no_figure: a number or a date is asked for and the best sentence has none
    """
    best = choices[0].candidate
    total = sum(evidence.idf.values()) or 1.0
    content = read_question(evidence.query).content
    missing = _missing(content, choices)
    return {
        "article": min(_MOST_ARTICLE, (best.passage.lexical - best.passage.bm25) / total),
        "missing": len(missing) / max(1, len(content)),
        "nation": float(any(map(is_nation, missing))),
        "length": min(_MOST_LENGTH, math.log(1 + len(content_words(evidence.query)))),
        "decline": decline(evidence.lexical_scores),
        "covered": best.features["covall"],
        "no_figure": best.features["typemiss"],
    }


def decline(scores: Sequence[float]) -> float:
    """The tenth score as a share of the best, or of fewer than thirty scores the one that ends the first third.

    Every index has such a score, down to two chunks; of a single one nothing is left further down.
    """
    rank = min(_DECLINE_RANK, max(2, len(scores) // 3))
    return scores[rank - 1] / scores[0] if len(scores) >= rank and scores[0] > 0 else 0.0


def _missing(content: Sequence[str], choices: Sequence[Choice]) -> list[str]:
    best = choices[0].candidate.passage
    shown = [one.candidate.text for one in choices[:MAX_SENTENCES] if one.candidate.passage.source == best.source]
    seen = set(words("\n".join([best.title, *shown])))
    return [word for word in content if not any(likeness(word, other) >= SAME_WORD for other in seen)]
