"""What Telegram demands of a message, written from its documentation and not from our code."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TOKEN = re.compile(r"</?[^<>]*>|&[^;\s]*;|[^<>&]+|[<>&]", re.DOTALL)
_OPENING = {"<b>", "<i>", "<u>", "<s>", "<code>", "<pre>", "<blockquote>"}
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"'}
_INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060-\u206f\ufeff\u2800\u3164\u115f\u1160\uffa0\ufffc\u00ad\u180e]")
ISOLATES = {"LRI", "RLI", "FSI"}
EMBEDDINGS = {"LRE", "RLE", "LRO", "RLO", "PDF"}
MARKS = str.maketrans("", "", "\u200e\u200f\u2068\u2069")


@dataclass(frozen=True)
class Entity:
    tag: str
    offset: int
    text: str


def parse(html: str) -> tuple[str, list[Entity]]:
    """The text and its entities, or AssertionError where Telegram would say that it can't parse them."""
    text = ""
    open_tags: list[tuple[str, int]] = []
    entities: list[Entity] = []
    for token in _TOKEN.findall(html):
        if token in _OPENING:
            assert not any(tag in {"code", "pre"} for tag, _ in open_tags), "nothing stands inside code"
            open_tags.append((token[1:-1], len(text)))
        elif token.startswith("</"):
            tag, begin = open_tags.pop()
            assert token == f"</{tag}>", "tags close in order"
            assert begin < len(text), "no entity is empty"
            entities.append(Entity(tag, begin, text[begin:]))
        elif token.startswith("&"):
            text += _ENTITIES[token]
        else:
            assert not set(token) & set("<>&"), f"not escaped: {token!r}"
            text += token
    assert not open_tags, "every tag is closed"
    assert len(entities) <= 100
    return text, entities


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def is_empty(text: str) -> bool:
    return _INVISIBLE.sub("", text) == ""


def check_direction(text: str) -> None:
    """Nothing steers beyond its own line: isolates close where they opened, and there is no embedding."""
    for row in text.split("\n"):
        depth = 0
        for letter in row:
            direction = unicodedata.bidirectional(letter)
            assert direction not in EMBEDDINGS
            assert direction != "B", "no paragraph ends inside a line"
            depth += (direction in ISOLATES) - (direction == "PDI")
            assert depth >= 0
        assert depth == 0
        assert not re.search("[\u200e\u200f]{2}", row), "Telegram rewrites marks that follow each other"


def runs_from_right(row: str) -> bool | None:
    """The direction a client gives a paragraph: that of its first strong letter; None without one."""
    for letter in row:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return None


def check_message(html: str, plain: str) -> str:
    """All of it for one message; gives the text that is seen."""
    text, _ = parse(html)
    assert text == plain
    assert 0 < utf16_units(text) <= 3900
    assert not is_empty(text)
    assert "\0" not in text
    text.encode("utf-8")
    check_direction(text)
    return text


def seen(text: str) -> str:
    """What a reader sees, whatever the lines: no marks, no space."""
    return "".join(text.translate(MARKS).split())
