from __future__ import annotations

import multiprocessing
import os
import shutil
from collections import Counter
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from rag.errors import IndexBusy
from rag.index.database import open_engine
from rag.index.lock import writer_lock
from rag.index.reader import Reader, open_index
from rag.ingest import ingest
from rag.settings import Settings
from rag.text.terms import terms
from tests.corpus import PAGES, settings_for, write_pages

QUERY = Counter(terms("كم يبلغ طول جسر الوادي؟"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages")], settings)
    return settings


def first_source(reader: Reader) -> str:
    best, _ = reader.search_chunks(QUERY, 1)[0]
    assert reader.search_vectors("طول الجسر", 3)
    return reader.place([best])[0].source


def test_nothing_is_made_by_looking_at_a_home_that_is_not_there(tmp_path: Path) -> None:
    with open_index(settings_for(tmp_path / "none")) as index, index.reading() as reader:
        assert reader.num_chunks == 0
        assert reader.search_chunks(QUERY, 5) == reader.search_vectors("الجسر", 5) == []
        assert reader.place(["0" * 32]) == []
    assert not (tmp_path / "none").exists()


def test_ids_that_the_store_does_not_know_are_dropped(settings: Settings) -> None:
    with open_index(settings) as index, index.reading() as reader:
        known = [chunk_id for chunk_id, _ in reader.search_chunks(QUERY, 5)]
        assert {place.chunk_id for place in reader.place([*known, "f" * 32])} == set(known)


def test_the_dense_side_finds_a_text_by_itself(settings: Settings) -> None:
    with open_index(settings) as index, index.reading() as reader:
        (chunk_id, similarity), *_ = reader.search_vectors(PAGES["harvest.txt"], 3)
        assert reader.place([chunk_id])[0].source == "harvest.txt"
        assert 0.8 < similarity <= 1.0001


def _remove_all(index: Path) -> None:
    shutil.rmtree(index)


def _remove_chroma(index: Path) -> None:
    shutil.rmtree(index / "1" / "chroma")


def _empty_chroma(index: Path) -> None:
    (index / "1" / "chroma" / "chroma.sqlite3").write_bytes(b"")


def _noise_in_chroma(index: Path) -> None:
    (index / "1" / "chroma" / "chroma.sqlite3").write_bytes(os.urandom(8192))


def _remove_segment(index: Path) -> None:
    next((index / "1" / "lexical" / "chunks").glob("*.store")).unlink()


def _truncate_terms(index: Path) -> None:
    file = next((index / "1" / "lexical" / "chunks").glob("*.term"))
    file.write_bytes(file.read_bytes()[:10])


def _noise_in_meta(index: Path) -> None:
    (index / "1" / "lexical" / "articles" / "meta.json").write_text("{")


@pytest.mark.parametrize(
    "damage",
    [
        _remove_all,
        _remove_chroma,
        _empty_chroma,
        _noise_in_chroma,
        _remove_segment,
        _truncate_terms,
        _noise_in_meta,
    ],
)
def test_a_missing_or_damaged_index_rebuilds_itself_and_says_so(
    settings: Settings, damage: Callable[[Path], None]
) -> None:
    damage(settings.index_folder)
    said: list[str] = []
    with open_index(settings, on_message=said.append) as index:
        assert index.read(first_source) == "bridge.txt"
        assert len(said) == 1
        assert index.read(first_source) == "bridge.txt"
        assert len(said) == 1


def test_an_open_index_follows_to_the_next_generation(settings: Settings, tmp_path: Path) -> None:
    with open_index(settings) as index:
        with index.reading() as old:
            ingest([write_pages(tmp_path / "pages", {"new.txt": "خبر جديد\n\nافتتح جسر الوادي الثالث أمس."})], settings)
            assert old.num_articles == 3
            assert first_source(old) == "bridge.txt"
        with index.reading() as new:
            assert new.num_articles == 4


def test_at_most_two_generations_are_kept_and_orphans_go(settings: Settings, tmp_path: Path) -> None:
    (settings.index_folder / "7").mkdir()
    for number in range(3):
        pages = {f"new{number}.txt": f"خبر جديد\n\nافتتح المعرض رقم {number} أمس."}
        report = ingest([write_pages(tmp_path / "pages", pages)], settings)
    assert report.generation == 10
    assert sorted(child.name for child in settings.index_folder.iterdir()) == ["10", "9"]


def _hold(home: Path, started: Event, release: Event) -> None:
    settings = settings_for(home)
    with writer_lock(home, open_engine(settings)):
        started.set()
        release.wait(30)


def test_a_second_writer_is_told_who_holds_the_lock(settings: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    started, release = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(settings.home, started, release))
    holder.start()
    try:
        assert started.wait(30)
        waited: list[str] = []
        with (
            pytest.raises(IndexBusy, match=str(holder.pid)),
            writer_lock(settings.home, open_engine(settings), on_wait=waited.append, patience_s=0),
        ):
            pass
        assert len(waited) == 1
    finally:
        release.set()
        holder.join()
    with writer_lock(settings.home, open_engine(settings), patience_s=0):
        pass
