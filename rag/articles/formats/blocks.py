"""The lines of a web page: what a browser sets on lines of its own, trafilatura must not run together."""

from __future__ import annotations

import re
from typing import Any

from rag.articles.formats.trees import BARE, take_out, wrap_runs

_ONLY_TEXT = frozenset({"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
"""What holds blocks by mistake, or since a style makes them so."""
_LINES = frozenset({"li", "td", "th", "dt", "dd"})
"""What trafilatura makes one line of, whatever it holds."""
_PARTS = frozenset({"div", "section", "article", "center", "details", "address"})
_FLOW = _ONLY_TEXT | _LINES | _PARTS | frozenset({"body", "main", "blockquote", "figcaption"})
"""What may hold lines and blocks beside each other."""
_BLOCKS = _FLOW | frozenset(
    {"aside", "caption", "dl", "figure", "footer", "form", "header", "hr", "nav", "ol", "summary", "table", "tbody"}
    | {"tfoot", "thead", "tr", "ul"}
)
_PHRASES = frozenset({"b", "big", "em", "font", "i", "ins", "mark", "small", "span", "strong", "time", "u"})
_SENTENCE = 60
"""Characters; what is shorter beside a text may as well be the name of the site."""
_SPACE = re.compile(r"\s")
_DISPLAY = re.compile(r"(?<![\w-])display\s*:\s*(?:block|flex|flow-root|grid|list-item|table)\b", re.IGNORECASE)


def separate_blocks(tree: Any) -> None:
    """Make a text and what stands on lines of its own within it paragraphs, in place, as a browser does.

    Args:
        tree: an lxml element.
    """
    elements = list(tree.iter("*"))
    page = _Blocks(elements)
    for element in reversed(elements):
        page.take(element)
    take_out(tree)


class _Blocks:
    """What is known of a page whose elements are gone through from the last to the first."""

    def __init__(self, elements: list[Any]) -> None:
        self._in_lines: set[Any] = set()
        for element in elements:
            if element.tag in _LINES or element.getparent() in self._in_lines:
                self._in_lines.add(element)
        self._blocks: set[Any] = set()
        """What begins and ends lines."""
        self._plain: dict[Any, int] = {}
        """Divisions with nothing but text, and how long it is."""
        self._texts: set[Any] = set()
        """Divisions that proved to be a part of a text: those beside them are more of it."""

    def take(self, element: Any) -> None:
        """Put an element right whose parts were."""
        within = [child for child in element if child in self._blocks]
        if within or stands_apart(element):
            self._blocks.add(element)
            if element.tag in _PHRASES:
                element.tag = "p" if within else "div"
        if within:
            self._take_apart(element, within)
        elif element.tag in _PARTS and not is_menu(element):
            if element.find("br") is not None:
                element.tag = "p"  # trafilatura loses lines of a division that `<br>` ends
                self._texts.add(element)
            elif text := element.text_content().strip():
                self._plain[element] = len(text)

    def _take_apart(self, element: Any, within: list[Any]) -> None:
        is_text = element.tag in _FLOW and (
            element.tag in _ONLY_TEXT or element in self._in_lines or _has_text(element)
        )
        if element in self._in_lines or not any(map(self._is_paragraph, within)):
            self._make_paragraphs(element, within, at_least=0 if is_text else _SENTENCE)
        if not is_text:
            _set_apart(element, self._blocks)
            return
        if element.tag in _ONLY_TEXT:
            element.tag = BARE  # trafilatura drops a short division that holds a link
        wrap_runs(element, self._blocks, "p")
        self._texts.add(element)

    def _make_paragraphs(self, element: Any, within: list[Any], *, at_least: int) -> None:
        """Make paragraphs of the plain divisions in a text, or of those that are long enough beside one."""
        if element.tag == "body" or not (at_least == 0 or any(child in self._texts for child in within)):
            return
        for child in within:
            if self._plain.get(child, -1) >= at_least:
                child.tag = "p"

    def _is_paragraph(self, child: Any) -> bool:
        return child.tag == "p" and child not in self._texts


def stands_apart(element: Any) -> bool:
    """Whether an element begins and ends lines by itself."""
    return element.tag in _BLOCKS or bool(_DISPLAY.search(element.get("style", "")))


def lines_of(element: Any) -> list[str]:
    """What an element says, line by line as `<br>` ends them, without those that are empty."""
    # one path for both: libxml2 finds the union of two in the square of their number
    found = element.xpath("descendant::node()[self::text() or self::br]")
    pieces = (_SPACE.sub(" ", one) if isinstance(one, str) else "\n" for one in found)
    return list(filter(None, (" ".join(line.split()) for line in "".join(pieces).split("\n"))))


def is_menu(element: Any) -> bool:
    """Whether an element has links and nothing beside them."""
    links = element.findall(".//a")
    return bool(links) and sum(_num_letters(link) for link in links) >= _num_letters(element)


def _num_letters(element: Any) -> int:
    return sum(map(str.isalnum, element.text_content()))


def _has_text(element: Any) -> bool:
    """Whether an element has text that no other holds."""
    return any(text and text.strip() for text in (element.text, *(child.tail for child in element)))


def _set_apart(element: Any, blocks: set[Any]) -> None:
    """Put white space round the blocks in an element."""
    before = None
    for child in element:
        if child in blocks:
            if before is None:
                element.text = (element.text or "") + "\n"
            else:
                before.tail = (before.tail or "") + "\n"
            child.tail = "\n" + (child.tail or "")
        before = child
