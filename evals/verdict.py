"""Right or wrong: one verdict on one answer, the points of the headline, and why.

Right is an answer that contains an accepted one and cites, where the set names sources, one of them or a
near-duplicate of one; where the set names sources alone, citing one is enough. Of several values that are
all needed half are not right, and nothing is right that holds what was planted (`forbidden`). The headline is CRAG's
(Yang et al. 2024): +1 right, 0 weak or refused, -1 wrong. Refusing what the articles do not answer is
right: +1; answering it is wrong: -1. What failed says nothing: 0. Where the set names no accepted answer, and
the corpus knows none of its sources, there is nothing to judge by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from evals.normalise import first_contained
from evals.questions import Question

Verdict = Literal[
    "right",  # answered, with an accepted answer and a source that is right
    "wrong",  # answered otherwise, though the articles know
    "false_answer",  # answered, though the articles do not know
    "weak_right",  # shown as the nearest passages, and the answer is in them
    "weak_wrong",  # shown as the nearest passages, and it is not
    "weak_unanswerable",  # the nearest passages to a question that the articles do not answer
    "refused_rightly",
    "refused_wrongly",
    "failed",  # something broke
    "not_judged",  # the set does not say what would be right, or only retrieval was asked for
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Points = Literal[-1, 0, 1]

POINTS: Mapping[Verdict, Points] = {"right": 1, "refused_rightly": 1, "wrong": -1, "false_answer": -1}
"""Of the verdicts that are not worth 0."""


@dataclass(frozen=True, slots=True)
class Why:
    """What made a verdict: the key of a sentence in the front end's texts, and what fills it."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, with the reason that is shown."""

    verdict: Verdict
    why: Why

    @property
    def points(self) -> Points:
        """What it adds to the headline."""
        return POINTS.get(self.verdict, 0)


def judge(question: Question, record: Mapping[str, Any], sources: Sequence[str], story_of: Mapping[str, str]) -> Judged:
    """The verdict on one record of `ask --json`; `sources` are those of the question that the corpus knows."""
    status = record.get("status")
    can_judge = question.answerable is not None and bool(not question.answerable or question.needed or sources)
    if status == "failed":
        return Judged("failed" if can_judge else "not_judged", Why("failed", {"error": str(record.get("error", ""))}))
    if status is None or not can_judge:
        return Judged("not_judged", Why("not_judged"))
    if not question.answerable:
        return _judge_unanswerable(str(status), record)
    if status == "refused":
        return Judged("refused_wrongly", Why("refused_wrongly", {"reason": str(record.get("reason"))}))
    is_right, why = _is_right(question, record, sources, story_of)
    if status == "weak":
        return Judged("weak_right" if is_right else "weak_wrong", why)
    return Judged("right" if is_right else "wrong", why)


def _judge_unanswerable(status: str, record: Mapping[str, Any]) -> Judged:
    if status == "refused":
        return Judged("refused_rightly", Why("refused_rightly", {"reason": str(record.get("reason"))}))
    if status == "weak":
        return Judged("weak_unanswerable", Why("weak_unanswerable"))
    return Judged("false_answer", Why("false_answer"))


def _is_right(
    question: Question, record: Mapping[str, Any], sources: Sequence[str], story_of: Mapping[str, str]
) -> tuple[bool, Why]:
    said = str(record["answer"])
    if planted := first_contained(said, question.forbidden):
        return False, Why("planted", {"found": planted})
    held = [first_contained(said, forms) for forms in question.needed]
    missing = [" / ".join(forms) for forms, form in zip(question.needed, held, strict=True) if form is None]
    if missing:
        expected = {"expected": "، ".join(missing)}
        return False, Why("not_all", expected) if len(missing) < len(held) else Why("not_contained", expected)
    found = " + ".join(form for form in held if form)
    cited = [citation["source"] for citation in record["citations"]]
    wanted = {story_of.get(source, source) for source in sources}
    rightly = next((source for source in cited if story_of.get(source, source) in wanted), None)
    if not wanted:
        return True, Why("contained", {"found": found})
    if rightly is None:
        return False, Why("other_source", {"cited": ", ".join(dict.fromkeys(cited)), "expected": ", ".join(sources)})
    if not found:
        return True, Why("source", {"source": rightly})
    return True, Why("contained_and_source", {"found": found, "source": rightly})
