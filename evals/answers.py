"""Whether an answer says what is accepted, and at what length; the comparison's rule stands in `evals.normalise`.

Exact match and token F1 are SQuAD's (Rajpurkar et al. 2016), over Arabic tokens; a system that quotes
whole sentences scores low on both. Contained asks whether an accepted answer stands in it, and the length
stands beside it: quoting everything contains everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.normalise import contains, is_exactly, token_f1
from rag.text.terms import words


def answer_values(record: Mapping[str, Any], accepted: Sequence[str]) -> dict[str, float]:
    """The measures of one record of `ask --json`.

    Without accepted answers only the length is measured; of what says nothing there is no length, and
    the other measures are 0.
    """
    values: dict[str, float] = {}
    said = str(record.get("answer", ""))
    if accepted:
        sentences = record.get("sentences") or [{"text": ""}]
        values["contained"] = float(contains(said, accepted))
        values["first_sentence"] = float(contains(sentences[0]["text"], accepted))
        values["exact"] = float(is_exactly(said, accepted))
        values["f1"] = token_f1(said, accepted)
    if said:
        values["answer_length"] = float(len(words(said)))
    return values
