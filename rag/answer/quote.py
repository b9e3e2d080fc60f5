"""From chosen sentences to what is said: antecedents brought along, within the length of an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.answer.antecedents import find_antecedents
from rag.answer.choose import Choice, find_copies, places_of
from rag.answer.cite import Extract
from rag.schema import Article, Passage, Span

MAX_CHARACTERS = 700

LoadArticles = Callable[[Iterable[str]], Mapping[str, Article]]


@dataclass(frozen=True, slots=True)
class _Said:
    """One sentence of the answer in the making."""

    source: str
    span: Span
    rank: int
    copies: tuple[tuple[str, Span], ...] = ()


def quote(
    choices: Sequence[Choice],
    passages: Sequence[Passage],
    load_articles: LoadArticles,
    *,
    max_characters: int = MAX_CHARACTERS,
) -> tuple[list[Extract], Mapping[str, Article]]:
    """The sentences to say, in reading order, and the articles that they come from.

    Articles follow the rank of their best sentence; inside an article its own order holds.
    An antecedent ranks after every chosen sentence.
    """
    copies = find_copies(passages)
    places = [tuple(places_of(choice.candidate, copies)) for choice in choices]
    articles = load_articles(dict.fromkeys(source for copies in places for source, _ in copies))
    said: list[_Said] = []
    for rank, ((source, span), *others) in enumerate(places, start=1):
        article = articles.get(source)
        if article is None:
            continue
        chosen = _Said(source, span, rank, tuple(others))
        if (source, span) in (known := [(one.source, one.span) for one in said]):
            said[known.index((source, span))] = chosen  # it came along as an antecedent
            continue
        group = [chosen, *_antecedents(article, span, said, first_rank=len(choices) + len(said) + 1)]
        if _length([*said, *group]) <= max_characters:
            said.extend(group)
        elif rank == 1:
            said.append(chosen)
    order = {source: at for at, source in reversed(list(enumerate(one.source for one in said)))}
    said.sort(key=lambda one: (order[one.source], one.span))
    ranks = {rank: at for at, rank in enumerate(sorted(one.rank for one in said), start=1)}
    extracts = [
        Extract(articles[one.source].text[slice(*one.span)], ranks[one.rank], ((one.source, one.span), *one.copies))
        for one in said
    ]
    return extracts, articles


def _antecedents(article: Article, span: Span, said: Sequence[_Said], *, first_rank: int) -> list[_Said]:
    known = {(one.source, one.span) for one in said}
    spans = [place for place in find_antecedents(article, span) if (article.source, place) not in known]
    return [_Said(article.source, place, first_rank + at) for at, place in enumerate(spans)]


def _length(said: Sequence[_Said]) -> int:
    return sum(one.span[1] - one.span[0] for one in said) + len(said) - 1
