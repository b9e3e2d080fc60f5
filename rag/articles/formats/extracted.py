"""What comes out of a file that is not plain text, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from rag.articles.raw import SkipReason

MAX_TEXT = 8 * 2**20
"""Characters of text in one file; as much as a page of plain text may have bytes."""

MAX_CELL = 300
"""Characters; a cell of a table that says more holds a page and no value, and its row is no line."""

_DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
SUPERSCRIPT = str.maketrans(_DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹" * 3)
"""A raised digit behind a number is none of its digits, whatever its script."""
SUBSCRIPT = str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉" * 3)
"""Nor is a lowered one."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of one file, a paragraph a line, and what the file says about itself; `date` is ISO."""

    text: str
    title: str | None = None
    outlet: str | None = None
    date: str | None = None
    url: str | None = None
    author: str | None = None


class RefusedError(Exception):
    """A file without a text that can be quoted; `reason` as in Skipped."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(detail)
        self.reason: SkipReason = reason
        self.detail = detail


def paragraphs(lines: list[str]) -> str:
    """Return the lines that are not blank, white space put in order, one below the other.

    Raises:
        RefusedError: together they are too much.
    """
    text = "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
    if len(text) > MAX_TEXT:
        raise RefusedError("too_large", f"{len(text)} characters of text; at most {MAX_TEXT}")
    return text
