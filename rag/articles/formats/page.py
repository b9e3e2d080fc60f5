"""A web page put right before trafilatura reads it: what no reader sees, and what it would run together."""

from __future__ import annotations

import re
from typing import Any

from rag.articles.formats.extracted import MAX_CELL, SUPERSCRIPT

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|(?:left|top|text-indent)\s*:\s*-\d{4}",
    re.IGNORECASE,
)
_LAST_CODE, _MOST_DIGITS = 0x10FFFF, 7
_WHOLE = frozenset({"html", "body", "main", "article"})
"""Some pages hide all of it until their scripts have run."""
_LAYOUT = ("table", "thead", "tbody", "tfoot", "tr", "td", "th")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "br", "em", "font", "i", "small", "span", "strong", "sup", "time", "u"}
)
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+));?")
_NO_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold: lxml drops them where they stand, and trafilatura drops the page where they are named."""
_NOTE = re.compile(r"[\[(]?\d+[\])]?")


def without_controls(html: str) -> str:
    """Return the source of a page without references to characters that no text has."""
    return _REFERENCE.sub(lambda match: "" if _is_no_character(match) else match.group(), html)


def _is_no_character(reference: re.Match[str]) -> bool:
    digits = reference[1] or reference[2]
    code = int(digits, 16 if reference[1] else 10) if len(digits) <= _MOST_DIGITS else _LAST_CODE + 1
    return code > _LAST_CODE or bool(_NO_CHARACTERS.match(chr(code)))


def put_right(tree: Any) -> None:
    """Change a parsed page in place.

    Args:
        tree: an lxml element.
    """
    for element in list(tree.iter("*")):
        if element.getparent() is None:
            continue
        if element.tag == "template" or (element.tag not in _WHOLE and _is_hidden(element)):
            element.drop_tree()
        elif element.tag == "sup":
            _raise(element)
        elif element.tag == "q":
            _quote(element)
        elif element.tag == "div" and _is_lines(element):
            element.tag = "p"  # trafilatura loses lines of a division that `<br>` ends
    for table in reversed(list(tree.iter("table"))):
        _unframe(table)


def _is_lines(element: Any) -> bool:
    """Whether a part of the page is nothing but lines that `<br>` ends."""
    return element.find("br") is not None and all(one.tag in _INLINE for one in element.iterdescendants("*"))


def _is_hidden(element: Any) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))


def _raise(element: Any) -> None:
    """Keep the number of a note, and what it is the power of, from running into one: "340" and "2" are not 3402."""
    text = element.text_content().strip()
    if not _NOTE.fullmatch(text):
        return
    if text.isdecimal() and element.find(".//a") is None:
        element.text = text.translate(SUPERSCRIPT)
        element.drop_tag()
    else:
        element.drop_tree()


def _quote(element: Any) -> None:
    """The marks that a browser puts round a short quotation; trafilatura would make it a paragraph."""
    element.text = "«" + (element.text or "")
    if len(element):
        element[-1].tail = (element[-1].tail or "") + "»"
    else:
        element.text += "»"
    element.drop_tag()


def _unframe(table: Any) -> None:
    """Make a table that lays out a page a part of it: the text in its cells has paragraphs of its own."""
    own = [one for one in table.iter(*_LAYOUT) if one is table or next(one.iterancestors("table"), None) is table]
    cells = [one for one in own if one.tag in {"td", "th"}]
    if any(cell.find(".//table") is not None or len(cell.text_content()) > MAX_CELL for cell in cells):
        for element in own:
            element.tag = "div"
