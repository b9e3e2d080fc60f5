"""A run folder to Scores: one Row per question, means with their intervals, by kind, language and length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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
    "not_judged",  # the set does not say what would be right
]
Points = Literal[-1, 0, 1]
Length = Literal["short", "medium", "long"]


@dataclass(frozen=True, slots=True)
class Why:
    """What made a verdict: the key of a sentence in the front end's texts, and what fills it."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One question and everything that is measured of its answer."""

    question_id: str
    kind: str
    lang: str
    length: Length
    question: str
    history: tuple[str, ...]
    expected: tuple[str, ...]
    """Accepted answers; empty where refusing is right, or where the set names none."""
    sources: tuple[str, ...]
    """Where the answer stands, as far as the corpus knows these sources."""
    answerable: bool | None
    """None: the set does not say."""
    status: str
    """As in the record: answered, weak, refused or failed."""
    reason: str | None
    answer: str
    record: Mapping[str, Any]
    """What `ask --json` prints for it."""
    confidence: float | None
    ranking: tuple[tuple[str, float], ...]
    """Sources as retrieval ranked them, each with the score of its best passage."""
    verdict: Verdict
    points: Points
    why: Why
    values: Mapping[str, float]
    """Every measure by its name; one that is not defined for this question is absent."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over questions with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    num: int
    """Questions that it is defined for."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a run comes to."""

    run: Mapping[str, Any]
    """The run's config.json."""
    rows: tuple[Row, ...]
    overall: Mapping[str, Mean]
    """By the measures' names, in the order of `MEASURES`."""
    by: Mapping[str, Mapping[str, Mapping[str, Mean]]]
    """"kind", "lang" or "length" -> its values -> measure -> Mean."""
    risk_coverage: tuple[tuple[float, float], ...]
    """Coverage and risk, surest first."""
    timings: Mapping[str, float]
    """p50_ms, p95_ms, cold_ms and memory_mb, as far as they were measured."""
    counts: Mapping[str, int]
    """Questions, and how many of each status and verdict."""
    problems: tuple[Mapping[str, str], ...]
    """What was wrong with the set: `what`, `where`, `detail`."""


MEASURES: tuple[str, ...] = (
    "headline", "answered", "weak", "refused", "failed", "false_answers", "false_refusals",
    "contained", "first_sentence", "exact", "f1", "answer_length",
    "quotes_match", "citation_precision", "citation_recall", "numbers_supported",
    "ndcg10", "r1", "r5", "r10", "rr10",
    "ndcg10_story", "r1_story", "r5_story", "r10_story", "rr10_story",
    "aurc",
)  # fmt: skip
"""Every measure of a Row or of a set of Rows, in the order in which they are shown."""

COSTS: tuple[str, ...] = ("p50_ms", "p95_ms", "cold_ms", "memory_mb")
"""What is measured of a whole run; less is better."""


def figures(scores: Scores) -> dict[str, float]:
    """Every figure of a run by its name: what gates and comparisons ask for."""
    return {name: mean.value for name, mean in scores.overall.items()} | dict(scores.timings)
