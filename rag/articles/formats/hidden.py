"""What a Word file holds and does not show: runs that are hidden themselves, or by the style they are in."""

from __future__ import annotations

from typing import Any

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RUN, _PARAGRAPH, _VALUE = _WORD + "r", _WORD + "p", _WORD + "val"
_OFF = frozenset({"0", "false", "off"})
_MOST_ANCESTORS = 20


def drop_hidden(body: Any, styles: Any) -> None:
    """Take the runs that are not shown out of a document.

    Args:
        body: its lxml element.
        styles: that of its styles; None where it has none.
    """
    known = {} if styles is None else {style.get(_WORD + "styleId"): style for style in styles.iter(_WORD + "style")}
    hides = {name: _hides(style, known) for name, style in known.items()}
    for run in list(body.iter(_RUN)):
        if _is_hidden(run, hides):
            run.getparent().remove(run)


def _is_hidden(run: Any, hides: dict[str, bool]) -> bool:
    own = _says(run)
    if own is not None:
        return own
    paragraph = next(run.iterancestors(_PARAGRAPH), None)
    of_run = run.find(f"{_WORD}rPr/{_WORD}rStyle")
    of_paragraph = None if paragraph is None else paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    named = [one.get(_VALUE) for one in (of_run, of_paragraph) if one is not None]
    return sum(hides.get(name, False) for name in named) == 1  # Word shows what both of them hide


def _hides(style: Any, known: dict[str, Any]) -> bool:
    """Whether a style hides its text, or the next one above it that says anything of it."""
    for _ in range(_MOST_ANCESTORS):
        says = _says(style)
        if says is not None:
            return says
        base = style.find(_WORD + "basedOn")
        style = None if base is None else known.get(base.get(_VALUE))
        if style is None:
            break
    return False


def _says(element: Any) -> bool | None:
    """Whether a run or a style is hidden; None where it does not say."""
    vanish = element.find(f"{_WORD}rPr/{_WORD}vanish")
    return None if vanish is None else vanish.get(_VALUE, "1") not in _OFF
