"""The figures of the tests that try a thing many times: one line of each kind, printed at the end of the run."""

from __future__ import annotations

from collections import Counter

LINES: list[str] = []


def tell(what: str, outcomes: list[str]) -> None:
    """Keep the figures of one kind for the summary that `tests/conftest.py` prints."""
    counts = ", ".join(f"{num} {outcome}" for outcome, num in sorted(Counter(outcomes).items()))
    LINES.append(f"{what}: {len(outcomes)} times: {counts}")
