"""HTML written so that nothing from outside can end up as markup: text is escaped unless it is Markup.

A question or an article may hold `</script>`, control characters or marks that turn the direction of
what follows: the first is escaped, the others are left out (`visible`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from rag.text.normalise import has_arabic

_STEERING = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_VOID = frozenset({"meta", "input", "wbr"})


class Markup(str):
    """HTML: text that is escaped already."""

    __slots__ = ()


Attribute = str | int | float | bool | None


def visible(text: str) -> str:
    """`text` without control characters and direction marks; a lone surrogate becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", _STEERING.sub("", text))


def tag(name: str, *children: str, **attributes: Attribute) -> Markup:
    """An element. Names of attributes: `class_` is class, `data_kind` is data-kind; None and False are left out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Iterable[str]) -> Markup:
    """Several pieces in a row; what is not Markup is escaped."""
    return Markup("".join(map(text, children)))


def text(content: str) -> Markup:
    """`content` as text; Markup stays as it is."""
    return content if isinstance(content, Markup) else Markup(escape(visible(content), quote=False))


def said(sentence: str) -> Markup:
    """A sentence of the front end's: what stands between backticks is a name, shown as one unit."""
    parts = sentence.split("`")
    return join(file_name(part) if at % 2 else part for at, part in enumerate(parts) if part)


def file_name(shown: str) -> Markup:
    """A file's name, left to right: each part of its path is a unit, or Arabic would take the rest along."""
    first, *others = shown.split("/")
    parts = [_part(first), *(part for other in others for part in ("/", _part(other)))]
    return tag("bdi", *parts, class_="name", dir="ltr")


def number(shown: str, class_: str = "num") -> Markup:
    """A number or a range, left to right whatever stands around it."""
    return tag("span", shown, class_=class_, dir="ltr")


def _part(shown: str) -> str:
    return tag("bdi", shown, dir="ltr") if has_arabic(shown) else shown


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.removesuffix("_").replace("_", "-")
    if value is True:
        return f" {name}"
    shown = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{escape(visible(shown))}"'
