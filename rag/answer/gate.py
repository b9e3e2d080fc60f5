"""The gate: does the evidence carry an answer, does it only come near, or is there nothing?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from rag.answer.choose import Choice
from rag.answer.constants import ANSWER_ABOVE, GATE, REFUSE_BELOW
from rag.schema import Evidence
from rag.text.terms import content_words

Verdict = Literal["answered", "weak", "refused"]
_CONTRAST_RANK = 50


def judge(question: str, evidence: Evidence, choices: Sequence[Choice]) -> Verdict:
    """What the evidence allows to say."""
    if not choices:
        return "refused"
    score = GATE["bias"] + sum(
        GATE[name] * value for name, value in gate_features(question, evidence, choices[0]).items()
    )
    if score >= ANSWER_ABOVE:
        return "answered"
    return "weak" if score >= REFUSE_BELOW else "refused"


def gate_features(question: str, evidence: Evidence, best: Choice) -> dict[str, float]:
    """What the gate weighs."""
    total = sum(evidence.idf.values()) or 1.0
    scores = evidence.lexical_scores
    contrast = scores[_CONTRAST_RANK - 1] / scores[0] if len(scores) >= _CONTRAST_RANK else 0.0
    return {
        "best_bm25": best.candidate.passage.bm25 / total,
        "log_words": math.log(1 + len(content_words(question))),
        "decline": contrast,
        "covtitle": best.candidate.features["covtitle"],
    }
