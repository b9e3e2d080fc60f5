"""A web page put right before trafilatura reads it: what no reader sees, and what it would run together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rag.articles.formats.blocks import is_menu, separate_blocks
from rag.articles.formats.extracted import MAX_CELL, SUBSCRIPT, SUPERSCRIPT
from rag.articles.formats.lines import join_lines, settle_spaces
from rag.articles.formats.teasers import drop_teasers
from rag.articles.formats.trees import BARE, GONE, take_out

_UNSEEN = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:left|right|top|text-indent)\s*:\s*-\d{4}"
    r"|text-decoration(?:-line)?\s*:[^;]*line-through)",
    re.IGNORECASE,
)
"""Struck out too: what a page takes back, it does not say."""
_NO_SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
_SIZE = re.compile(r"(?<![\w-])font(?:-size)?\s*:", re.IGNORECASE)
_PLACE = re.compile(r"(?<![\w-])vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_LAST_CODE, _MOST_DIGITS = 0x10FFFF, 7
_WHOLE = frozenset({"html", "body", "main", "article"})
"""Some pages hide all of it until their scripts have run."""
_NEVER_SEEN = frozenset({"template", "del", "s", "strike"})
_PLACES = {"sup": SUPERSCRIPT, "super": SUPERSCRIPT, "sub": SUBSCRIPT}
_FRAMES = frozenset({"center", "div", "section"})
_ARTICLE_PARTS = frozenset(
    {"blockquote", "br", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "ol", "p", "pre", "table", "ul"}
)
_CELLS = frozenset({"td", "th"})
_LAYOUT = ("caption", "thead", "tbody", "tfoot", "tr", "td", "th")
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+));?")
_NO_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold: lxml drops them where they stand, and trafilatura drops the page where they are named."""
_NOTE = re.compile(r"[\s\d\[\](),،;؛*–-]*\d[\s\d\[\](),،;؛*–-]*")


def without_controls(html: str) -> str:
    """Return the source of a page without references to characters that no text has."""
    return _REFERENCE.sub(lambda match: "" if _is_no_character(match) else match.group(), html)


def _is_no_character(reference: re.Match[str]) -> bool:
    digits = reference[1] or reference[2]
    code = int(digits, 16 if reference[1] else 10) if len(digits) <= _MOST_DIGITS else _LAST_CODE + 1
    return code > _LAST_CODE or bool(_NO_CHARACTERS.match(chr(code)))


def settle_looks(tree: Any) -> None:
    """Leave what a reader sees of a parsed page, in place: nothing hidden, the marks of quotations, raised digits.

    Args:
        tree: an lxml element.
    """
    sized: set[Any] = set()
    for element in reversed(list(tree.iter("*"))):
        style = element.get("style", "")
        has_no_size = bool(_NO_SIZE.search(style)) and element not in sized
        if element in sized or (_SIZE.search(style) and not has_no_size) or element.tag == "font":
            sized.add(element.getparent())
        if element.tag in _NEVER_SEEN or (element.tag not in _WHOLE and (has_no_size or _is_unseen(element, style))):
            element.tag = GONE
        elif element.tag == "q":
            _quote(element)
        elif digits := _PLACES.get(element.tag) or _digits(element, style):
            _raise(element, digits)
    take_out(tree)


def put_right(tree: Any) -> None:
    """Change a page whose looks are settled, in place, so that trafilatura reads all of its article and no other.

    Args:
        tree: an lxml element.
    """
    settle_spaces(tree)
    _frame_article(tree)
    drop_teasers(tree)
    for table in reversed(list(tree.iter("table"))):
        _unframe(table)
    separate_blocks(tree)
    join_lines(tree)


def _frame_article(tree: Any) -> None:
    """Call an article what is nothing but one: of a page without any frame trafilatura leaves out the headings."""
    body = tree.find(".//body")
    frame = tree if body is None else body
    while len(frame) == 1 and frame[0].tag in _FRAMES and not (frame.text or "").strip():
        frame = frame[0]
    if {child.tag for child in frame if isinstance(child.tag, str)} <= _ARTICLE_PARTS:
        article = frame.makeelement("article")
        article.text, frame.text = frame.text, None
        article.extend(list(frame))
        frame.append(article)


def _is_unseen(element: Any, style: str) -> bool:
    return "hidden" in element.attrib or bool(_UNSEEN.search(style))


def _digits(element: Any, style: str) -> dict[int, int] | None:
    """How the digits of an element show whose style raises or lowers it; with words in it, it is an ornament."""
    place = _PLACE.search(style)
    is_number = place is not None and element.tag not in _CELLS and _NOTE.fullmatch(element.text_content())
    return _PLACES[place[1].lower()] if place and is_number else None


def _raise(element: Any, digits: dict[int, int]) -> None:
    """Keep the number of a note, and what it is the power of, from running into one: "340" and "2" are not 3402."""
    text = element.text_content()
    is_note = element.find(".//a") is not None or "[" in text or "(" in text
    if is_note and _NOTE.fullmatch(text):
        element.tag = GONE
        return
    for one in element.iter():
        if isinstance(one.tag, str) and one.text:
            one.text = one.text.translate(digits)
        if one is not element and one.tail:
            one.tail = one.tail.translate(digits)
    if element.tag in _PLACES:
        element.tag = BARE


def _quote(element: Any) -> None:
    """The marks that a browser puts round a short quotation; trafilatura would make it a paragraph."""
    element.text = "«" + (element.text or "")
    if len(element):
        element[-1].tail = (element[-1].tail or "") + "»"
    else:
        element.text += "»"
    element.tag = BARE


def _unframe(table: Any) -> None:
    """Make a table that lays out a page, or the row of a table that holds one, a part of it with its own paragraphs."""
    own = [table, *(one for one in table.iterdescendants(*_LAYOUT) if next(one.iterancestors("table")) is table)]
    rows = {one: [cell for cell in one if cell.tag in _CELLS] for one in own if one.tag == "tr"}
    cells = {one for one in own if one.tag in _CELLS}
    holder = next(table.iterancestors("li", "dd", *_CELLS), None)
    is_item = holder is not None and holder.tag not in _CELLS
    is_page = (
        is_item
        or any(cell.find(".//table") is not None for cell in cells)
        or max(map(len, rows.values()), default=0) <= 1
    )
    if not is_page and not any(map(_is_long, cells)):
        _unlist(cells)
        return
    keeps_rows = not is_page and not any(cell.get("rowspan", "1") != "1" for cell in cells)
    framed = None
    for one in own:
        if one in cells:
            continue
        if one in rows and keeps_rows and not any(map(_is_long, rows[one])):
            _unlist(rows[one])
            if framed is None:
                framed = one.makeelement("table")
                one.addprevious(framed)
            framed.append(one)
        else:
            framed = None if one in rows else framed
            for cell in rows.get(one, ()):
                cell.tag = "div" if is_page or is_menu(cell) else "p"
            one.tag = "p" if one.tag == "caption" else "div"


def _is_long(cell: Any) -> bool:
    return len(cell.text_content()) > MAX_CELL


def _unlist(cells: Iterable[Any]) -> None:
    """Keep the lists in the cells of a table; trafilatura leaves them out."""
    for cell in cells:
        for one in cell.iter("ul", "ol", "li"):
            one.tag = "p" if one.tag == "li" else "div"
