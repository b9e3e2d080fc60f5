"""Scores as JSON: what `isnad eval --json` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from evals.compare import Compared, Comparison
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


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """What `isnad eval --compare --json` prints."""
    return {
        "before": dict(comparison.before),
        "after": dict(comparison.after),
        "num_pairs": comparison.num_pairs,
        "num_left_out": comparison.num_left_out,
        "differs": list(comparison.differs),
        "measures": {name: _compared(one) for name, one in comparison.measures.items()},
        "costs": {name: {"before": one, "after": other} for name, (one, other) in comparison.costs.items()},
        "changed": [
            {
                "id": one.after.question_id,
                "kind": one.after.kind,
                "question": one.after.question,
                "what": list(one.what),
                "gain": one.gain,
                "before": _question(one.before) | {"answer": one.before.answer},
                "after": _question(one.after) | {"answer": one.after.answer},
            }
            for one in comparison.changed
        ],
    }


def _compared(one: Compared) -> dict[str, Any]:
    value, low, high, p, num = one.difference
    told = {"before": one.before, "after": one.after, "difference": value, "low": low, "high": high, "num": num}
    return told | {"p": p, "p_holm": one.p_holm, "change": one.change}


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
