"""What was deleted goes on counting in a large index, up to a share of its chunks or of its articles.

In the graph of the vectors it stays until it is as much as what lives.
"""

from __future__ import annotations

import os
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rag.index import build
from rag.index.health import check_index
from rag.index.lexical import num_dead
from rag.index.vectors import VectorIndex
from rag.ingest import ingest, reindex
from rag.settings import Settings
from tests.corpus import settings_for, write_pages

NUM_ARTICLES, NUM_PARAGRAPHS = 10, 12


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(build, "_FEW", 0)
    monkeypatch.setattr(build, "_WORN", 0.25)
    return settings_for(tmp_path / "home")


def article(number: int, last: str) -> str:
    paragraphs = [
        f"وقال الوزير رقم {number} في الفقرة {at} كلاما طويلا عن المدينة. " * 6 for at in range(NUM_PARAGRAPHS)
    ]
    return "\n\n".join([f"خبر {number}", *paragraphs, last])


def dead_in(settings: Settings) -> tuple[int, int]:
    newest = max(settings.index_folder.iterdir()) / "lexical"
    return num_dead(newest / "chunks"), num_dead(newest / "articles")


def test_edits_wear_the_articles_before_the_chunks(settings: Settings, tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "pages", {f"{at}.txt": article(at, "انتهى.") for at in range(NUM_ARTICLES)})
    assert ingest([pages], settings).num_chunks > 4 * NUM_ARTICLES
    for at, dead in enumerate([(1, 1), (2, 2), (0, 0)]):
        write_pages(pages, {f"{at}.txt": article(at, "تغير.")})
        assert ingest([pages], settings).num_embedded == 1
        assert dead_in(settings) == dead


def test_articles_that_go_wear_the_chunks_too(settings: Settings, tmp_path: Path) -> None:
    short = {f"{at}.txt": article(at, "انتهى.")[:200] for at in range(NUM_ARTICLES)}
    pages = write_pages(tmp_path / "pages", short | {"long.txt": article(99, "انتهى.")})
    ingest([pages], settings)
    (pages / "0.txt").unlink()
    ingest([pages], settings)
    assert dead_in(settings) == (1, 1)
    (pages / "long.txt").unlink()
    ingest([pages], settings)
    assert dead_in(settings) == (0, 0)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_an_index_that_lost_its_articles_is_whole_however_often_it_is_opened(tmp_path: Path, left: int) -> None:
    settings, names = settings_for(tmp_path / "home"), [f"{at}.txt" for at in range(8)]
    pages = write_pages(tmp_path / "pages", {name: article(at, "")[:200] for at, name in enumerate(names)})
    ingest([pages], settings)
    for name in names[left:]:
        (pages / name).unlink()
    assert ingest([pages], settings, prune=True).num_chunks == left
    for _ in range(3):
        assert check_index(settings).state == "healthy"
    said: list[str] = []
    ingest([write_pages(tmp_path / "more", {"new.txt": article(99, "انتهى.")})], settings, on_message=said.append)
    assert said == []


def feed(first: int) -> dict[str, str]:
    """160 articles of a chunk each, the oldest of them this one: below 100 a graph has one size."""
    numbers = range(first, first + 160)
    return {f"{at % 160}.txt": f"خبر {at}\n\nوقال الوزير رقم {at} إن الجسر {at * 7919} اكتمل." for at in numbers}


def newest_vectors(settings: Settings) -> Path:
    return max(settings.index_folder.iterdir(), key=lambda folder: float(folder.name)) / "chroma"


def vectors_by_id(settings: Settings) -> dict[str, Any]:
    """What the collection holds; a query is no measure of that, for a graph may not lead to every vector."""
    with closing(VectorIndex.open(newest_vectors(settings))) as vectors:
        return {key: vector for ids, found in vectors._pages() for key, vector in zip(ids, found, strict=True)}


@pytest.mark.parametrize("page", [50, 5000])
def test_a_feed_that_rolls_leaves_no_more_vectors_behind_than_live(
    tmp_path: Path, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.vectors._PAGE", page)
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages", feed(0))], settings)
    added, weights = [], []
    for turn in range(1, 7):
        report = ingest([write_pages(tmp_path / "pages", feed(60 * turn))], settings)
        assert (report.num_chunks, report.num_embedded) == (160, 60)
        folder = newest_vectors(settings)
        with closing(VectorIndex.open(folder)) as vectors:
            added.append(vectors.num_added)
        weights.append(next(folder.rglob("data_level0.bin")).stat().st_size)
        with closing(sqlite3.connect(folder / "chroma.sqlite3")) as database:
            (in_log,) = database.execute("SELECT count(*) FROM embeddings_queue").fetchone()
        assert in_log <= 1
    assert added == [220, 280, 160, 220, 280, 160]
    assert weights[2] == weights[5] < weights[1]
    before = vectors_by_id(settings)
    reindex(settings)
    after = vectors_by_id(settings)
    assert len(before) == 160
    assert before.keys() == after.keys()
    assert all(before[chunk_id] == pytest.approx(after[chunk_id], abs=1e-6) for chunk_id in after)


def test_making_a_graph_anew_shows_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.index.vectors._PAGE", 50)
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages", feed(0))], settings)
    ingest([write_pages(tmp_path / "pages", feed(100))], settings)
    told: list[tuple[str, int, int | None]] = []
    ingest([write_pages(tmp_path / "pages", feed(200))], settings, progress=lambda *step: told.append(step))
    steps = [(done, total) for stage, done, total in told if stage == "renew"]
    assert len(steps) > 1
    assert steps == sorted(steps)
    assert steps[-1] == (60, 60)


def test_a_graph_that_a_disk_damaged_is_not_made_anew_from_itself(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages", feed(0))], settings)
    ingest([write_pages(tmp_path / "pages", feed(100))], settings)
    graph = next(newest_vectors(settings).rglob("data_level0.bin"))
    noise, found = bytearray(graph.read_bytes()), graph.stat()
    size = len(noise) // 260
    for vector in range(260):  # in the middle of each, so that it reads as another one
        middle = vector * size + size // 2 & ~3
        noise[middle : middle + 4] = struct.pack("<f", 0.1)
    graph.write_bytes(noise)
    os.utime(graph, ns=(found.st_atime_ns, found.st_mtime_ns))
    said: list[str] = []
    report = ingest([write_pages(tmp_path / "pages", feed(170))], settings, on_message=said.append)
    assert said == [f"The index is damaged: {graph} is not what was written."]
    assert (report.num_chunks, report.num_embedded) == (160, 160)
