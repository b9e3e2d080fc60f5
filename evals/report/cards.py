"""A question on the page: closed it says what became of it, open it says everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evals.report.html import Markup, file_name, join, number, said, tag
from evals.report.numbers import shown
from evals.report.paragraph import Paragraph, paragraphs_of
from evals.report.wording import Wording
from evals.score import Row

SHOWN_RANKS = 5
_SHOWN = ("first_sentence", "f1", "answer_length", "ndcg10", "rr10")
_SHOWN_BELOW_ONE = ("quotes_match", "citation_precision", "citation_recall", "numbers_supported")
"""They are 1 nearly always: what is not is what to look at. The tables have every measure."""


def card(row: Row, at: int, texts: Mapping[str, str], wording: Wording) -> Markup:
    """The question of `row`; `at` is its place, from 1."""
    return tag(
        "details",
        _summary(row, wording),
        tag("div", *_inside(row, texts, wording), class_="inside"),
        class_="card",
        id=f"q-{at}",
        data_kind=row.kind,
        data_lang=row.lang,
        data_verdict=row.verdict,
        data_status=row.status,
    )


def pill(verdict: str, wording: Wording) -> Markup:
    """A verdict in its colour."""
    return tag("span", wording.plain(f"eval.verdict.{verdict}"), class_=f"pill v-{verdict}")


def _summary(row: Row, wording: Wording) -> Markup:
    facts = [tag("bdi", row.question_id), tag("bdi", row.kind), tag("bdi", row.lang)]
    if row.confidence is not None:
        sure = wording.plain("eval.report.confidence")
        facts.append(join([sure, " ", number(f"{row.confidence:.2f}")]))
    return tag(
        "summary",
        pill(row.verdict, wording),
        tag("span", row.question, class_="question", dir="auto"),
        tag("span", *(tag("span", fact) for fact in facts), class_="facts"),
    )


def _inside(row: Row, texts: Mapping[str, str], wording: Wording) -> Iterable[Markup]:
    yield tag("p", said(wording.say(f"eval.why.{row.why.key}", **row.why.values)), class_=f"why v-{row.verdict}")
    yield tag("div", *_told(row, texts, wording), class_="told")
    beside = list(_beside(row, wording))
    if beside:
        yield tag("div", *beside, class_="beside")


def _told(row: Row, texts: Mapping[str, str], wording: Wording) -> Iterable[Markup]:
    """What was asked before, what was expected, what was said and where it stands."""
    if row.history:
        yield _part("history", tag("ol", *(tag("li", turn, dir="auto") for turn in row.history)), wording)
    yield _part("expected", _expected(row, wording), wording)
    if row.record.get("sentences"):
        yield _part("answer", _answer(row.record), wording)
        yield _part("citations", _citations(paragraphs_of(row.record["citations"], texts), wording), wording)
    if row.record.get("disagreements"):
        yield _part("disagreements", _disagreements(row.record["disagreements"]), wording)


def _beside(row: Row, wording: Wording) -> Iterable[Markup]:
    """What was found, and what was measured."""
    if row.ranking:
        yield _part("ranking", _ranking(row), wording)
    measured = [(name, row.values[name]) for name in _SHOWN if name in row.values]
    measured += [(name, row.values[name]) for name in _SHOWN_BELOW_ONE if row.values.get(name, 1.0) < 1.0]
    if measured or row.ms:
        yield _part("measures", _measures(row, measured, wording), wording)


def _part(name: str, content: str, wording: Wording) -> Markup:
    return tag("section", tag("h4", wording.plain(f"eval.report.part.{name}")), content, class_=f"part {name}")


def _expected(row: Row, wording: Wording) -> Markup:
    if row.answerable is None:
        return tag("p", wording.plain("eval.report.expects_nothing"), class_="faint")
    if not row.answerable:
        return tag("p", wording.plain("eval.report.expects_refusal"))
    answers = tag("p", *(tag("bdi", answer, class_="accepted") for answer in row.expected), class_="chips")
    sources = tag("p", *(file_name(source) for source in row.sources), class_="chips")
    return join([answers if row.expected else "", sources if row.sources else ""])


def _answer(record: Mapping[str, Any]) -> Markup:
    pieces: list[str] = []
    for sentence in record["sentences"]:
        pieces += [tag("span", sentence["text"], class_="sentence"), *map(_reference, sentence["citations"]), " "]
    return tag("p", *pieces, class_="said", dir="auto")


def _reference(at: int) -> Markup:
    return tag("sup", str(at))


def _citations(paragraphs: Iterable[Paragraph], wording: Wording) -> Markup:
    """The paragraphs, those of one article together, in the order in which the answer comes to them."""
    by_article: dict[tuple[str, str], list[Paragraph]] = {}
    for paragraph in paragraphs:
        by_article.setdefault((paragraph.source, paragraph.state), []).append(paragraph)
    return join(_article(of_article, wording) for of_article in by_article.values())


def _article(paragraphs: Sequence[Paragraph], wording: Wording) -> Markup:
    first = paragraphs[0]
    about = [tag("bdi", one) for one in (first.title, first.outlet, first.date) if one]
    warning = []
    if first.state != "found":
        warning.append(tag("p", wording.plain(f"eval.report.quote.{first.state}"), class_="warning"))
    return tag(
        "figure",
        *warning,
        *map(_paragraph, paragraphs),
        tag("figcaption", file_name(first.source), *about),
    )


def _paragraph(paragraph: Paragraph) -> Markup:
    pieces: list[str] = ["… "] if paragraph.is_cut_before else []
    for piece in paragraph.pieces:
        pieces.append(tag("mark", piece.text) if piece.numbers else piece.text)
        pieces += map(_reference, piece.numbers)
    pieces += [" …"] if paragraph.is_cut_after else []
    return tag("blockquote", *pieces, dir="auto")


def _disagreements(disagreements: Iterable[Mapping[str, Any]]) -> Markup:
    lines = []
    for one in disagreements:
        sides = [
            join([tag("bdi", f"{side['value']} {side['unit']}"), _reference(side["citation"])]) for side in one["sides"]
        ]
        lines.append(tag("li", tag("bdi", one["quantity"]), ": ", *(join([side, " "]) for side in sides)))
    return tag("ul", *lines)


def _ranking(row: Row) -> Markup:
    wanted = set(row.sources)
    ranked = [
        tag("li", file_name(source), number(f"{score:.2f}"), class_="hit" if source in wanted else None)
        for source, score in row.ranking[:SHOWN_RANKS]
    ]
    return tag("ol", *ranked)


def _measures(row: Row, measured: Iterable[tuple[str, float]], wording: Wording) -> Markup:
    cells = [
        tag("span", tag("span", wording.plain(f"eval.measure.{name}")), number(shown(name, value)))
        for name, value in measured
    ]
    if row.ms:
        cells.append(tag("span", tag("span", wording.plain("eval.report.milliseconds")), number(f"{row.ms:,.1f}")))
    return tag("p", *cells, class_="measures")
