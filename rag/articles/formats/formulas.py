"""Formulas of Word files on one line, where no number runs into another; what cannot be said so is left out."""

from __future__ import annotations

import re
from typing import Any

from rag.articles.formats.extracted import SUBSCRIPT, SUPERSCRIPT

FORMULA = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_MATHS = FORMULA.removesuffix("oMath")
_TEXT, _FRACTION = _MATHS + "t", _MATHS + "f"
_PLAIN = frozenset({FORMULA, *(_MATHS + name for name in ("r", "e"))})
_PLACES = {_MATHS + "sSup": ("sup", SUPERSCRIPT), _MATHS + "sSub": ("sub", SUBSCRIPT)}
_SIGNS = str.maketrans("-−+", "⁻⁻⁺")
_RAISED = re.compile(r"[-−+]?\d+")
_TERM = re.compile(r"\w+(?:[.,٫٬]\d+)*")


class _UnsaidError(Exception):
    """A part that has no form on one line."""


def formula_text(formula: Any) -> str:
    """Return what a formula says: "10⁶", "1/2"; a space where it is more than letters, powers and simple fractions.

    Args:
        formula: its lxml element.
    """
    try:
        return _said(formula)
    except _UnsaidError:
        return " "


def _said(element: Any) -> str:
    if element.tag == _TEXT:
        return element.text or ""
    if element.tag == _FRACTION:
        above, below = (_part(element, name, _TERM) for name in ("num", "den"))
        return f" {above}/{below} "
    if element.tag in _PLACES:
        name, digits = _PLACES[element.tag]
        raised = _part(element, name, _RAISED).translate(digits)
        return _inside(element.find(_MATHS + "e")) + (raised.translate(_SIGNS) if name == "sup" else raised)
    if element.tag in _PLAIN:
        return _inside(element)
    if next(element.iter(_TEXT), None) is not None:
        raise _UnsaidError
    return ""


def _inside(element: Any) -> str:
    return "" if element is None else "".join(map(_said, element.iterchildren("*")))


def _part(element: Any, name: str, form: re.Pattern[str]) -> str:
    part = _inside(element.find(_MATHS + name)).strip()
    if not form.fullmatch(part):
        raise _UnsaidError
    return part
