"""Answers, passages and replies as lines for a reader; nothing here prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.direction import Line, Piece, line
from bot.texts import Lang, say
from rag.schema import Answer, Citation, Disagreement, Nearest, Passage
from rag.text.normalise import has_arabic
from rag.text.terms import STOP_WORDS, words

MARKER, HEADING, FAINT, COMMAND, TITLE = "cyan", "bold", "dim", "bold cyan", "bold"
PASSAGE_LENGTH = 300
"""Characters of a passage that are shown: what it is about, not all of it (`--json` has all)."""

EMPTY_LINE = Line()


def message(text: str, *, style: str = "") -> list[Line]:
    """Isnad's own words; what stands between backticks is one unit."""
    return [_message_line(part, style) for part in text.split("\n")]


def answer_lines(answer: Answer, lang: Lang) -> list[Line]:
    """The answer as it is read: sentences with their markers, then the sources; or why there is none."""
    lines = message(say("searched", lang, searched=answer.searched), style=FAINT) if _was_completed(answer) else []
    if answer.status == "refused":
        return [*lines, *message(say(refusal_key(answer), lang)), *nearest_lines(answer.nearest, lang)]
    if answer.status == "weak":
        lines += message(say("weak", lang), style=HEADING)
    quoted = answer.mode != "written"
    lines += [_sentence_line(sentence.text, sentence.citations, quoted=quoted) for sentence in answer.sentences]
    if answer.mode != "quoted":
        lines += message(say(f"mode.{answer.mode}", lang), style=FAINT)
    for disagreement in answer.disagreements:
        lines += _disagreement_lines(disagreement, lang)
    lines += [EMPTY_LINE, *message(say("sources", lang), style=HEADING), *source_lines(answer.citations, lang)]
    return [*lines, *(nearest_lines(answer.nearest, lang) if answer.status == "weak" else [])]


def refusal_key(answer: Answer) -> str:
    """The text that says why there is no answer: one who wrote whole words of Arabic is not told to."""
    named = set(words(answer.searched)) - STOP_WORDS
    if answer.reason == "not_understood" and any(map(has_arabic, named)):
        return "refused.unused_words"
    return f"refused.{answer.reason}"


def source_lines(citations: Sequence[Citation], lang: Lang) -> list[Line]:
    """Each cited article once: its numbers, title, outlet and date, and under them its file."""
    by_source: dict[str, list[Citation]] = {}
    for citation in citations:
        by_source.setdefault(citation.source, []).append(citation)
    return [shown for cited in by_source.values() for shown in _source_lines(cited, lang)]


def quote_lines(citation: Citation, lang: Lang) -> list[Line]:
    """One quote, word for word, and where it stands."""
    place = say("quote.place", lang, source=citation.source, start=citation.start, end=citation.end)
    quote = _sentence_line(citation.quote, (citation.number,))
    return [quote, _article_line((), citation, lang), *message(place, style=FAINT)]


def nearest_lines(nearest: Sequence[Nearest], lang: Lang) -> list[Line]:
    """Articles to look at where no clear answer was found."""
    if not nearest:
        return []
    lines = [EMPTY_LINE, *message(say("nearest", lang), style=HEADING)]
    for article in nearest:
        pieces = ("- ", Piece(article.title, "name"), " — ", Piece(article.source, "name", FAINT))
        lines.append(line(*pieces, rtl=lang == "ar"))
    return lines


def passage_lines(passages: Sequence[Passage], lang: Lang) -> list[Line]:
    """What `search` found: rank, title, outlet and date, file and score, and how the passage begins."""
    lines: list[Line] = []
    for passage in passages:
        rank = Piece(f"{passage.rank}. ", style=MARKER)
        score = f"  {say('score', lang)} {passage.score:.3f}"
        lines += [
            _article_line((rank,), passage, lang),
            line(Piece(passage.source, "name", FAINT), Piece(score, style=FAINT), rtl=lang == "ar"),
            line(Piece(_beginning(passage.text), "quote")),
            EMPTY_LINE,
        ]
    return lines[:-1]


def _source_lines(cited: Sequence[Citation], lang: Lang) -> list[Line]:
    markers = Piece("".join(f"[{citation.number}]" for citation in cited) + " ", style=MARKER)
    file = line(Piece(cited[0].source, "name", FAINT), rtl=lang == "ar")
    return [_article_line((markers,), cited[0], lang), file]


def _article_line(first: Iterable[Piece], article: Citation | Passage, lang: Lang) -> Line:
    pieces = [*first, Piece(article.title, "name", TITLE)]
    about = [piece for piece in (article.outlet, article.date) if piece]
    for number, piece in enumerate(about):
        pieces += [Piece("، " if lang == "ar" else ", ") if number else Piece(" — "), Piece(piece, "name")]
    return line(*pieces, rtl=lang == "ar")


def _sentence_line(text: str, numbers: Iterable[int], *, quoted: bool = True) -> Line:
    markers = " " + "".join(f"[{number}]" for number in numbers)
    return line(Piece(text, "quote" if quoted else "own"), Piece(markers, style=MARKER))


def _disagreement_lines(disagreement: Disagreement, lang: Lang) -> list[Line]:
    lines = message(say(f"disagreement.{disagreement.kind}", lang, quantity=disagreement.quantity), style=HEADING)
    for side in disagreement.sides:
        about = [piece for piece in (side.speaker, side.date) if piece]
        value = Piece(f"{side.value} {side.unit}".strip(), "name")
        tail = f" ({'، '.join(about) if lang == 'ar' else ', '.join(about)})" if about else ""
        lines.append(line("- ", value, tail, Piece(f" [{side.citation}]", style=MARKER), rtl=lang == "ar"))
    return lines


def _message_line(text: str, style: str) -> Line:
    parts = enumerate(text.split("`"))
    return line(*(Piece(part, "name", COMMAND) if number % 2 else Piece(part, style=style) for number, part in parts))


def _beginning(text: str) -> str:
    if len(text) <= PASSAGE_LENGTH:
        return text
    return (text[:PASSAGE_LENGTH].rpartition(" ")[0] or text[:PASSAGE_LENGTH]) + " …"


def _was_completed(answer: Answer) -> bool:
    return answer.searched.strip() != answer.question.strip()
