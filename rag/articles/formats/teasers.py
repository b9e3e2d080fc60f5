"""Links to other articles in the middle of a page's article: a label, and nothing but links behind it."""

from __future__ import annotations

from typing import Any

from rag.articles.formats.trees import BARE, GONE, take_out, wrap_runs
from rag.articles.furniture import is_related_links, may_be_related

_BEGINNING = 60
"""Characters; no label is so long."""


def drop_teasers(tree: Any) -> None:
    """Take the parts and lines out of a page that say "read also" and link to what.

    Args:
        tree: an lxml element.
    """
    linking: set[Any] = set()
    for link in tree.iter("a"):
        for element in link.iterancestors():
            if element in linking:
                break
            linking.add(element)
    for element in [one for one in tree.iter("*") if one in linking]:
        breaks = set(element.findall("br"))
        if _is_teaser(element):
            element.tag = GONE
        elif breaks:
            wrap_runs(element, breaks, BARE)
            for line in element.findall(BARE):
                line.tag = GONE if line.find(".//a") is not None and _is_teaser(line) else BARE
    take_out(tree)


def _is_teaser(element: Any) -> bool:
    beginning = ""
    for text in element.itertext():
        beginning += text.lstrip() if not beginning else text
        if len(beginning) > _BEGINNING:
            break
    if not may_be_related(beginning):
        return False
    beside = "".join(element.xpath("descendant::text()[not(ancestor::a)]"))
    return is_related_links(element.text_content(), beside)
