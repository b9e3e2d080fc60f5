"""The JSON other programs rely on, printed; what stands in the records is said by `rag.contract`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from rag.contract import (
    answer_record,
    failed_record,
    failed_search_record,
    passage_records,
    search_record,
    to_json,
)

__all__ = [
    "answer_record",
    "failed_record",
    "failed_search_record",
    "passage_records",
    "search_record",
    "to_json",
    "write_json",
]


def write_json(record: Mapping[str, Any]) -> None:
    """Print `record` as one line of JSON on standard output, at once: a reader may be waiting for it."""
    sys.stdout.write(to_json(record) + "\n")
    sys.stdout.flush()
