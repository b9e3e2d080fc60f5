"""The lines of a web page that `<br>` ends: where one cuts a sentence, it becomes a space."""

from __future__ import annotations

import re
from typing import Any

from rag.articles.formats.blocks import stands_apart
from rag.articles.formats.trees import BARE, take_out, walk
from rag.articles.formats.wrapped import find_wraps
from rag.text.normalise import normalise

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PLAIN = frozenset({"pre", "script", "style", "textarea"})
_AS_WRITTEN = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_NEW_LINE = str.maketrans("\n\r\f", "   ")
"""A sign for a sign: trafilatura weighs parts of a page by how many they have."""
_SILENT = frozenset({"script", "style", "title"})

Look = tuple[str, str, str]
"""Tag, class and style of what holds text within a line."""


def settle_spaces(tree: Any) -> None:
    """Make a space of each line end of the source, in place, as a browser does; trafilatura keeps many of them.

    Args:
        tree: an lxml element.
    """
    written: set[Any] = set()
    for element in tree.iter("*"):
        is_within = element.getparent() in written
        if is_within or element.tag in _PLAIN or _AS_WRITTEN.search(element.get("style", "")):
            written.add(element)
        elif element.text:
            element.text = element.text.translate(_NEW_LINE)
        if element.tail and not is_within:
            element.tail = element.tail.translate(_NEW_LINE)


def join_lines(tree: Any) -> None:
    """Put the sentences of a page together that its lines cut, in place, and leave every other line as it is.

    Args:
        tree: an lxml element.
    """
    if tree.find(".//br") is None:
        return
    lines = _Lines(tree)
    for number, at in find_wraps([[line for line, _ in run] for run in lines.runs]):
        (line, look), (_, after) = lines.runs[number][at : at + 2]
        if look == after and "a" not in {tag for tag, *_ in look} and not lines.is_title(line):
            cut = lines.breaks[number][at]
            cut.tag, cut.text = BARE, " "
    take_out(tree)


class _Lines:
    """The lines of a page in runs, with one `<br>` between two, and what looks all of a line has."""

    def __init__(self, tree: Any) -> None:
        self.runs: list[list[tuple[str, frozenset[Look]]]] = [[]]
        self.breaks: list[list[Any]] = [[]]
        self._line: list[tuple[str, frozenset[Look]]] = []
        self._looks: list[Look] = []
        self._headings = {_folded(one) for one in tree.iter(*_HEADINGS)}
        self._window = _folded(tree.find(".//title"))
        self._read(tree)

    def is_title(self, line: str) -> bool:
        """Whether a line is a heading of the page once more, or what its window is called without the site."""
        folded = normalise(line)
        return folded in self._headings or self._window.startswith(folded)

    def _read(self, tree: Any) -> None:
        for event, element in walk(tree):
            if event == "start":
                self._begin(element)
            elif event == "end":
                self._end(element)
            if event != "start" and element is not tree:
                self._add(element.tail)
        self._end_run()

    def _begin(self, element: Any) -> None:
        if element.tag == "br":
            self._break(element)
        elif stands_apart(element):
            self._end_run()
        else:
            self._looks.append((element.tag, element.get("class", ""), element.get("style", "")))
        if element.tag not in _SILENT:
            self._add(element.text)

    def _end(self, element: Any) -> None:
        if element.tag == "br":
            return
        if stands_apart(element):
            self._end_run()
        else:
            self._looks.pop()

    def _add(self, text: str | None) -> None:
        if text:
            self._line.append((text, frozenset(self._looks)))

    def _break(self, element: Any) -> None:
        if self._end_line():
            self.breaks[-1].append(element)
        else:
            self._end_run()

    def _end_line(self) -> bool:
        pieces, self._line = self._line, []
        text = " ".join("".join(piece for piece, _ in pieces).split())
        if text:
            looks = [look for piece, look in pieces if piece.strip()]
            self.runs[-1].append((text, frozenset.intersection(*looks)))
        return bool(text)

    def _end_run(self) -> None:
        self._end_line()
        self.runs.append([])
        self.breaks.append([])


def _folded(element: Any) -> str:
    return "" if element is None else normalise(" ".join(element.text_content().split()))
