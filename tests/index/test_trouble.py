"""Trouble that is no damage, damage that only trouble shows, and a disk without room."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from rag.errors import DiskFull, IndexDamaged, IndexUnreadable, SourceNotFound, StoreUnusable
from rag.index import build, disk, vector_files, vectors
from rag.index.generations import Generations
from rag.index.lexical import LexicalIndex
from rag.index.reader import Reader, open_index
from rag.index.seal import read_seal
from rag.index.vectors import VectorIndex
from rag.ingest import ingest, remove
from rag.settings import Settings
from rag.text.terms import terms
from tests.corpus import settings_for, write_pages

NEW = {"new.txt": "خبر جديد\n\nافتتح المعرض أمس."}
BRIDGE = Counter(terms("جسر الوادي الجديد"))
FULL = sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages")], settings)
    return settings


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of /dev/shm."""
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(vector_files, "_MEMORY", memory)
    return memory


def near_the_bridge(reader: Reader) -> int:
    return len(reader.search_chunks(BRIDGE, 3)) + len(reader.search_vectors("طول الجسر", 3))


def generations_in(settings: Settings) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in settings.index_folder.iterdir()}


def raising(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


@contextmanager
def few_files(num: int) -> Iterator[None]:
    """Let this process open no more than `num` files beside those that it has open."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(num + 1)]
    for number in opened:
        os.close(number)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(opened), limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_want_of_files_is_no_damage_and_passes(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    before = generations_in(settings)
    said: list[str] = []
    failed = 0
    with open_index(settings, on_message=said.append) as other:
        wanted = other.read(near_the_bridge)
    for num in range(0, 16, 2):
        with open_index(settings, on_message=said.append) as index:
            with few_files(num):
                try:
                    assert index.read(near_the_bridge) == wanted
                except StoreUnusable:
                    failed += 1
            assert index.read(near_the_bridge) == wanted, "the same index answers when there are files again"
    assert failed > 3
    assert (generations_in(settings), said) == (before, [])
    capfd.readouterr()  # the panics of Chroma's core


def test_want_of_files_in_an_ingest_leaves_what_serves(
    settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = generations_in(settings)
    pages = write_pages(tmp_path / "pages", NEW)
    said: list[str] = []
    for num in range(2, 10, 2):
        with few_files(num), suppress(StoreUnusable, OSError):
            ingest([pages], settings, on_message=said.append)
            pytest.fail("there were files enough")
        assert generations_in(settings).items() >= before.items()
    assert ingest([pages], settings, on_message=said.append).num_embedded == 1, "on a copy of what serves"
    assert (said, len(generations_in(settings))) == ([], 2)
    capfd.readouterr()


@pytest.mark.parametrize("words", ["unable to open database file", "Permission denied (os error 13)", "anything"])
@pytest.mark.parametrize("part", ["vectors", "words"])
def test_what_a_library_says_of_whole_files_is_no_damage(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, words: str
) -> None:
    import tantivy

    before = generations_in(settings)
    said: list[str] = []
    if part == "vectors":
        monkeypatch.setattr(vectors, "_embedded_client", raising(RuntimeError(words)))
    else:
        monkeypatch.setattr(tantivy, "Index", SimpleNamespace(open=raising(ValueError(words))))
    with open_index(settings, on_message=said.append) as index, pytest.raises(IndexUnreadable, match="isnad reindex"):
        index.read(near_the_bridge)
    with pytest.raises(IndexUnreadable):
        ingest([write_pages(tmp_path / "pages", NEW)], settings, on_message=said.append)
    assert (generations_in(settings), said) == (before, [])


def _rename_the_collection(generation: Path) -> None:
    with closing(sqlite3.connect(generation / "chroma" / "chroma.sqlite3")) as database, database:
        database.execute("UPDATE collections SET name = 'chunkz'")


def _undo_an_index_of_the_database(generation: Path) -> None:
    """Let the rows stand, and what finds them lead nowhere: `sqlite_master` is what it was."""
    with closing(sqlite3.connect(generation / "chroma" / "chroma.sqlite3")) as database:
        where = "FROM sqlite_master, pragma_page_size WHERE name = 'sqlite_autoindex_collections_1'"
        ((root, size),) = database.execute(f"SELECT rootpage, page_size {where}").fetchall()
    with (generation / "chroma" / "chroma.sqlite3").open("r+b") as file:
        file.seek((root - 1) * size + size // 2)
        file.write(bytes(size // 2))


def _change_meta_and_keep_its_time(generation: Path) -> None:
    file = generation / "lexical" / "chunks" / "meta.json"
    found = file.stat()
    file.write_bytes(b"{" * found.st_size)
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


HIDDEN = [_rename_the_collection, _undo_an_index_of_the_database, _change_meta_and_keep_its_time]


@pytest.mark.parametrize("damage", HIDDEN)
def test_damage_that_only_trouble_shows_is_mended(settings: Settings, damage: Callable[[Path], None]) -> None:
    damage(settings.index_folder / "1")
    said: list[str] = []
    with open_index(settings, on_message=said.append) as index:
        assert index.read(near_the_bridge) > 3
    assert len(said) == 1
    assert "is not what was written" in said[0] or "cannot be read" in said[0]
    assert list(generations_in(settings)) == ["1.1"]


@pytest.mark.parametrize("damage", [_rename_the_collection, _change_meta_and_keep_its_time])
def test_an_ingest_builds_from_the_rows_when_it_copied_damage(
    settings: Settings, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(settings.index_folder / "1")
    said: list[str] = []
    report = ingest([write_pages(tmp_path / "pages", NEW)], settings, on_message=said.append)
    assert (report.num_embedded, len(said)) == (4, 1)


def _rot(file: Path) -> None:
    """Change bytes of a file as a disk does, without a trace in its times."""
    found = file.stat()
    content = bytearray(file.read_bytes())
    middle = slice(len(content) // 2, len(content) // 2 + 8)
    content[middle] = bytes(byte ^ 0xFF for byte in content[middle])
    file.write_bytes(content)
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))


def _of_many(tmp_path: Path) -> Settings:
    """A home whose graph is kept in files."""
    settings = settings_for(tmp_path / "many")
    pages = {f"{number}.txt": f"خبر رقم {number}\n\nافتتح المعرض رقم {number} أمس." for number in range(8)}
    ingest([write_pages(tmp_path / "many-pages", pages)], settings)
    return settings


@pytest.mark.parametrize("name", ["data_level0.bin", "chroma.sqlite3"])
def test_rot_in_what_is_copied_is_met_by_the_next_ingest(tmp_path: Path, name: str) -> None:
    settings = _of_many(tmp_path)
    (file,) = (settings.index_folder / "1" / "chroma").rglob(name)
    if name == "chroma.sqlite3":
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("UPDATE embeddings SET seq_id = X'00' WHERE id = (SELECT min(id) FROM embeddings)")
    else:
        _rot(file)
    said: list[str] = []
    report = ingest([write_pages(tmp_path / "pages", NEW)], settings, on_message=said.append)
    assert (report.num_embedded, len(said)) == (9, 1)
    assert f"{file} is not what was written" in said[0]


@pytest.mark.parametrize("ending", [".idx", ".fast"])
def test_rot_in_what_is_linked_passes_for_whole_in_no_copy(tmp_path: Path, ending: str) -> None:
    settings = _of_many(tmp_path)
    for file in (settings.index_folder / "1" / "lexical" / "chunks").glob(f"*{ending}"):
        _rot(file)
    ingest([write_pages(tmp_path / "pages", NEW)], settings)
    seal = read_seal(settings.index_folder / "2")
    assert seal is not None
    with pytest.raises(IndexDamaged, match="is not what was written"):
        seal.prove()


def test_a_page_that_a_disk_lost_of_what_names_the_chunks_is_met_by_a_question(tmp_path: Path) -> None:
    settings = _of_many(tmp_path)
    said: list[str] = []
    with open_index(settings, on_message=said.append) as index:
        wanted = index.read(near_the_exhibition)
    for file in (settings.index_folder / "1" / "lexical" / "chunks").glob("*.fast"):
        found = file.stat()
        content = file.read_bytes()
        third = len(content) // 3
        file.write_bytes(content[:third] + bytes(third) + content[2 * third :])
        os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    with open_index(settings, on_message=said.append) as index:
        assert index.read(near_the_exhibition) == wanted
    assert len(said) == 1
    assert "is not what was written" in said[0]


def near_the_exhibition(reader: Reader) -> set[str]:
    return {chunk_id for chunk_id, _ in reader.search_chunks(Counter(terms("افتتح المعرض أمس")), 8)}


def test_noise_that_would_end_the_process_is_met_before_chroma_meets_it(settings: Settings) -> None:
    """In a process of its own: Chroma's core aborts over a message of SQLite that is no UTF-8."""
    database = settings.index_folder / "1" / "chroma" / "chroma.sqlite3"
    schema, noise = b'TABLE "segments"', b"TABLE \xeb\xff\xeb\xff \xeb\xff\xeb\xff "
    content = database.read_bytes()
    database.write_bytes(content.replace(schema, noise))
    asked = [sys.executable, "-m", "bot", "search", "جسر الوادي", "--home", str(settings.home), "--lang", "en"]
    ended = subprocess.run(
        asked, check=False, capture_output=True, text=True, cwd=Path(vectors.__file__).parents[2], env={}
    )
    assert ended.returncode == 0, ended.stderr
    assert "is being rebuilt" in ended.stderr


def test_what_somebody_else_wrote_into_chromas_database_is_met_by_a_question(tmp_path: Path) -> None:
    settings = _of_many(tmp_path)
    (file,) = (settings.index_folder / "1" / "chroma").rglob("chroma.sqlite3")
    said: list[str] = []
    with open_index(settings, on_message=said.append) as index:
        wanted = index.read(near_the_exhibition)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM embeddings WHERE id = (SELECT min(id) FROM embeddings)")
    with open_index(settings, on_message=said.append) as index:
        assert index.read(near_the_exhibition) == wanted
    assert len(said) == 1


def test_a_database_that_chroma_alone_wrote_is_read_whole_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = _of_many(tmp_path)
    monkeypatch.setattr("rag.index.seal.check_database", raising(AssertionError("compared again")))
    for _ in range(3):
        with open_index(settings) as index:
            index.read(near_the_exhibition)
    ingest([tmp_path / "many-pages"], settings)


def test_asking_changes_nothing_of_what_is_sealed(settings: Settings) -> None:
    seal = read_seal(settings.index_folder / "1")
    assert seal is not None
    for _ in range(3):
        with open_index(settings) as index:
            index.read(near_the_bridge)
    seal.prove()


@pytest.mark.parametrize("error", [IndexDamaged("the new one", where="build"), IndexUnreadable("no files left")])
def test_the_failure_of_a_new_build_begins_no_second_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: IndexDamaged | IndexUnreadable
) -> None:
    begun: list[object] = []
    made = Generations.derive

    def count(self: Generations, *given: Any, **named: Any) -> Any:
        begun.append(given)
        return made(self, *given, **named)

    monkeypatch.setattr(Generations, "derive", count)
    monkeypatch.setattr(build, "check_generation", raising(error))
    said: list[str] = []
    with pytest.raises(type(error), match=str(error)):
        ingest([write_pages(tmp_path / "pages", NEW)], settings, on_message=said.append)
    assert (len(begun), said) == (1, [])


def test_what_was_built_again_is_not_built_for_ever(settings: Settings) -> None:
    said: list[str] = []
    with open_index(settings, on_message=said.append) as index:
        for generation in ("1", "1.1"):
            next((settings.index_folder / generation / "lexical" / "chunks").glob("*.term")).unlink()
            if generation == "1":
                assert index.read(near_the_bridge) > 3
        with pytest.raises(IndexDamaged, match="isnad reindex"):
            index.read(near_the_bridge)
    assert len(said) == 1
    assert list(generations_in(settings)) == ["1.1"]


def test_a_full_disk_is_looked_for_before_the_half_made_index_makes_room(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "has_room", lambda _folder: not (settings.index_folder / "2").exists())
    monkeypatch.setattr(VectorIndex, "upsert", raising(IndexUnreadable("disk I/O error")))
    with pytest.raises(DiskFull, match=f"holds {settings.home} is full"):
        ingest([write_pages(tmp_path / "pages", NEW)], settings)
    assert list(generations_in(settings)) == ["1"]


def test_what_has_nothing_to_do_with_the_disk_is_told_as_it_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "has_room", lambda _folder: False)
    with pytest.raises(SourceNotFound):
        remove("none.txt", settings)


def test_a_failing_clean_up_does_not_hide_what_failed_first(tmp_path: Path) -> None:
    writer = SimpleNamespace(
        commit=raising(ValueError("No space left on device")),
        rollback=raising(ValueError("no rollback")),
        wait_merging_threads=raising(ValueError("no threads")),
    )
    broken = SimpleNamespace(writer=lambda *_: writer, searcher=lambda: None)
    with pytest.raises(DiskFull), LexicalIndex(broken, tmp_path).writing():
        pass


def _full_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Chroma meet a full disk when it opens what lies in a home."""
    opened = vectors._embedded_client

    def open_elsewhere(folder: Path) -> Any:
        if folder.name == "chroma":
            raise FULL
        return opened(folder)

    monkeypatch.setattr(vectors, "_embedded_client", open_elsewhere)


def test_a_stand_in_lasts_as_long_as_its_index(
    settings: Settings, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _full_at_first(monkeypatch)
    with open_index(settings) as index:
        assert index.read(near_the_bridge) > 3
        (stand_in,) = memory.iterdir()
        vector_files.sweep_stand_ins()
        assert list(memory.iterdir()) == [stand_in], "one that is in use stays"
    assert list(memory.iterdir()) == []


def test_a_killed_process_leaves_no_stand_in(settings: Settings, memory: Path) -> None:
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom rag.index import vector_files\n"
        "vector_files._MEMORY = Path(sys.argv[1])\n"
        "held = vector_files.stand_in(Path(sys.argv[2]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(memory), str(settings.index_folder / "1" / "chroma")],
        check=False,
        cwd=Path(vectors.__file__).parents[2],
    )
    assert ended.returncode == -signal.SIGKILL
    (left,) = memory.iterdir()
    assert (left / "chroma.sqlite3").is_file()
    with open_index(settings) as index:
        assert index.read(near_the_bridge) > 3
    assert list(memory.iterdir()) == []


def test_what_is_no_stand_in_is_not_swept(settings: Settings, memory: Path) -> None:
    for name in ("isnad-home", "isnad-", f"{vector_files._STAND_IN}mine"):
        (memory / name / "sub").mkdir(parents=True)
        (memory / name / "a.txt").touch()
        (memory / name / "sub" / "b.txt").touch()
    (memory / f"{vector_files._STAND_IN}file").touch()
    before = set(memory.rglob("*"))
    with open_index(settings) as index:
        assert index.read(near_the_bridge) > 3
    assert set(memory.rglob("*")) == before


def test_somebody_else_s_stand_in_is_not_swept(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = memory / f"{vector_files._STAND_IN}other"
    other.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    vector_files.sweep_stand_ins()
    assert other.is_dir()


@pytest.mark.parametrize("moment", ["before the lock", "in another's hands"])
def test_a_stand_in_that_was_swept_at_once_is_made_again(
    settings: Settings, memory: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    lock, met = vector_files._lock, list[Path]()

    def swept_first(folder: Path, held: ExitStack) -> None:
        if not met:
            met.append(folder)
            if moment == "in another's hands":
                raise BlockingIOError
            folder.rmdir()
        lock(folder, held)

    monkeypatch.setattr(vector_files, "_lock", swept_first)
    _full_at_first(monkeypatch)
    monkeypatch.setattr(vectors, "sweep_stand_ins", lambda: None)
    with open_index(settings) as index:
        assert index.read(near_the_bridge) > 3
    assert list(memory.iterdir()) == []


def test_without_memory_for_a_stand_in_the_disk_is_named(
    settings: Settings, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _full_at_first(monkeypatch)
    shutil.rmtree(memory)
    before = generations_in(settings)
    with open_index(settings) as index, pytest.raises(DiskFull, match=f"holds {settings.home} is full"):
        index.read(near_the_bridge)
    assert generations_in(settings) == before
