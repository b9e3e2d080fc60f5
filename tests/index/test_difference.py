"""What is read from the store to be indexed: never more text at once than a page may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.index import difference
from rag.index.difference import cut_into_pages, read_affected, read_difference
from rag.index.writer import open_writer
from rag.ingest import ingest, reindex
from tests.corpus import settings_for, write_pages

LENGTHS = (100, 700, 100, 100, 300, 2000, 100)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    texts = {f"{at}.txt": f"خبر {at}\n\n" + "كلام " * (length // 5) for at, length in enumerate(LENGTHS)}
    return write_pages(tmp_path / "pages", texts)


def test_articles_are_cut_into_pages_by_number_and_by_size(
    tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(difference, "_PAGE", 5)
    monkeypatch.setattr(difference, "_PAGE_TEXT", 900)
    settings = settings_for(tmp_path / "home")
    ingest([pages], settings)
    with open_writer(settings) as writer:
        by_source = {source: article_id for article_id, source, *_ in writer.rows.read_given()}
        assert sorted(by_source) == [f"{at}.txt" for at in range(len(LENGTHS))]
        ids = [by_source[source] for source in sorted(by_source)]
        cut = list(cut_into_pages(writer._connection, ids))
    assert [[ids.index(article_id) for article_id in page] for page in cut] == [[0, 1], [2, 3, 4], [5], [6]]


def test_articles_are_indexed_in_the_order_of_their_sources_however_they_are_cut(
    tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path / "home")
    ingest([pages], settings)
    read = []
    for size in (1, 1 << 22):
        monkeypatch.setattr(difference, "_PAGE_TEXT", size)
        with open_writer(settings) as writer:
            difference.forget_indexed(writer._connection)
            read.append(list(read_affected(writer._connection, read_difference(writer._connection))))
        assert reindex(settings).num_articles == len(LENGTHS)
    assert read[0] == read[1]
    assert [article.title for article in read[0]] == [f"خبر {at}" for at in range(len(LENGTHS))]
