"""Scores as JSON: what `isnad eval --json` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from evals.score import Row, Scores


def scores_record(scores: Scores, folder: Path) -> dict[str, Any]:
    """Everything but the answers, which stand in the run folder's answers.jsonl."""
    return {
        "folder": str(folder),
        "run": dict(scores.run),
        "counts": dict(scores.counts),
        "overall": {name: asdict(mean) for name, mean in scores.overall.items()},
        "by": {
            name: {value: {measure: asdict(mean) for measure, mean in means.items()} for value, means in groups.items()}
            for name, groups in scores.by.items()
        },
        "risk_coverage": [list(point) for point in scores.risk_coverage],
        "timings": dict(scores.timings),
        "problems": [dict(problem) for problem in scores.problems],
        "questions": [_question(row) for row in scores.rows],
    }


def _question(row: Row) -> dict[str, Any]:
    return {
        "id": row.question_id,
        "kind": row.kind,
        "lang": row.lang,
        "length": row.length,
        "status": row.status,
        "verdict": row.verdict,
        "points": row.points,
        "why": row.why.key,
        "confidence": row.confidence,
        "values": dict(row.values),
    }
