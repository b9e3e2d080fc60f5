"""Scored questions made by hand, for what is made of scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from evals.means import Group, summarise
from evals.score import Row, Scores
from evals.verdict import Why

CONFIG: dict[str, Any] = {
    "set": {"name": "set.jsonl", "path": "set.jsonl", "digest": "0123456789abcdef", "num_questions": 2},
    "index": {"num_articles": 2, "num_chunks": 3},
    "settings": {"embed_model": None, "llm_model": None},
    "machine": {"python": "3.11.0", "system": "Linux", "cores": 2},
    "corpus": None,
    "brought_articles": 0,
    "home": "home",
    "version": "0.1.0",
    "started": "2026-01-02T03:04:05+00:00",
    "problems": [],
}
RIGHT = Row(
    question_id="q1",
    kind="fact",
    lang="ar",
    length="short",
    question="كم طول الجسر؟",
    history=(),
    expected=("340 مترا",),
    sources=("bridge.txt",),
    answerable=True,
    status="answered",
    reason=None,
    answer="ويبلغ طول الجسر 340 مترا.",
    record={
        "status": "answered",
        "mode": "quoted",
        "answer": "ويبلغ طول الجسر 340 مترا.",
        "sentences": [{"text": "ويبلغ طول الجسر 340 مترا.", "rank": 1, "citations": [1]}],
        "citations": [
            {
                "number": 1,
                "source": "bridge.txt",
                "title": "افتتاح الجسر",
                "outlet": "وكالة الوادي",
                "date": "2024-05-12",
                "quote": "ويبلغ طول الجسر 340 مترا.",
                "start": 20,
                "end": 45,
            }
        ],
        "disagreements": [],
    },
    confidence=0.9,
    ranking=(("bridge.txt", 1.0), ("harvest.txt", 0.4)),
    ms=12.5,
    verdict="right",
    points=1,
    why=Why("contained_and_source", {"found": "340 مترا", "source": "bridge.txt"}),
    values={"headline": 1.0, "answered": 1.0, "contained": 1.0, "f1": 0.5, "ndcg10": 1.0, "false_refusals": 0.0},
)
TEXT = "افتتاح الجسر\n\nبدأ.. ويبلغ طول الجسر 340 مترا. وانتهى العمل."
WRONG = replace(
    RIGHT,
    question_id="q2",
    question="متى انتهى العمل؟",
    verdict="wrong",
    points=-1,
    confidence=0.5,
    why=Why("not_contained", {"expected": "الاثنين"}),
    values={"headline": -1.0, "answered": 1.0, "contained": 0.0, "f1": 0.1, "ndcg10": 0.5, "false_refusals": 0.0},
)
REFUSED = replace(
    RIGHT,
    question_id="q3",
    kind="unanswerable",
    question="ما عاصمة اليابان؟",
    expected=(),
    sources=(),
    answerable=False,
    status="refused",
    reason="no_evidence",
    answer="",
    record={"status": "refused", "reason": "no_evidence", "answer": "", "sentences": [], "citations": []},
    confidence=0.1,
    verdict="refused_rightly",
    points=1,
    why=Why("refused_rightly", {"reason": "no_evidence"}),
    values={"headline": 1.0, "answered": 0.0, "refused": 1.0, "false_answers": 0.0},
)


def scores_of(rows: Iterable[Row], **config: Any) -> Scores:
    """The scores of rows."""
    rows = tuple(rows)

    def group(some: Iterable[Row]) -> Group:
        return Group([(row.values, row.confidence, row.status, row.verdict) for row in some])

    overall = summarise(group(rows))
    by = {
        name: {
            value: summarise(group(row for row in rows if getattr(row, name) == value)).means
            for value in sorted({getattr(row, name) for row in rows})
        }
        for name in ("kind", "lang", "length")
    }
    timings = {"p50_ms": 12.5, "p95_ms": 40.0, "cold_ms": 1500.0, "memory_mb": 170.0}
    return Scores(CONFIG | config, rows, overall.means, by, overall.curve, timings, {"questions": len(rows)}, ())
