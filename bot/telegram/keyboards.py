"""The buttons under messages, and the one grammar of what they carry.

    q:<answer>:<number>  a quote               n:<answer>:<i>  nearest headline i     x:<i>:<check>  example i
    m:<answer>           more sources          o:<answer>:<i>  open one of those      l:ar  l:en     language
    v:<answer>:+  or -   a vote                a:<link>        open an article        p:<page>       the latest

Rows are always laid out from left to right, so an Arabic row ends with what is read first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Literal

from bot.direction import visible
from bot.telegram.split import is_blank
from bot.texts import Lang, say

if TYPE_CHECKING:
    from bot.catalogue import Card
    from bot.state.records import KeptAnswer, Vote
    from rag.schema import Citation

Kind = Literal["quote", "more", "vote", "nearest", "open", "example", "lang", "article", "page"]

MAX_QUOTES = 80
"""Quote buttons under one answer; Telegram takes a hundred buttons."""
_WIDE, _NARROW = 40, 18
"""Letters of a title that a phone shows on a button alone in its row, and on one of two."""
_ALONE, _TITLED, _IN_A_ROW = 4, 8, 8
"""Up to so many quote buttons stand one to a row, and two; more of them are numbers only, so many to a row."""
_CHECK_BYTES = 3

UP, DOWN, CHOSEN = "👍", "👎", " ✓"

_ANSWER, _NUMBER = "(?P<answer>[A-Za-z0-9]{10})", "(?P<number>0|[1-9][0-9]{0,3})"
_GRAMMAR: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("quote", re.compile(f"q:{_ANSWER}:{_NUMBER}")),
    ("more", re.compile(f"m:{_ANSWER}")),
    ("vote", re.compile(f"v:{_ANSWER}:(?P<vote>[+-])")),
    ("nearest", re.compile(f"n:{_ANSWER}:{_NUMBER}")),
    ("open", re.compile(f"o:{_ANSWER}:{_NUMBER}")),
    ("example", re.compile(f"x:{_NUMBER}:(?P<check>[0-9a-f]{{6}})")),
    ("lang", re.compile("l:(?P<lang>ar|en)")),
    ("article", re.compile("a:(?P<link>[A-Za-z0-9_-]{12})")),
    ("page", re.compile(f"p:{_NUMBER}")),
)

_VOTES: Mapping[str, Vote] = {"": 0, "+": 1, "-": -1}
_LANGS: Mapping[str, Lang | None] = {"": None, "ar": "ar", "en": "en"}


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what it says, and what it carries or opens."""

    text: str
    data: str = ""
    """At most 64 bytes, see the grammar above."""
    url: str = ""


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Press:
    """What a button carried."""

    kind: Kind
    answer_id: str = ""
    number: int = 0
    """Of the citation (as in the answer), or of the headline, article, example or page (from 0)."""
    vote: Vote = 0
    lang: Lang | None = None
    link: str = ""
    check: str = ""
    """Of an example: see `example_check`."""


def read_data(data: str) -> Press | None:
    """What the button meant; None where it is none of ours."""
    for kind, pattern in _GRAMMAR:
        found = pattern.fullmatch(data)
        if found:
            said = found.groupdict("")
            return Press(
                kind,
                said.get("answer", ""),
                int(said.get("number") or 0),
                vote=_VOTES[said.get("vote", "")],
                lang=_LANGS[said.get("lang", "")],
                link=said.get("link", ""),
                check=said.get("check", ""),
            )
    return None


def example_check(question: str) -> str:
    """Six letters that say which question a button was made for, so that an old one never asks another."""
    return blake2b(question.encode("utf-8", "replace"), digest_size=_CHECK_BYTES).hexdigest()


def answer_keyboard(kept: KeptAnswer) -> Keyboard:
    """What stands under an answer: its quotes, near headlines, more sources and the votes."""
    rows = _quote_rows(kept)
    rows += [
        (Button(short_title(article.title, kept.lang), f"n:{kept.answer_id}:{index}"),)
        for index, article in enumerate(kept.nearest)
    ]
    if kept.more:
        rows.append((Button(say("bot.button.more", kept.lang), f"m:{kept.answer_id}"),))
    if kept.citations:
        up = Button(UP + CHOSEN if kept.vote > 0 else UP, f"v:{kept.answer_id}:+")
        down = Button(DOWN + CHOSEN if kept.vote < 0 else DOWN, f"v:{kept.answer_id}:-")
        rows.append(_row((up, down), kept.lang))
    return tuple(rows)


def more_keyboard(kept: KeptAnswer, shown: Sequence[int]) -> Keyboard:
    """A button for each of those of `kept.more` that can be opened, by their indexes."""
    return tuple(
        (Button(numbered(place, kept.more[index].title, kept.lang), f"o:{kept.answer_id}:{index}"),)
        for place, index in enumerate(shown, start=1)
    )


def example_keyboard(questions: Sequence[str]) -> Keyboard:
    """A button for each example question."""
    return tuple(
        (Button(shortened(question, 64), f"x:{index}:{example_check(question)}"),)
        for index, question in enumerate(questions)
    )


def language_keyboard(lang: Lang) -> Keyboard:
    """The languages to choose from."""
    arabic, english = Button(say("bot.button.arabic", lang), "l:ar"), Button(say("bot.button.english", lang), "l:en")
    return (_row((arabic, english), lang),)


def latest_keyboard(cards: Sequence[Card], page: int, lang: Lang, *, more_follow: bool) -> Keyboard:
    """A button for each article of the page, and the pages beside it."""
    rows = [(Button(numbered(place, card.title, lang), f"a:{card.link}"),) for place, card in enumerate(cards, start=1)]
    previous = (Button(say("bot.button.previous", lang), f"p:{page - 1}"),) if page else ()
    following = (Button(say("bot.button.next", lang), f"p:{page + 1}"),) if more_follow else ()
    pages = _row((*previous, *following), lang)
    return (*rows, pages) if pages else tuple(rows)


def short_title(title: str, lang: Lang, most: int = _WIDE) -> str:
    """The title as a button shows it; a word for it where there is nothing to see."""
    short = shortened(title, most)
    return say("bot.button.untitled", lang) if is_blank(short) else short


def numbered(number: int, title: str, lang: Lang, most: int = _WIDE) -> str:
    """A title with the number it has in the message."""
    return f"{number} · {short_title(title, lang, most)}"


def shortened(text: str, most: int) -> str:
    """`text` on one line in at most `most` letters, cut between words where that is near."""
    text = " ".join(visible(text).split())
    if len(text) <= most:
        return text
    head = text[: most - 1]
    at = head.rfind(" ")
    return (head[:at] if at > most // 2 else head).rstrip(" ،,.؛:") + "…"


def _quote_rows(kept: KeptAnswer) -> list[tuple[Button, ...]]:
    cited = kept.citations[:MAX_QUOTES]
    in_a_row, most = (1, _WIDE) if len(cited) <= _ALONE else (2, _NARROW)
    labels = [
        numbered(citation.number, label, kept.lang, most) for citation, label in zip(cited, _labels(cited), strict=True)
    ]
    if len(cited) > _TITLED:
        in_a_row, labels = _IN_A_ROW, [str(citation.number) for citation in cited]
    buttons = [
        Button(label, f"q:{kept.answer_id}:{citation.number}") for citation, label in zip(cited, labels, strict=True)
    ]
    return [_row(buttons[at : at + in_a_row], kept.lang) for at in range(0, len(buttons), in_a_row)]


def _labels(cited: Sequence[Citation]) -> list[str]:
    """The title of each; where a button has it already, what tells them apart: the outlet, or how the quote begins."""
    labels: list[str] = []
    for at, citation in enumerate(cited):
        is_same_article = any(other.source == citation.source for other in cited[:at])
        if is_same_article:
            labels.append(citation.quote)
        else:
            is_taken = any(other.title == citation.title for other in cited[:at])
            labels.append((is_taken and citation.outlet) or citation.title)
    return labels


def _row(buttons: Sequence[Button], lang: Lang) -> tuple[Button, ...]:
    """Buttons in the order in which they are read."""
    return tuple(reversed(buttons)) if lang == "ar" else tuple(buttons)
