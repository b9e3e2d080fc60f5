from __future__ import annotations

import errno
import multiprocessing
import os
import re
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from rag.errors import IndexBusy, IndexDamaged, IndexUnreadable, StoreUnusable
from rag.index import seal
from rag.index.generations import Generation, Generations
from rag.index.lexical import LexicalIndex
from rag.index.lock import home_lock
from rag.index.reader import Reader, open_index
from rag.index.seal import Seal, read_seal
from rag.index.status import load_status
from rag.index.vectors import VectorIndex
from rag.ingest import ingest, reindex
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


def _noise_in_graph(index: Path) -> None:
    next((index / "1" / "chroma").rglob("header.bin")).write_bytes(os.urandom(100))


def _remove_stamp(index: Path) -> None:
    (index / "1" / "build").unlink()


DAMAGES = [
    _remove_all,
    _remove_chroma,
    _empty_chroma,
    _noise_in_chroma,
    _noise_in_graph,
    _remove_segment,
    _truncate_terms,
    _noise_in_meta,
    _remove_stamp,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_missing_or_damaged_index_builds_itself_again_and_says_so(
    settings: Settings, damage: Callable[[Path], None]
) -> None:
    damage(settings.index_folder)
    said: list[str] = []
    with open_index(settings, on_message=said.append) as index:
        assert index.read(first_source) == "bridge.txt"
        assert len(said) == 1
        assert index.read(first_source) == "bridge.txt"
        assert len(said) == 1
    assert load_status(settings).generation == 1


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_ingest_leaves_a_damaged_generation_behind_and_says_so(
    settings: Settings, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(settings.index_folder)
    said: list[str] = []
    pages = write_pages(tmp_path / "pages", {"new.txt": "خبر جديد\n\nافتتح المعرض أمس."})
    report = ingest([pages], settings, on_message=said.append)
    assert len(said) == 1
    assert report.generation > 1
    with open_index(settings) as index, index.reading() as reader:
        assert reader.num_chunks == 4
        assert first_source(reader) == "bridge.txt"


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_ingest_that_changes_nothing_looks_whether_the_index_is_whole(
    settings: Settings, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(settings.index_folder)
    said: list[str] = []
    for num_embedded in (3, 0):
        report = ingest([tmp_path / "pages"], settings, on_message=said.append)
        assert (report.generation, report.num_embedded, len(said)) == (1, num_embedded, 1)
    with open_index(settings) as index, index.reading() as reader:
        assert first_source(reader) == "bridge.txt"


def test_an_index_of_one_chunk_is_no_damage(tmp_path: Path) -> None:
    """Chroma makes the files of a graph that it never kept anew at every opening."""
    settings = settings_for(tmp_path / "small")
    ingest([write_pages(tmp_path / "one", {"one.txt": "خبر واحد عن المدينة."})], settings)
    said: list[str] = []
    for _ in range(3):
        with open_index(settings, on_message=said.append) as index:
            assert len(index.read(lambda reader: reader.search_vectors("خبر", 3))) == 1
    assert said == []


def test_a_copy_of_a_home_is_no_damage(settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(settings.home, tmp_path / "copy", copy_function=shutil.copyfile)
    said: list[str] = []
    for _ in range(2):
        with open_index(settings_for(tmp_path / "copy"), on_message=said.append) as index:
            assert index.read(first_source) == "bridge.txt"
    assert said == []


def test_files_whose_times_cannot_be_set_are_all_compared(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(settings.index_folder / "1", tmp_path / "copy", copy_function=shutil.copyfile)
    seal = read_seal(tmp_path / "copy")
    assert seal is not None
    last = seal.files[-1]
    last.path.write_bytes(bytes(byte ^ 1 for byte in last.path.read_bytes()))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refuse)
    with pytest.raises(IndexDamaged, match=re.escape(str(last.path))):
        seal.check()


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOMEM, errno.EACCES, errno.EIO, errno.ESTALE])
@pytest.mark.parametrize("looking", ["read_text", "stat", "open"])
def test_what_may_not_be_looked_at_is_not_taken_for_damage(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, looking: str, number: int
) -> None:
    folder = settings.index_folder / "1"
    seal = read_seal(folder)
    assert seal is not None
    os.utime(seal.files[0].path)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, looking, refuse)
    with pytest.raises(IndexUnreadable, match=os.strerror(number)):
        read_seal(folder) if looking == "read_text" else seal.check()


def test_an_open_index_survives_the_loss_of_its_folder_and_goes_on_following(
    settings: Settings, tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    ingest([write_pages(pages, {"second.txt": "خبر ثان\n\nافتتح المعرض أمس."})], settings)
    with open_index(settings) as running, open_index(settings) as other:
        assert running.read(lambda reader: reader.num_chunks) == 4
        shutil.rmtree(settings.index_folder)
        assert other.read(lambda reader: reader.num_chunks) == 4
        ingest([write_pages(pages, {"third.txt": "خبر ثالث\n\nأغلق المعرض اليوم."})], settings)
        assert running.read(lambda reader: reader.num_chunks) == 5
        assert other.read(lambda reader: reader.num_chunks) == 5
    assert load_status(settings).generation == 3


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Generations, "open"),
        (Seal, "check_sizes"),
        (seal, "check_schema"),
        (LexicalIndex, "open"),
        (VectorIndex, "open"),
    ],
)
def test_a_reader_that_came_too_late_for_a_generation_takes_the_next(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str
) -> None:
    said: list[str] = []
    opened = getattr(owner, name)

    def too_late(*given: object) -> object:
        monkeypatch.undo()
        for number in range(2):
            pages = {f"late{number}.txt": f"خبر متأخر\n\nوصل الخبر رقم {number} متأخرا."}
            ingest([write_pages(tmp_path / "pages", pages)], settings)
        return opened(*given)

    monkeypatch.setattr(owner, name, too_late)
    with open_index(settings, on_message=said.append) as index:
        assert index.read(lambda reader: reader.num_chunks) == 5
    assert said == []
    assert load_status(settings).generation == 3


def test_one_damage_is_mended_once_however_many_ask(settings: Settings) -> None:
    said: list[str] = []
    _remove_chroma(settings.index_folder)
    with open_index(settings, on_message=said.append) as index, ThreadPoolExecutor(6) as pool:
        assert set(pool.map(lambda _: index.read(lambda reader: reader.num_chunks), range(12))) == {3}
    assert [path.name for path in settings.index_folder.iterdir()] == ["1.1"]


def test_what_is_not_ours_stays_in_the_index_folder(settings: Settings, tmp_path: Path) -> None:
    for name in ("mine", "²", "1.x"):
        (settings.index_folder / name).mkdir()
    ingest([write_pages(tmp_path / "pages", {"new.txt": "خبر جديد\n\nافتتح المعرض أمس."})], settings)
    assert {path.name for path in settings.index_folder.iterdir()} == {"1", "2", "mine", "²", "1.x"}


def test_an_open_index_follows_to_a_store_that_took_the_place_of_its_own(settings: Settings, tmp_path: Path) -> None:
    with open_index(settings) as index:
        assert index.read(lambda reader: reader.num_chunks) == 3
        shutil.rmtree(settings.home)
        ingest([write_pages(tmp_path / "other", {"other.txt": "خبر آخر\n\nأغلق المعرض اليوم."})], settings)
        assert index.read(lambda reader: reader.num_chunks) == 1


def test_an_ingest_copies_while_others_open_what_it_copies(settings: Settings, tmp_path: Path) -> None:
    done = threading.Event()

    def open_again_and_again() -> None:
        while not done.is_set():
            with open_index(settings) as index:
                index.read(first_source)

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(open_again_and_again)
        for number in range(5):
            pages = {f"new{number}.txt": f"خبر جديد\n\nافتتح المعرض رقم {number} أمس."}
            ingest([write_pages(tmp_path / "pages", pages)], settings)
        done.set()
        asking.result(60)
    assert load_status(settings).num_articles == 8


def test_a_closed_index_answers_no_more(settings: Settings) -> None:
    with open_index(settings) as index:
        assert index.read(first_source) == "bridge.txt"
    with pytest.raises(ValueError, match="closed"):
        index.read(first_source)


def test_what_is_being_read_while_the_index_is_closed_is_read_to_its_end(settings: Settings) -> None:
    told: list[str] = []
    index = open_index(settings, on_message=told.append)

    def close_and_read(reader: Reader) -> str:
        index.close()
        return first_source(reader)

    assert index.read(close_and_read) == "bridge.txt"
    assert told == []
    assert load_status(settings).generation == 1


def test_no_other_programs_variable_reaches_chroma(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMA_SERVER_HTTP_PORT", "none of ours")
    monkeypatch.setenv("CHROMA_API_IMPL", "none.of.ours")
    with open_index(settings) as index:
        assert index.read(first_source) == "bridge.txt"


@pytest.mark.parametrize("name", ["a?mode=memory", "b%41", "with space", "#c"])
def test_a_home_may_have_any_name(tmp_path: Path, name: str) -> None:
    settings = settings_for(tmp_path / name)
    ingest([write_pages(tmp_path / "pages")], settings)
    assert (tmp_path / name / "isnad.db").is_file()
    assert load_status(settings).num_articles == 3


@pytest.mark.parametrize("damage", ["noise", "folder"])
def test_a_store_that_is_no_database_is_named(tmp_path: Path, damage: str) -> None:
    settings = settings_for(tmp_path / "home")
    settings.home.mkdir()
    if damage == "folder":
        (settings.home / "isnad.db").mkdir()
    else:
        (settings.home / "isnad.db").write_bytes(os.urandom(8192))
    for work in (load_status, lambda given: ingest([write_pages(tmp_path / "pages")], given)):
        with pytest.raises(StoreUnusable, match="sqlite"):
            work(settings)


def test_an_open_index_follows_to_the_next_generation(settings: Settings, tmp_path: Path) -> None:
    with open_index(settings) as index:
        with index.reading() as old:
            ingest([write_pages(tmp_path / "pages", {"new.txt": "خبر جديد\n\nافتتح جسر الوادي الثالث أمس."})], settings)
            assert old.num_chunks == 3
            assert first_source(old) == "bridge.txt"
        with index.reading() as new:
            assert new.num_chunks == 4


def test_an_open_index_follows_back_to_a_store_that_was_restored(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, backup = settings.home / "isnad.db", tmp_path / "backup.db"
    shutil.copy(store, backup)
    ingest([write_pages(tmp_path / "pages", {"new.txt": "خبر جديد\n\nافتتح المعرض أمس."})], settings)
    opened: list[Path] = []
    really_open = Generations.open

    def note(self: Generations, folder: Path) -> Generation:
        opened.append(folder)
        return really_open(self, folder)

    monkeypatch.setattr(Generations, "open", note)
    with open_index(settings) as index:
        assert index.read(lambda reader: reader.num_chunks) == 4
        with closing(sqlite3.connect(backup)) as old, closing(sqlite3.connect(store)) as now:
            old.backup(now)
        for _ in range(3):
            assert index.read(lambda reader: reader.num_chunks) == 3
    assert [folder.name for folder in opened] == ["2", "1"]


def test_at_most_two_generations_are_kept_and_orphans_go(settings: Settings, tmp_path: Path) -> None:
    (settings.index_folder / "7").mkdir()
    for number in range(3):
        pages = {f"new{number}.txt": f"خبر جديد\n\nافتتح المعرض رقم {number} أمس."}
        report = ingest([write_pages(tmp_path / "pages", pages)], settings)
    assert report.generation == 10
    assert sorted(child.name for child in settings.index_folder.iterdir()) == ["10", "9"]


def test_the_stores_log_is_empty_after_an_ingest_beside_a_reader(settings: Settings, tmp_path: Path) -> None:
    more = write_pages(tmp_path / "more", {"new.txt": "خبر جديد\n\nافتتح المعرض أمس."})
    with open_index(settings) as index:
        assert index.read(lambda reader: reader.num_chunks) == 3
        ingest([more], settings)
        assert (settings.home / "isnad.db-wal").stat().st_size == 0
        assert index.read(lambda reader: reader.num_chunks) == 4


def test_a_file_with_the_name_of_a_generation_goes(settings: Settings, tmp_path: Path) -> None:
    for name in ("7", "8"):
        (settings.index_folder / name).write_text("no generation", encoding="utf-8")
    (settings.index_folder / "9").symlink_to(tmp_path)
    report = ingest([write_pages(tmp_path / "more", {"new.txt": "خبر جديد\n\nافتتح المعرض أمس."})], settings)
    assert report.generation == 10
    assert sorted(child.name for child in settings.index_folder.iterdir()) == ["1", "10"]
    assert (tmp_path / "more").is_dir()


def test_a_file_in_the_place_of_the_index_is_named(settings: Settings) -> None:
    shutil.rmtree(settings.index_folder)
    settings.index_folder.write_text("no index", encoding="utf-8")
    with open_index(settings) as index:
        for work in (lambda: index.read(lambda reader: reader.num_chunks), lambda: reindex(settings)):
            with pytest.raises(StoreUnusable, match=f"{settings.index_folder} is not a folder.*Rename it or remove it"):
                work()
        settings.index_folder.unlink()
        assert index.read(lambda reader: reader.num_chunks) == 3


def _hold(home: Path, started: Event, release: Event) -> None:
    with home_lock(home):
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
            home_lock(settings.home, on_wait=waited.append, patience_s=0),
        ):
            pass
        assert len(waited) == 1
    finally:
        release.set()
        holder.join()
    with home_lock(settings.home, patience_s=0):
        pass


def test_a_question_that_waits_for_a_writer_says_so(settings: Settings) -> None:
    context = multiprocessing.get_context("spawn")
    started, release = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(settings.home, started, release))
    said: list[str] = []

    def hear(message: str) -> None:
        said.append(message)
        if "is writing" in message:
            release.set()

    holder.start()
    try:
        assert started.wait(30)
        _remove_chroma(settings.index_folder)
        with open_index(settings, on_message=hear) as index:
            assert index.read(first_source) == "bridge.txt"
    finally:
        release.set()
        holder.join()
    assert len(said) == 2
    assert said[1].startswith(f"process {holder.pid} ")
