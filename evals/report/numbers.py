"""How figures are shown, in every form of the report: the same digits everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evals.score import Mean

MINUS = "−"
SHARES = frozenset(
    {
        "answered", "weak", "refused", "failed", "false_answers", "false_refusals", "contained", "first_sentence",
        "values_said", "exact", "planted", "quotes_match", "citation_precision", "citation_recall", "numbers_supported",
    }
)  # fmt: skip
"""Measures that are shown in per cent."""
_WHOLE_FROM = 100


def shown(measure: str, value: float) -> str:
    """A measure's value as a reader sees it."""
    if measure in SHARES:
        return f"{value:.1%}"
    if measure.endswith(("_ms", "_mb")):
        return f"{value:,.0f}" if value >= _WHOLE_FROM else f"{value:.1f}"
    digits = 1 if measure == "answer_length" else 3
    return f"{value:.{digits}f}".replace("-", MINUS)


def shown_range(measure: str, mean: Mean) -> str:
    """The interval of a mean."""
    return f"{shown(measure, mean.low)} – {shown(measure, mean.high)}"


def signed(measure: str, value: float) -> str:
    """A difference, with its sign."""
    if measure in SHARES:
        return f"{value * 100:+.1f}".replace("-", MINUS) + " pp"
    digits = 1 if measure == "answer_length" or measure.endswith(("_ms", "_mb")) else 3
    return f"{value:+.{digits}f}".replace("-", MINUS)
