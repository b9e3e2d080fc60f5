from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.reader import Reader, open_index
from rag.ingest import ingest
from rag.schema import Evidence
from rag.search.retrieve import MAX_TERMS, NUM_CHUNKS, inverse_doc_freq, query_terms, retrieve
from tests.corpus import PAGES, settings_for, write_pages

DATED = (
    '{"id": "old", "title": "سباق الدراجات", "text": "انطلق سباق الدراجات في المدينة.", "date": "2020-03-01"}\n'
    '{"id": "new", "title": "سباق الدراجات", "text": "ألغي سباق الدراجات في المدينة.", "date": "2022-03-01"}\n'
    '{"id": "undated", "title": "سباق الدراجات", "text": "عاد سباق الدراجات إلى المدينة."}\n'
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("retrieve")
    pages = PAGES | {"copy.txt": PAGES["bridge.txt"], "dated.jsonl": DATED}
    settings = settings_for(folder / "home")
    ingest([write_pages(folder / "pages", pages)], settings)
    with open_index(settings) as index, index.reading() as opened:
        yield opened


def sources(evidence: Evidence) -> list[str]:
    return [passage.source for passage in evidence.passages]


def test_the_article_that_answers_comes_first(reader: Reader) -> None:
    evidence = retrieve("من سجل هدفي فريق الميناء؟", reader, top_k=5)
    assert sources(evidence)[0] == "sub/match.txt"
    assert [passage.rank for passage in evidence.passages] == list(range(1, len(evidence.passages) + 1))
    scores = [passage.score for passage in evidence.passages]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(1.0)


def test_a_passage_is_a_span_of_its_file(reader: Reader) -> None:
    for passage in retrieve("كم يبلغ طول جسر الوادي؟", reader, top_k=8).passages:
        text = reader.load_articles([passage.source])[passage.source].text
        assert text[passage.start : passage.end] == passage.text


def test_equal_content_is_shown_for_each_file_that_holds_it(reader: Reader) -> None:
    found = sources(retrieve("كم يبلغ طول جسر الوادي؟", reader, top_k=2))
    assert sorted(found) == ["bridge.txt", "copy.txt"]


def test_top_k_bounds_the_passages(reader: Reader) -> None:
    assert len(retrieve("الوزير", reader, top_k=1).passages) == 1


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2021-01-01", None, {"dated.jsonl#new"}),
        (None, "2021-01-01", {"dated.jsonl#old"}),
        ("2020-03-01", "2022-03-01", {"dated.jsonl#old", "dated.jsonl#new"}),
        ("2023-01-01", None, set()),
    ],
)
def test_dates_are_inclusive_and_drop_the_undated(
    reader: Reader, since: str | None, until: str | None, found: set[str]
) -> None:
    evidence = retrieve("أين انطلق سباق الدراجات؟", reader, top_k=9, since=since, until=until)
    assert set(sources(evidence)) == found


def test_what_the_index_does_not_know_is_told_apart(reader: Reader) -> None:
    evidence = retrieve("جسر البرتقال", reader, top_k=3)
    assert "=جسر" in evidence.known_terms
    assert "=برتقال" not in evidence.known_terms
    assert evidence.idf["=برتقال"] == max(evidence.idf.values()) == inverse_doc_freq(0, reader.num_chunks)
    assert evidence.lexical_scores == tuple(sorted(evidence.lexical_scores, reverse=True))
    assert evidence.num_chunks == reader.num_chunks > 0


def test_a_pasted_page_is_searched_by_its_rarest_known_terms(reader: Reader) -> None:
    filler = " ".join(f"كلمة{number}مجهولة" for number in range(900))
    counts, idf, known = query_terms(f"{filler} قطاف الزيتون", reader)
    assert len(counts) == len(idf) == MAX_TERMS
    assert {"=قطاف", "=زيت"} <= known
    assert sources(retrieve(f"{filler} قطاف الزيتون", reader, top_k=1)) == ["harvest.txt"]


@given(st.text(max_size=200))
def test_any_text_can_be_searched(reader: Reader, text: str) -> None:
    assert len(retrieve(text, reader, top_k=3).passages) <= 3


def test_an_empty_index_gives_nothing(tmp_path: Path) -> None:
    with open_index(settings_for(tmp_path)) as index, index.reading() as reader:
        evidence = retrieve("أين الجسر؟", reader, top_k=3)
    assert (evidence.passages, evidence.num_chunks) == ((), 0)


class Dense:
    """A reader whose dense side is sure of one chunk that shares no word with the question."""

    def __init__(self, reader: Reader, chunk_id: str, weight: float) -> None:
        self._reader = reader
        self._chunk_id = chunk_id
        self.encoder_weight = weight
        self.num_chunks = reader.num_chunks
        self.search_chunks = reader.search_chunks
        self.search_articles = reader.search_articles
        self.doc_freqs = reader.doc_freqs
        self.place = reader.place
        self.load_texts = reader.load_texts

    def search_vectors(self, _question: str, _top_k: int) -> list[tuple[str, float]]:
        """One chunk."""
        return [(self._chunk_id, 0.9)]


@pytest.mark.parametrize(("weight", "first"), [(0.0, "harvest.txt"), (0.9, "sub/match.txt")])
def test_the_dense_side_counts_as_much_as_its_encoder_has_earned(reader: Reader, weight: float, first: str) -> None:
    match = retrieve("فريق الميناء", reader, top_k=1).passages[0]
    evidence = retrieve("قطاف الزيتون", Dense(reader, match.chunk_id, weight), top_k=9)
    assert sources(evidence)[0] == first
    assert ("sub/match.txt" in sources(evidence)) is (weight > 0), "what shares nothing at all is no passage"


def test_what_the_articles_do_not_hold_gives_no_passage(reader: Reader) -> None:
    assert retrieve("zzzz", reader, top_k=5).passages == ()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Far more chunks with the question's words than are looked at by default; one of them is recent."""
    folder = tmp_path_factory.mktemp("many")
    rows = [{"id": str(n), "text": f"مهرجان البحر في الموسم {n}.", "date": "2020-01-01"} for n in range(2 * NUM_CHUNKS)]
    rows.append({"id": "new", "text": "انتهى مهرجان البحر هذا العام بعد أسبوع حافل بالعروض.", "date": "2024-06-01"})
    feed = {"feed.jsonl": "\n".join(json.dumps(row) for row in rows)}
    settings = settings_for(folder / "home")
    ingest([write_pages(folder / "pages", feed)], settings)
    with open_index(settings) as index, index.reading() as opened:
        yield opened


def test_a_date_filter_looks_deeper_until_it_finds(many: Reader) -> None:
    assert sources(retrieve("مهرجان البحر", many, top_k=5, since="2024-01-01")) == ["feed.jsonl#new"]


def test_more_passages_are_there_for_who_asks_for_more(many: Reader) -> None:
    assert len(retrieve("مهرجان البحر", many, top_k=1000).passages) == 2 * NUM_CHUNKS + 1
