"""Chunking: whole sentences, verbatim, in order, covering the body; named by content."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.chunk import MAX_CHUNK, article_key_of, chunk, chunk_id_of, headline_of
from rag.schema import Article, Span
from rag.text.sentences import split_sentences


def _article(text: str, *body: Span, title: str = "عنوان", source: str = "a.txt") -> Article:
    return Article(source=source, title=title, text=text, body=body or ((0, len(text)),))


def _texts(article: Article) -> list[str]:
    return [article.text[piece.start : piece.end] for piece in chunk(article)]


def test_a_short_article_is_one_chunk() -> None:
    assert _texts(_article("افتُتح الجسر.\n\nوأُغلق الطريق.")) == ["افتُتح الجسر.\n\nوأُغلق الطريق."]


@pytest.mark.parametrize(("length", "num_chunks"), [(248, 1), (249, 2)])
def test_sentences_join_up_to_the_limit(length: int, num_chunks: int) -> None:
    sentence = "ا" * length + "."
    assert len(_texts(_article(f"{sentence}\n{sentence}"))) == num_chunks


def test_chunks_do_not_cross_spans() -> None:
    text = "الأول. القائمة. الثاني."
    assert _texts(_article(text, (0, 6), (16, 23))) == ["الأول.", "الثاني."]


def test_equal_content_has_one_name_wherever_it_stands() -> None:
    one = _article("افتُتح الجسر.")
    other = _article("  افتُتح الجسر.", (2, 15), source="b.txt")
    assert [piece.chunk_id for piece in chunk(one)] == [piece.chunk_id for piece in chunk(other)]
    assert article_key_of(one) == article_key_of(other)


def test_another_title_or_body_has_another_name() -> None:
    one = _article("افتُتح الجسر. وأُغلق الطريق.")
    variants = [one, dataclasses.replace(one, title="غيره"), dataclasses.replace(one, body=((0, 13),))]
    variants.append(dataclasses.replace(one, body=((0, 13), (14, 28))))
    assert len({article_key_of(article) for article in variants}) == 4
    assert len({chunk(article)[0].chunk_id for article in variants[:3]}) == 3


def test_names_are_hexadecimal_and_tell_headline_from_text() -> None:
    assert chunk_id_of("أ", "ب") != chunk_id_of("أب", "")
    assert len(chunk_id_of("أ", "ب")) == 32
    assert int(chunk_id_of("أ", "ب"), 16) > 0
    assert headline_of(_article("نص")) == "عنوان"


_SENTENCE = st.text("ابتث وم", min_size=1, max_size=300).map(lambda text: f"{text}. ")
_TEXTS = st.text(max_size=300) | st.lists(_SENTENCE, max_size=12).map("".join)


@given(_TEXTS, st.lists(st.integers(0, 4000), max_size=6))
def test_chunks_are_verbatim_in_order_whole_sentences_and_cover_the_body(text: str, cuts: list[int]) -> None:
    edges = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    body = tuple(zip(edges[::2], edges[1::2], strict=False))
    article = Article(source="a.txt", title="ع", text=text, body=body)
    pieces = chunk(article)
    sentences = [span for start, end in body for span in split_sentences(text, start, end)]
    covered = [[span for span in sentences if piece.start <= span[0] and span[1] <= piece.end] for piece in pieces]
    assert [span for spans in covered for span in spans] == sentences
    for piece, spans in zip(pieces, covered, strict=True):
        assert (piece.start, piece.end) == (spans[0][0], spans[-1][1])
        assert piece.end - piece.start <= MAX_CHUNK
        assert any(start <= piece.start and piece.end <= end for start, end in body)
        assert piece.chunk_id == chunk_id_of("ع", text[piece.start : piece.end])
    assert all(one.end <= next_one.start for one, next_one in pairwise(pieces))
