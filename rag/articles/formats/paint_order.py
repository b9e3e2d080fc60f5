"""What pypdf has no setting for: Arabic left in the order of painting, and gaps told from spaces.

pypdf turns Arabic run by run, which breaks every line that has a number in it, and takes a gap for a space
where it knows the width of a letter badly. Two of its names are replaced here, in the one process that reads
files; tests hold what comes out, and the pins hold pypdf.
"""

from __future__ import annotations

import re
from functools import cache, wraps
from typing import Any

GAP = "\u2009"
"""Stands where pypdf found a gap narrower than a letter is wide: a space, if the file paints none."""

JUMP = "\u2028"
"""Stands where the pen went back on its line: what follows is read after what is painted, wherever it stands."""

_RTL = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_NARROW, _WIDE = 0.1, 1.0
"""Times the size of the font."""


class Spoken:
    """Puts in what a file says is to be read in place of a glyph: a ligature that no letter stands for."""

    def __init__(self) -> None:
        self._spans: list[str | None] = []

    def visit(self, operator: bytes, operands: list[Any], _cm: object, _tm: object) -> None:
        """Look at an operation before pypdf does."""
        if operator in {b"BDC", b"BMC"}:
            said = operands[1].get("/ActualText") if len(operands) > 1 and isinstance(operands[1], dict) else None
            text = str(said or "")
            self._spans.append(text if len(text) > 1 else None)
        elif operator == b"EMC" and self._spans:
            self._spans.pop()
        elif operator in {b"Tj", b"TJ"} and self._spans and (said := self._spans[-1]) is not None:
            # once for all that the span paints
            text = _turned(said)
            if operator == b"Tj":
                operands[0] = text
            else:
                operands[0][:] = [text]
            self._spans[-1] = ""


@cache
def keep_paint_order() -> None:
    """Stop pypdf from turning Arabic, and let it mark the gaps that it takes for spaces.

    Raises:
        ImportError: this pypdf has other insides.
    """
    from pypdf._text_extraction import _text_extractor, crlf_space_check, mult

    if not hasattr(_text_extractor, "crlf_space_check") or not hasattr(_text_extractor, "get_display_str"):
        raise ImportError("this pypdf turns Arabic in a way that is not known here")
    pen = _Pen()

    def as_painted(text: str, cm: Any, tm: Any, *rest: Any) -> tuple[str, bool, str]:
        """In place of pypdf's own: the letters after one another, the two of a ligature as they would be painted."""
        _, font, codes, size, *_ = rest
        letters = (font.character_map.get(code, code) for code in codes)
        jump = JUMP if pen.goes_back(mult(tm, cm), size) else ""
        return text + jump + "".join(map(_turned, letters)), False, ""

    vars(_text_extractor)["get_display_str"] = as_painted

    @wraps(crlf_space_check)
    def marking(text: str, before: Any, now: Any, *rest: Any) -> Any:
        found, *others = crlf_space_check(text, before, now, *rest)
        gap = pen.move(mult(before[1], before[0]), mult(now[1], now[0]), width=rest[6])
        if found == text + " ":
            letters = gap / rest[4] if rest[4] else 0.0
            found = text + (" " if letters >= _WIDE else GAP if letters >= _NARROW else "")
        return (found, *others)

    vars(_text_extractor)["crlf_space_check"] = marking


def _turned(letters: str) -> str:
    return letters[::-1] if len(letters) > 1 and _RTL.search(letters) else letters


class _Pen:
    """How far the pen is from where it last painted: pypdf measures from where it last moved to."""

    def __init__(self) -> None:
        self._painted = self._width = self._line = 0.0
        self._has_painted = False

    def move(self, before: list[float], now: list[float], *, width: float) -> float:
        """Return the white between the text painted last and the place moved to, as wide as the font counts.

        pypdf asks after each text too, when nothing has moved: `width` is what was painted since.
        """
        if before == now:
            self._painted, self._line, self._has_painted = now[4], now[5], True
            return 0.0
        if self._has_painted:
            self._width, self._has_painted = width, False
        scale = (now[0] ** 2 + now[1] ** 2) ** 0.5 or 1.0
        return (now[4] - self._painted) / scale - self._width

    def goes_back(self, now: list[float], size: float) -> bool:
        """Whether what is painted now begins before what was painted last on the same line."""
        step = size * (now[0] ** 2 + now[1] ** 2) ** 0.5
        return bool(abs(now[5] - self._line) < step / 2 and now[4] < self._painted - step)
