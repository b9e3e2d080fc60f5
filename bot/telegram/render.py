"""Answers, quotes and articles as messages: lines, and the buttons under them. Nothing here sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.direction import Kind, Line, Piece, line, visible
from bot.render import EMPTY_LINE, FAINT, HEADING, MARKER, TITLE, message, refusal_key, source_lines
from bot.state.records import KeptAnswer
from bot.telegram.kept import kept_from
from bot.telegram.keyboards import (
    Button,
    Keyboard,
    answer_keyboard,
    example_keyboard,
    latest_keyboard,
    more_keyboard,
)
from bot.telegram.outgoing import Outgoing
from bot.telegram.paragraph import Around, around
from bot.telegram.split import Part, parts_of
from bot.texts import Lang, say
from rag.schema import Answer, Citation, Disagreement
from rag.text.normalise import has_arabic

if TYPE_CHECKING:
    from bot.catalogue import Card, Overview
    from bot.telegram.copies import Copies

__all__ = [
    "Button",
    "Keyboard",
    "Outgoing",
    "Part",
    "answer_keyboard",
    "answer_outgoing",
    "card_outgoing",
    "kept_from",
    "latest_outgoing",
    "more_outgoing",
    "parts_of",
    "quote_outgoing",
    "said",
    "sources_outgoing",
    "start_outgoing",
]

_REFUSED = {"empty_index": "bot.empty_index", "empty_question": "bot.no_words"}
"""Reasons that the bot words in its own way: its reader has no command line, and may have sent a smile."""

_STARTS = {
    (True, True): "bot.start",
    (True, False): "bot.start_outlets",
    (False, True): "bot.start_dates",
    (False, False): "bot.start_articles",
}
"""The greeting, by whether outlets and dates of the articles are known."""


def said(key: str, lang: Lang, keyboard: Keyboard = (), **values: object) -> Outgoing:
    """A text of `bot/texts`, with its placeholders filled."""
    return Outgoing(parts_of(_own(key, lang, values)), keyboard)


def answer_outgoing(answer: Answer, kept: KeptAnswer) -> Outgoing:
    """The answer as it is read, or why there is none; the nearest headlines are its buttons."""
    lang = kept.lang
    lines = _own("bot.searched", lang, {"searched": answer.searched}) if _was_completed(answer) else []
    if answer.status == "refused":
        lines += _own(_REFUSED.get(str(answer.reason)) or refusal_key(answer), lang)
    else:
        lines += _cited_lines(answer, lang)
    if answer.nearest and answer.status == "refused":  # under a weak answer they follow the buttons of its quotes
        lines += [EMPTY_LINE, line(Piece(f"{say('nearest', lang)}:", style=HEADING), rtl=lang == "ar")]
    return Outgoing(parts_of(lines), answer_keyboard(kept))


def quote_outgoing(citation: Citation, article_text: str | None, copies: Copies, lang: Lang) -> Outgoing:
    """The exact sentence in bold inside its paragraph, and where it stands.

    Where `article_text` does not hold the quote at its place any more (or is None: the article is
    gone), the quote stands alone and a line says so.
    """
    start, end = citation.start, citation.end
    is_there = article_text is not None and article_text[start:end] == citation.quote
    if article_text is not None and is_there:
        lines = _paragraph_lines(around(article_text, start, end))
    else:
        lines = _paragraph_lines(Around("", citation.quote, ""))
        lines += [EMPTY_LINE, *_own("bot.quote_gone" if article_text is None else "bot.quote_changed", lang)]
    lines += [EMPTY_LINE, *source_lines([citation], lang)]
    return Outgoing(parts_of([*lines, *_own(_copies_key(copies), lang, {"articles": copies.num_articles})]))


def _copies_key(copies: Copies) -> str:
    if copies.num_articles <= 1:
        return "bot.copies_none"
    return "bot.copies_least" if copies.at_least else "bot.copies"


def more_outgoing(kept: KeptAnswer, cards: Sequence[Card]) -> Outgoing:
    """Articles that were found and not cited, each with a button that opens it."""
    by_source = {card.source: card for card in cards}
    shown = [index for index, article in enumerate(kept.more) if article.source in by_source]
    if not shown:
        return said("bot.more_none", kept.lang)
    listed = [by_source[kept.more[index].source] for index in shown]
    lines = [*_title_line("bot.more_title", kept.lang), *_card_lines(listed, kept.lang)]
    return Outgoing(parts_of(lines), more_keyboard(kept, shown))


def sources_outgoing(kept: KeptAnswer) -> Outgoing:
    """The sources of an earlier answer, with its buttons."""
    lines = [*_title_line("sources", kept.lang), *source_lines(kept.citations, kept.lang)]
    return Outgoing(parts_of(lines), answer_keyboard(kept))


def latest_outgoing(cards: Sequence[Card], page: int, lang: Lang, *, more_follow: bool) -> Outgoing:
    """One page (from 0) of the latest articles."""
    keyboard = latest_keyboard(cards, page, lang, more_follow=more_follow)
    if not cards:
        return said("bot.latest_end" if page else "bot.latest_none", lang, keyboard)
    title = _title_line("bot.latest_page", lang, {"page": page + 1}) if page else _title_line("bot.latest_title", lang)
    return Outgoing(parts_of([*title, *_card_lines(cards, lang)]), keyboard)


def card_outgoing(card: Card, lang: Lang) -> Outgoing:
    """An article opened: its title, where it stands, and how it begins."""
    beginning = [line(Piece(part, "quote")) for part in card.beginning.split("\n")]
    about = _about(card)
    lines = [
        line(Piece(card.title, "name", TITLE), rtl=_is_rtl(card.title, lang)),
        *([line(*_joined(about, lang), rtl=lang == "ar")] if about else []),
        line(Piece(card.source, "name", FAINT), rtl=lang == "ar"),
        *([EMPTY_LINE, *beginning] if card.beginning.strip() else []),
    ]
    if card.num_copies > 1:
        lines += [EMPTY_LINE, *_own("bot.copies", lang, {"articles": card.num_copies})]
    return Outgoing(parts_of(lines))


def start_outgoing(overview: Overview, examples: Sequence[str], days: int, lang: Lang) -> Outgoing:
    """What the bot knows, questions to tap, and privacy in one line."""
    if not overview.num_articles:
        return said("bot.start_empty", lang)
    values = {
        "articles": overview.num_articles,
        "outlets": overview.num_outlets,
        "first_date": overview.first_date,
        "last_date": overview.last_date,
    }
    has_dates = bool(overview.first_date and overview.last_date)
    key = _STARTS[bool(overview.num_outlets), has_dates]
    lines = _own(key, lang, values)
    lines += [EMPTY_LINE, *_own("bot.start_privacy", lang, {"days": days})]
    lines += [EMPTY_LINE, *_own("bot.start_examples" if examples else "bot.start_ask", lang)]
    return Outgoing(parts_of(lines), example_keyboard(examples))


def _cited_lines(answer: Answer, lang: Lang) -> list[Line]:
    lines = _title_line("weak", lang) if answer.status == "weak" else []
    kind: Kind = "own" if answer.mode == "written" else "quote"
    for sentence in answer.sentences:
        markers = " " + "".join(f"[{number}]" for number in sentence.citations)
        lines.append(line(Piece(sentence.text, kind), Piece(markers, style=MARKER)))
    if answer.mode != "quoted":
        lines += [EMPTY_LINE, *_own(f"mode.{answer.mode}", lang)]
    for disagreement in answer.disagreements:
        lines += [EMPTY_LINE, *_disagreement_lines(disagreement, lang)]
    return [*lines, EMPTY_LINE, *_title_line("sources", lang), *source_lines(answer.citations, lang)]


def _disagreement_lines(disagreement: Disagreement, lang: Lang) -> list[Line]:
    """A block of its own: what the sources differ on, and each side with its source."""
    lines = _title_line(f"bot.differ.{disagreement.kind}", lang, {"quantity": disagreement.quantity})
    for side in disagreement.sides:
        pieces: list[Piece | str] = ["• ", Piece(f"{side.value} {side.unit}".strip(), "name")]
        about = [piece for piece in (side.speaker, side.date) if piece]
        pieces += [" — ", *_joined(about, lang)] if about else []
        lines.append(line(*pieces, Piece(f" [{side.citation}]", style=MARKER), rtl=lang == "ar"))
    return lines


def _paragraph_lines(shown: Around) -> list[Line]:
    """The article's own words with the quote in bold; a line break where the file has one."""
    rtl = has_arabic(shown.quote) or has_arabic(shown.before + shown.after)
    rows: list[list[Piece]] = [[Piece("… ")] if shown.is_cut_before else []]
    for text, style in ((shown.before, ""), (shown.quote, HEADING), (shown.after, "")):
        first, *others = text.split("\n")
        rows[-1].append(Piece(first, "quote", style))
        rows += [[Piece(other, "quote", style)] for other in others]
    if shown.is_cut_after:
        rows[-1].append(Piece(" …"))
    return [line(*pieces, rtl=rtl) for pieces in rows]


def _card_lines(cards: Sequence[Card], lang: Lang) -> list[Line]:
    """Articles in a list: number and title, and under it outlet and date."""
    lines: list[Line] = []
    for number, card in enumerate(cards, start=1):
        about = _about(card) or (say("bot.undated", lang),)
        lines += [
            EMPTY_LINE,
            line(f"{number}. ", Piece(card.title, "name", TITLE), rtl=lang == "ar"),
            line(*_joined(about, lang), rtl=lang == "ar"),
        ]
    return lines


def _title_line(key: str, lang: Lang, values: Mapping[str, object] = MappingProxyType({})) -> list[Line]:
    return _own(key, lang, values, style=HEADING)


def _own(key: str, lang: Lang, values: Mapping[str, object] = MappingProxyType({}), *, style: str = "") -> list[Line]:
    """Isnad's own words, all in one style; a value from outside cannot break its line."""
    lines = message(say(key, lang, **{name: _one_line(value) for name, value in values.items()}))
    return [replace(shown, pieces=tuple(replace(piece, style=style) for piece in shown.pieces)) for shown in lines]


def _one_line(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


def _joined(names: Sequence[str], lang: Lang) -> list[Piece]:
    comma = Piece("، " if lang == "ar" else ", ")
    pieces = [piece for name in names for piece in (comma, Piece(name, "name"))]
    return pieces[1:]


def _about(card: Card) -> tuple[str, ...]:
    return tuple(piece for piece in (card.outlet, card.date) if piece)


def _is_rtl(text: str, lang: Lang) -> bool:
    return has_arabic(text) or lang == "ar"


def _was_completed(answer: Answer) -> bool:
    return answer.searched.strip() != answer.question.strip()
