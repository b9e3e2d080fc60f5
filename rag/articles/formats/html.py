"""Web pages: the main text by trafilatura, and what the page's metadata says."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from rag.articles.formats.arabic_order import plain_letters, readable
from rag.articles.formats.charset import decode_page
from rag.articles.formats.extracted import Extracted, RefusedError, paragraphs
from rag.articles.formats.metadata import read_metadata
from rag.articles.formats.page import put_right, settle_looks, without_controls
from rag.text.normalise import normalise

if TYPE_CHECKING:
    from configparser import ConfigParser

_DAMAGE = "\ufffd"
_PART = re.compile(
    r"<(?:article|blockquote|body|br|center|div|font|h[1-6]|li|main|p|pre|section|span|table)\b", re.IGNORECASE
)
"""Without one of these it is no page, whatever its file is called."""
_BESIDE = ("a", "button", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "nav", "script", "style", "title")
_TOLD = f"//text()[not({' or '.join(f'ancestor::{tag}' for tag in _BESIDE)})]"
_UNKNOWN_ENTITY = re.compile(r"&\w+;")
_RULE = re.compile(r"\|?(?:---\|?)+")


def extract_html(data: bytes) -> Extracted:
    """Return the article of a page; its title is the first line of the text.

    Raises:
        RefusedError: there is no text in it, or what there is of it is damaged.
        NotTextError: its encoding is not recognised.
    """
    from trafilatura import extract

    tree = _tree(without_controls(decode_page(data)))
    if tree is None:
        raise RefusedError("no_text", "no page in it")
    settle_looks(tree)
    about = {
        name: plain_letters(value) for name, value in read_metadata(tree).items() if value and _DAMAGE not in value
    }
    put_right(tree)
    found = extract(
        tree,
        include_comments=False,
        include_tables=True,
        output_format="txt",
        config=_every_length(),
        deduplicate=False,
    )
    # trafilatura frames the rows of tables, and rules off their heads
    lines = (line.strip().strip("|") for line in (found or "").split("\n") if not _RULE.fullmatch(line.strip()))
    text = readable(paragraphs(list(lines)))
    if not text:
        raise RefusedError("no_text", "no article in the page")
    if _is_title(text, about.get("title")):
        raise RefusedError("no_text", "nothing but its title in the page")
    if _DAMAGE in text:
        raise RefusedError("bad_encoding", "damaged characters in the article")
    return Extracted(text=_under_title(text, about.get("title")), **about)


def _tree(html: str) -> Any | None:
    """The tree of a page, or of a part of one that stands alone; None where it has no text and none of our parts."""
    from trafilatura import load_html

    tree = load_html(html) if html.strip() else None
    if tree is None and _PART.search(html):  # trafilatura takes one part alone for no page
        tree = load_html(f"<html><body>{html}</body></html>")
        return None if tree is None or not _tells(tree) else tree
    return tree


def _tells(tree: Any) -> bool:
    """Whether a page has words beside its headings, links and forms."""
    return any(map(str.isalnum, _UNKNOWN_ENTITY.sub("", "".join(tree.xpath(_TOLD)))))


def _under_title(text: str, title: str | None) -> str:
    """The text with its title above it, so that the title can be quoted as it can in a page of plain text."""
    first, _, _ = text.partition("\n")
    return text if not title or _is_title(first, title) else f"{title}\n{text}"


def _is_title(text: str, title: str | None) -> bool:
    return normalise(text).strip() == normalise(title or "").strip()


@cache
def _every_length() -> ConfigParser:
    """Settings that let short articles pass; by default trafilatura cuts their sentences at every tag."""
    from trafilatura.settings import use_config

    config: Any = use_config()
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config.set("DEFAULT", name, "1")
    settings: ConfigParser = config
    return settings
