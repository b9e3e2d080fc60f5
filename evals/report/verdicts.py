"""The order in which verdicts are shown, and what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from evals.score import Row, Verdict

GOOD: frozenset[Verdict] = frozenset({"right", "weak_right", "refused_rightly"})
SAID = frozenset({"answered", "weak"})
ORDER: tuple[Verdict, ...] = (
    "right", "refused_rightly", "weak_right", "weak_unanswerable", "weak_wrong", "refused_wrongly",
    "false_answer", "wrong", "failed", "not_judged",
)  # fmt: skip
"""From good to bad: the order of a bar's parts and of the questions."""


def counted(rows: Iterable[Row]) -> dict[str, int]:
    """How many of each verdict there are, in their order; those that do not occur are absent."""
    found = Counter(row.verdict for row in rows)
    return {verdict: found[verdict] for verdict in ORDER if found[verdict]}
