"""The records other programs rely on: the fields of `docs/contract.md`, one per line, always valid Unicode.

Front ends print them, and the folder of an evaluation run keeps them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rag.schema import Answer, Passage

_SURROGATE = re.compile("[\ud800-\udfff]")
# Valid in JSON as they are, but they break lines (NEL, LS, PS) or steer a terminal (C1): escaped, the value stays.
_UNRULY = re.compile("[\x7f-\x9f\u2028\u2029]")


def answer_record(answer: Answer, *, question_id: str | None = None) -> dict[str, Any]:
    """What `ask --json` prints for one question."""
    return _with_id(question_id) | {
        "question": answer.question,
        "searched": answer.searched,
        "status": answer.status,
        "reason": answer.reason,
        "mode": answer.mode,
        "answer": answer.text,
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "citations": [asdict(citation) for citation in answer.citations],
        "passages": passage_records(answer.passages),
        "nearest": [asdict(nearest) for nearest in answer.nearest],
        "disagreements": [asdict(disagreement) for disagreement in answer.disagreements],
        "timings_ms": {stage: float(spent) for stage, spent in answer.timings_ms.items()},
    }


def failed_record(question: str, error: str, *, question_id: str | None = None) -> dict[str, Any]:
    """What `ask --json` prints where something broke."""
    return _with_id(question_id) | {
        "question": question,
        "searched": question,
        "status": "failed",
        "reason": "error",
        "mode": "quoted",
        "answer": "",
        "sentences": [],
        "citations": [],
        "passages": [],
        "nearest": [],
        "disagreements": [],
        "error": error,
        "timings_ms": {},
    }


def search_record(passages: Sequence[Passage], *, question_id: str | None = None) -> dict[str, Any]:
    """What `search --json` prints for one question."""
    return _with_id(question_id) | {"passages": passage_records(passages)}


def failed_search_record(error: str, *, question_id: str | None = None) -> dict[str, Any]:
    """What `search --json` prints where something broke."""
    return search_record((), question_id=question_id) | {"error": error}


def passage_records(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    """The passages as `ask` and `search` both print them."""
    return [
        {
            "source": passage.source,
            "chunk_id": passage.chunk_id,
            "rank": int(passage.rank),
            "score": float(passage.score),
            "title": passage.title,
            "text": passage.text,
        }
        for passage in passages
    ]


def to_json(record: Mapping[str, Any]) -> str:
    """`record` on one line. A lone surrogate becomes U+FFFD: one character for one, so offsets hold."""
    text = json.dumps(record, ensure_ascii=False, default=str)
    text = _SURROGATE.sub("\ufffd", text)
    return _UNRULY.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _with_id(question_id: str | None) -> dict[str, Any]:
    return {} if question_id is None else {"id": question_id}
