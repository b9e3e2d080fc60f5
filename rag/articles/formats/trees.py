"""What is done to the tree of a page, many parts at a time: one by one it takes time with the square of them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

GONE, BARE = "isnad-gone", "isnad-bare"
"""What an element is called until it is taken out with what is in it, or from around it."""


def walk(tree: Any) -> Iterator[tuple[str, Any]]:
    """Yield each element at its `start` and at its `end`, and each `comment` and `pi` (processing instruction)."""
    from lxml.etree import iterwalk

    yield from iterwalk(tree, events=("start", "end", "comment", "pi"))


def take_out(tree: Any) -> None:
    """Take the elements called GONE out of a tree, and those called BARE from around what they hold."""
    from lxml.etree import strip_elements, strip_tags

    strip_elements(tree, GONE, with_tail=False)
    strip_tags(tree, BARE)


def wrap_runs(element: Any, ends: Container[Any], tag: str) -> None:
    """Put each run of text between two children that are among `ends` into an element of its own."""
    children = list(element)
    run = element.makeelement(tag)
    run.text, element.text = element.text, None
    for child in children:
        if child in ends:
            _place(run, element)
            run = element.makeelement(tag)
            run.text, child.tail = child.tail, None
            element.append(child)
        else:
            run.append(child)
    _place(run, element)


def _place(run: Any, element: Any) -> None:
    if run.text_content().strip():
        element.append(run)
    else:
        element.extend(list(run))
