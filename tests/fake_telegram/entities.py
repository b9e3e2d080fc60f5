"""What Telegram makes of a text: HTML tags into entities, control characters away, white space trimmed.

The rules are those of https://core.telegram.org/bots/api#html-style, in the order and with the errors of
tdlib's parser. Stricter than the real server in two things, both documented and both mistakes in a bot: a bare
`&` or an unknown named entity is refused (the real one shows it as it stands), and so is an attribute that
the documentation does not name (the real one ignores it).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from tests.fake_telegram.errors import Json, bad

MAX_TEXT, MAX_CAPTION, MAX_ENTITIES = 4096, 1024, 100
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
ATTRIBUTES = {"span": "class", "a": "href", "code": "class", "tg-emoji": "emoji-id", "blockquote": "expandable"}
STARTS = re.compile(r"[<&]")
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
END_TAG = re.compile(r"</([^\s>]*)\s*(>?)")
START_TAG = re.compile(r"<([^\s>]*)")
ATTRIBUTE = re.compile(r"\s+([^\s=>/]*)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.\-]+)(?=[\s>])))?")
STRIPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
"""What tdlib's clean_input_string drops: CR, line and paragraph separators, the embedding and overriding
direction controls (marks and isolates stay), and three combining lines."""
SPACED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
"""What it turns into a space: every other control character but the line feed."""


def utf16(text: str) -> int:
    """The length in UTF-16 units, which is how Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def covered(text: str, entity: Json) -> str:
    """The part of a text that an entity stands for."""
    units = text.encode("utf-16-le")
    return units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le", "replace")


class HtmlText:
    """A text in HTML on its way to what is seen of it."""

    def __init__(self, source: str) -> None:
        self.source, self.at, self.length = source, 0, 0
        self.seen: list[str] = []
        self.entities: list[Json] = []
        self.open: list[tuple[str, str, int, int]] = []  # tag, argument, offset, pieces seen before it

    def error(self, what: str, at: int) -> Exception:
        """A refusal that names the place, counted in bytes."""
        return bad(f"can't parse entities: {what} at byte offset {len(self.source[:at].encode())}")

    def show(self, text: str) -> None:
        """Take text that is seen as it stands."""
        self.seen.append(text)
        self.length += utf16(text)

    def parse(self) -> tuple[str, list[Json]]:
        """The visible text and its entities."""
        while found := STARTS.search(self.source, self.at):
            self.show(self.source[self.at : found.start()])
            self.at = found.start()
            if found[0] == "&":
                self.show(self.reference())
            elif self.source.startswith("</", self.at):
                self.end_tag()
            else:
                self.start_tag()
        self.show(self.source[self.at :])
        if self.open:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1][0]}\"")
        return "".join(self.seen), self.entities

    def reference(self) -> str:
        """The character that a reference at the current place stands for."""
        found = REFERENCE.match(self.source, self.at)
        if found is None:
            raise self.error("Unescaped ampersand", self.at)
        if found[3]:
            if found[3] not in NAMED:
                raise self.error(f'Unsupported named entity "&{found[3]};"', self.at)
            character = NAMED[found[3]]
        else:
            number = int(found[1], 16) if found[1] else int(found[2])
            if not 0 < number < 0x10FFFF or 0xD800 <= number < 0xE000:
                raise self.error("Wrong numeric entity", self.at)
            character = chr(number)
        self.at = found.end()
        return character

    def start_tag(self) -> None:
        """Open an entity."""
        begin, found = self.at, START_TAG.match(self.source, self.at)
        if found is None or found.end() == len(self.source):
            raise self.error("Unclosed start tag", begin)
        tag, argument, self.at = found[1].lower(), "", found.end()
        if tag not in TAGS:
            raise self.error(f'Unsupported start tag "{tag}"', begin)
        while not self.source.startswith(">", self.at):
            if self.at >= len(self.source) or not (attribute := ATTRIBUTE.match(self.source, self.at)):
                raise self.error(f'Unclosed start tag "{tag}"', begin)
            self.at = attribute.end()
            argument = self.argument(tag, attribute, begin) or argument
        self.at += 1
        if tag == "span" and argument != "tg-spoiler":
            raise self.error('Tag "span" must have class "tg-spoiler"', begin)
        if tag == "tg-emoji" and not argument.isdecimal():
            raise self.error("Invalid custom emoji identifier specified", begin)
        self.open.append((tag, argument, self.length, len(self.seen)))

    def argument(self, tag: str, attribute: re.Match[str], begin: int) -> str:
        """What an attribute says about its tag."""
        name = attribute[1].lower()
        if not name:
            if self.source.startswith(">", self.at):
                return ""
            raise self.error(f'Empty attribute name in the tag "{tag}"', begin)
        if ATTRIBUTES.get(tag) != name:
            raise self.error(f'Unsupported attribute "{name}" in the tag "{tag}"', begin)
        value = next((group for group in attribute.groups()[1:] if group is not None), None)
        if tag == "blockquote":
            return "expandable"
        if value is None:
            raise self.error(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
        if tag == "code" and not value.startswith("language-"):
            raise self.error('Tag "code" must have a class "language-…"', begin)
        inner = HtmlText(value)
        while found := STARTS.search(inner.source, inner.at):
            inner.show(inner.source[inner.at : found.start()])
            inner.at = found.start()
            if found[0] == "&":
                inner.show(inner.reference())
            else:
                inner.show("<")
                inner.at += 1
        return "".join(inner.seen) + inner.source[inner.at :]

    def end_tag(self) -> None:
        """Close the entity that was opened last."""
        begin = self.at
        found = END_TAG.match(self.source, begin)
        if not self.open:
            raise self.error("Unexpected end tag", begin)
        if found is None or not found[2]:
            raise self.error("Unclosed end tag", begin)
        tag, argument, offset, pieces = self.open.pop()
        if found[1].lower() not in {"", tag}:
            at = len(self.source[:begin].encode())
            raise bad(
                f"can't parse entities: Unmatched end tag at byte offset {at}, "
                f'expected "</{tag}>", found "</{found[1]}>"'
            )
        self.at = found.end()
        if self.length > offset:
            self.close(tag, argument, {"offset": offset, "length": self.length - offset}, pieces)

    def close(self, tag: str, argument: str, place: Json, pieces: int) -> None:
        """Keep an entity that covers something."""
        kind = TAGS[tag]
        last = self.entities[-1] if self.entities else {}
        if tag == "a":
            url = link(argument or "".join(self.seen[pieces:]))
            self.entities += [{"type": kind, **place, "url": url}] if url else []
        elif tag == "pre" and last.get("type") == "code" and last.items() >= place.items():
            self.entities[-1] = {**last, "type": "pre"}
        elif tag == "code":
            language = {"language": argument.removeprefix("language-")} if argument else {}
            self.entities.append({"type": kind, **place, **language})
        elif tag == "tg-emoji":
            self.entities.append({"type": kind, **place, "custom_emoji_id": argument})
        else:
            self.entities.append({"type": "expandable_blockquote" if argument == "expandable" else kind, **place})


def link(url: str) -> str:
    """The address as Telegram keeps it; "" where it shows the text without a link."""
    try:
        parts = urlsplit(url.strip() if "://" in url or url.startswith("tg:") else f"http://{url.strip()}")
    except ValueError:
        return ""
    if parts.scheme == "tg":
        return url.strip()
    host = parts.hostname or ""
    known = parts.scheme in {"http", "https", "ton"} and "." in host.strip(".") and not re.search(r"\s", host)
    return parts.geturl() if known else ""


def nested_rightly(entities: list[Json]) -> list[Json]:
    """Without what Telegram drops: entities in code, quotes in quotes, and those beyond the hundredth."""
    kept: list[Json] = []
    quote_end = code_end = 0
    for entity in sorted(entities, key=lambda one: (one["offset"], -one["length"])):
        end = entity["offset"] + entity["length"]
        if entity["offset"] < code_end or ("quote" in entity["type"] and entity["offset"] < quote_end):
            continue
        kept.append({key: value for key, value in entity.items() if entity["type"] == "pre" or key != "language"})
        code_end = end if entity["type"] in {"code", "pre"} else code_end
        quote_end = end if "quote" in entity["type"] else quote_end
    return kept[:MAX_ENTITIES]


def tidy(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The text as it is stored, cleaned and trimmed, its entities moved along."""
    gone = [utf16(text[: found.start()]) for found in STRIPPED.finditer(text)]
    clean = SPACED.sub(" ", STRIPPED.sub("", text))
    entities = [_without(entity, gone) for entity in entities] if gone else entities
    entities = [entity for entity in entities if covered(clean, entity).strip(" \n")]
    first = min((entity["offset"] for entity in entities), default=len(clean))
    lead = min(len(clean) - len(clean.lstrip(" \n")), first)
    clean = clean[lead:].rstrip(" \n")
    kept, total = [], utf16(clean)
    for entity in entities:
        offset = entity["offset"] - lead
        length = min(entity["length"], total - offset)
        moved = {**entity, "offset": offset, "length": length}
        if length > 0:
            kept.append(moved)
    return clean, nested_rightly(kept)


def _without(entity: Json, gone: list[int]) -> Json:
    """An entity after characters at the places `gone` were dropped."""
    start, end = entity["offset"], entity["offset"] + entity["length"]
    offset = start - sum(place < start for place in gone)
    return {**entity, "offset": offset, "length": end - sum(place < end for place in gone) - offset}


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return all(character.isspace() or unicodedata.category(character) in {"Cc", "Cf"} for character in text)
