"""What the looks of a Word file do to its text: what is hidden or struck out goes, what is raised runs into no number.

A run looks as it says itself, or else as its own style or the one of its paragraph says.
"""

from __future__ import annotations

from typing import Any

from rag.articles.formats.extracted import SUBSCRIPT, SUPERSCRIPT

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RUN, _PARAGRAPH, _TEXT, _VALUE = _WORD + "r", _WORD + "p", _WORD + "t", _WORD + "val"
_OFF = frozenset({"0", "false", "off"})
_UNSAID = frozenset({"vanish", "strike", "dstrike"})
_PLACES = frozenset({"vertAlign", "position"})
_RAISED_BY = 4
"""Half points. What turns a PDF into a Word file sets whole paragraphs one or two up or down."""
_MOST_ANCESTORS = 20

Look = dict[str, str]


def settle_looks(body: Any, styles: Any) -> None:
    """Change a document so that its text alone says what it shows.

    Args:
        body: its lxml element.
        styles: that of its styles; None where it has none.
    """
    named_styles = () if styles is None else styles.iterfind(f"{_WORD}style[@{_WORD}styleId]")
    known = {style.get(_WORD + "styleId"): style for style in named_styles}
    looks = {name: _inherited(style, known) for name, style in known.items()}
    names = {paragraph: _style(paragraph, "pPr", "pStyle") for paragraph in body.iter(_PARAGRAPH)}
    for run in list(body.iter(_RUN)):
        paragraph = next(run.iterancestors(_PARAGRAPH), None)
        named = [looks.get(_style(run, "rPr", "rStyle"), {}), looks.get(names.get(paragraph), {})]
        own = _said(run)
        if any(_is_on(name, own, named) for name in _UNSAID):
            run.getparent().remove(run)
        elif digits := _digits(named[1] | named[0] | own):
            for text in run.findall(_TEXT):
                text.text = (text.text or "").translate(digits)


def _style(element: Any, look: str, name: str) -> str | None:
    style = element.find(f"{_WORD}{look}/{_WORD}{name}")
    return None if style is None else style.get(_VALUE)


def _inherited(style: Any, known: dict[str, Any]) -> Look:
    """What a style says, and what those above it say of the rest."""
    look: Look = {}
    for _ in range(_MOST_ANCESTORS):
        look = _said(style) | look
        base = style.find(_WORD + "basedOn")
        style = None if base is None else known.get(base.get(_VALUE))
        if style is None:
            break
    return look


def _said(element: Any) -> Look:
    """What a run or a style says of its own look."""
    look = element.find(_WORD + "rPr")
    said = {
        one.tag.removeprefix(_WORD): one.get(_VALUE, "1") for one in (() if look is None else look.iterchildren("*"))
    }
    return {name: value for name, value in said.items() if name in _UNSAID | _PLACES}


def _is_on(name: str, own: Look, named: list[Look]) -> bool:
    if name in own:
        return own[name] not in _OFF
    return sum(look.get(name, "0") not in _OFF for look in named) == 1  # Word shows what both of them hide


def _digits(look: Look) -> dict[int, int] | None:
    """How digits show that are raised or lowered so."""
    place = look.get("vertAlign")
    height = look.get("position", "0")
    by = int(height) if height.removeprefix("-").isdecimal() else 0
    if place == "superscript" or by >= _RAISED_BY:
        return SUPERSCRIPT
    return SUBSCRIPT if place == "subscript" or by <= -_RAISED_BY else None
