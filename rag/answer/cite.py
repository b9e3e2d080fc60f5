"""Citing: every quote is looked up in its article again before it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.schema import Article, Citation, Sentence, Span


@dataclass(frozen=True, slots=True)
class Extract:
    """A sentence to be said, and its places: (source, span), the one that is quoted first."""

    text: str
    rank: int
    places: tuple[tuple[str, Span], ...]


def cite(
    extracts: Sequence[Extract], articles: Mapping[str, Article]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Number the places of `extracts`, in their order.

    A sentence whose quote is not in its article is left out, and so is a place whose article is gone.
    """
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for extract in extracts:
        numbers = []
        for source, (start, end) in extract.places:
            article = articles.get(source)
            if article is None or not article.text[start:end]:
                continue
            numbers.append(len(citations) + 1)
            citations.append(
                Citation(
                    number=numbers[-1],
                    source=source,
                    title=article.title,
                    outlet=article.outlet,
                    date=article.date,
                    quote=article.text[start:end],
                    start=start,
                    end=end,
                )
            )
        if numbers and citations[numbers[0] - 1].quote == extract.text:
            sentences.append(Sentence(extract.text, extract.rank, tuple(numbers)))
        elif numbers:
            del citations[numbers[0] - 1 :]
    return tuple(sentences), tuple(citations)


def renumbered(
    sentences: Sequence[Sentence], citations: Sequence[Citation]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The sentences with the citations that they use, numbered from 1 in the order of use."""
    by_number = {citation.number: citation for citation in citations}
    used = dict.fromkeys(number for sentence in sentences for number in sentence.citations)
    new = {old: at for at, old in enumerate(used, start=1)}
    return (
        tuple(replace(sentence, citations=tuple(new[n] for n in sentence.citations)) for sentence in sentences),
        tuple(replace(by_number[old], number=at) for old, at in new.items()),
    )
