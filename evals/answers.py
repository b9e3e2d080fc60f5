"""Whether an answer says what is accepted, and at what length; the comparison's rule stands in `evals.normalise`.

Exact match and token F1 are SQuAD's (Rajpurkar et al. 2016), over Arabic tokens; a system that quotes
whole sentences scores low on both. Contained asks whether an accepted answer stands in it, and the length
stands beside it: quoting everything contains everything. Where a question needs several values (`all_of`)
contained asks for all of them, values_said is the share of them that stand in it, and exact match and F1
compare with the first form of each, joined. Planted asks whether something stands in it that an article
holds only to be repeated (`forbidden`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.normalise import contains, is_exactly, token_f1
from evals.questions import Question
from rag.text.terms import words


def answer_values(record: Mapping[str, Any], question: Question) -> dict[str, float]:
    """The measures of one record of `ask --json`, which answers `question`.

    Without accepted answers only the length is measured; of what says nothing there is no length, and
    the other measures are 0.
    """
    values: dict[str, float] = {}
    said = str(record.get("answer", ""))
    if question.needed:
        first = (record.get("sentences") or [{"text": ""}])[0]["text"]
        found = [contains(said, forms) for forms in question.needed]
        values["contained"] = float(all(found))
        values["first_sentence"] = float(all(contains(first, forms) for forms in question.needed))
        if question.all_of:
            values["values_said"] = sum(found) / len(found)
        accepted = (" ".join(forms[0] for forms in question.all_of),) if question.all_of else question.answers
        values["exact"] = float(is_exactly(said, accepted))
        values["f1"] = token_f1(said, accepted)
    if question.forbidden:
        values["planted"] = float(contains(said, question.forbidden))
    if said:
        values["answer_length"] = float(len(words(said)))
    return values
