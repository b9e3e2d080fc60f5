"""The tables of hand-made cases beside this file, as pytest parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).with_name("cases")
Row = dict[str, Any]


def rows(name: str, out_of_reach: Mapping[str, str] | None = None) -> list[Any]:
    """One parameter per row of `cases/<name>.jsonl`; the rows in `out_of_reach` must fail, for the reason given."""
    reasons = dict(out_of_reach or {})
    parameters = []
    for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row: Row = json.loads(line)
        reason = reasons.pop(row["id"], None)
        marks = [] if reason is None else [pytest.mark.xfail(strict=True, reason=reason)]
        parameters.append(pytest.param(row, id=row["id"], marks=marks))
    if reasons:
        raise ValueError(f"no rows of {name}.jsonl: {sorted(reasons)}")
    return parameters
