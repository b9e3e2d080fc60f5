"""The same index with its heavy parts on servers: a real Chroma server, and a real PostgreSQL where there is one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from rag.errors import IndexBusy, ServerUnavailable, SettingsError, StoreUnusable
from rag.index import build
from rag.index.build import silent
from rag.index.database import open_engine
from rag.index.encoders import HashingEncoder
from rag.index.generations import Generation
from rag.index.lock import store_lock
from rag.index.reader import Reader, open_index
from rag.index.status import load_status
from rag.index.vectors import drop_collection, server_client
from rag.index.writer import open_writer
from rag.ingest import ingest, reindex, remove
from rag.settings import Settings
from rag.text.terms import terms
from tests.corpus import PAGES, settings_for, write_pages

START_S = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = _free_port()
    command = Path(sysconfig.get_path("scripts")) / "chroma"
    folder = tmp_path_factory.mktemp("chroma-server")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [command, "run", "--path", folder / "data", "--host", "127.0.0.1", "--port", str(port)],
            stdout=log,
            stderr=log,
        )
        try:
            deadline = time.monotonic() + START_S
            while not _answers(port):
                assert server.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
            server_client(f"http://127.0.0.1:{port}")._server._session.close()
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of the test's own, on a Unix socket."""
    pytest.importorskip("psycopg")
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")), Path(shutil.which("initdb") or "")]
    found = [program.resolve() for program in found if program.is_file()]
    if not found:
        pytest.skip("PostgreSQL's server programs are not installed")
    folder = Path(tempfile.mkdtemp(prefix="isnad-pg-"))  # a socket's path is short, pytest's folders are long
    user = None
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        user = "postgres"
        try:
            shutil.chown(folder, user)
        except LookupError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")

    def run(program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [found[-1].parent / program, "-D", folder / "data", *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            user=user,
            cwd=folder,
        )

    run("initdb", "-U", "isnad", "-A", "trust")
    run("pg_ctl", "-o", f"-k {folder} -c listen_addresses=''", "-l", folder / "log", "-w", "start")
    try:
        yield f"postgresql+psycopg://isnad@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def found(settings: Settings, query: str) -> set[str]:
    """Where the best chunk stands; the vectors have to be there too."""

    def work(reader: Reader) -> set[str]:
        hits = [chunk_id for chunk_id, _ in reader.search_chunks(Counter(terms(query)), 1)]
        near = [chunk_id for chunk_id, _ in reader.search_vectors(query, 10)]
        assert len(near) == reader.num_chunks
        return {place.source for place in reader.place(hits)}

    with open_index(settings) as index:
        return index.read(work)


def _walk_through(settings: Settings, pages: Path) -> None:
    ingest([pages], settings)
    assert found(settings, "قطاف الزيتون") == {"harvest.txt"}
    assert ingest([pages], settings).num_embedded == 0
    remove("harvest.txt", settings)
    assert found(settings, "قطاف الزيتون") == set()
    assert reindex(settings).num_embedded == 2
    assert found(settings, "طول الجسر") == {"bridge.txt"}


def _vectors(url: str) -> dict[str, int]:
    return {collection.name: collection.count() for collection in server_client(url).list_collections()}


@pytest.fixture
def empty_chroma(chroma_url: str) -> str:
    for name in _vectors(chroma_url):
        drop_collection(chroma_url, name)
    return chroma_url


def test_vectors_on_a_chroma_server(empty_chroma: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(tmp_path / "home", chroma_url=empty_chroma)
    _walk_through(settings, write_pages(tmp_path / "pages"))
    assert list(_vectors(empty_chroma).values()) == [2], "vectors that no row names are swept"
    assert not list(settings.index_folder.rglob("chroma.sqlite3"))
    with monkeypatch.context() as other:
        other.setattr(HashingEncoder, "name", "hashing-256/other")
        reindex(settings)
        assert list(_vectors(empty_chroma).values()) == [2], "the collection of the encoder before is dropped"


def test_two_homes_on_one_server_leave_each_other_alone(empty_chroma: str, tmp_path: Path) -> None:
    homes = [settings_for(tmp_path / name, chroma_url=empty_chroma) for name in ("one", "two")]
    folders = [
        write_pages(tmp_path / "pages1", {"bridge.txt": PAGES["bridge.txt"]}),
        write_pages(tmp_path / "pages2", {"harvest.txt": PAGES["harvest.txt"]}),
    ]
    for settings, folder in zip(homes, folders, strict=True):
        ingest([folder], settings)
    reindex(homes[1])
    assert found(homes[0], "طول الجسر") == {"bridge.txt"}
    assert sorted(_vectors(empty_chroma).values()) == [1, 1]


def test_a_second_home_on_one_database_and_one_server_encodes_nothing_again(
    empty_chroma: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = {"database_url": f"sqlite:///{tmp_path / 'shared.db'}", "chroma_url": empty_chroma}
    one, two = (settings_for(tmp_path / name, **shared) for name in ("one", "two"))
    pages = write_pages(tmp_path / "pages")
    ingest([pages], one)
    encoded: list[int] = []
    encode = HashingEncoder.encode_passages

    def counting(encoder: HashingEncoder, texts: Sequence[str]) -> object:
        encoded.append(len(texts))
        return encode(encoder, texts)

    monkeypatch.setattr(HashingEncoder, "encode_passages", counting)
    with open_index(two) as index:
        assert index.read(lambda reader: reader.num_chunks) == 3
        assert encoded == []
        write_pages(pages, {"new.txt": "خبر جديد\n\nافتتح المعرض أمس."})
        assert ingest([pages], one).num_embedded == 1
        assert index.read(lambda reader: reader.num_chunks) == 4
    write_pages(pages, {"newer.txt": "خبر أجد\n\nأغلق المعرض اليوم."})
    shutil.rmtree(two.index_folder)
    assert ingest([pages], two).num_embedded == 1
    assert encoded == [1, 1]


def test_vectors_lost_by_the_server_are_made_again_by_the_next_question(empty_chroma: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home", chroma_url=empty_chroma)
    ingest([write_pages(tmp_path / "pages")], settings)
    (name,) = _vectors(empty_chroma)
    drop_collection(empty_chroma, name)
    assert found(settings, "طول الجسر") == {"bridge.txt"}
    assert _vectors(empty_chroma) == {name: 3}


def _lose_one_vector(url: str) -> str:
    """Delete a vector behind Isnad's back; its id."""
    (collection,) = server_client(url).list_collections()
    lost: str = collection.get(limit=1)["ids"][0]
    collection.delete(ids=[lost])
    return lost


def test_one_vector_lost_by_the_server_is_made_again_by_the_next_question(empty_chroma: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home", chroma_url=empty_chroma)
    ingest([write_pages(tmp_path / "pages")], settings)
    _lose_one_vector(empty_chroma)
    said: list[str] = []
    with open_index(settings, on_message=said.append) as index:
        assert index.read(lambda reader: len(reader.search_vectors("طول الجسر", 10))) == 3
    assert said == [f"Some of the vectors are missing ({empty_chroma})."]


@pytest.mark.parametrize("instead", [True, False])
@pytest.mark.parametrize("new", [{}, {"new.txt": "خبر جديد\n\nافتتح المعرض أمس."}])
def test_one_vector_lost_by_the_server_is_made_again_by_the_next_ingest(
    empty_chroma: str, tmp_path: Path, new: dict[str, str], *, instead: bool
) -> None:
    settings = settings_for(tmp_path / "home", chroma_url=empty_chroma)
    pages = write_pages(tmp_path / "pages")
    ingest([pages], settings)
    lost = _lose_one_vector(empty_chroma)
    (collection,) = server_client(empty_chroma).list_collections()
    if instead:  # as many as there were
        collection.upsert(ids=["f" * 32], embeddings=[[1.0] * 256])
    said: list[str] = []
    report = ingest([write_pages(pages, new)], settings, on_message=said.append)
    assert said == [f"Some of the vectors are missing ({empty_chroma})."]
    assert report.num_embedded == 1 + len(new)
    assert collection.get(ids=[lost])["ids"] == [lost]


def test_what_a_copy_of_a_home_swept_is_made_again(empty_chroma: str, tmp_path: Path) -> None:
    home = settings_for(tmp_path / "home", chroma_url=empty_chroma)
    pages = write_pages(tmp_path / "pages")
    ingest([pages], home)
    copy = settings_for(shutil.copytree(home.home, tmp_path / "copy"), chroma_url=empty_chroma)
    remove("harvest.txt", copy)
    assert list(_vectors(empty_chroma).values()) == [2]
    assert found(home, "قطاف الزيتون") == {"harvest.txt"}
    remove("bridge.txt", copy)
    assert found(home, "طول الجسر") == {"bridge.txt"}


def test_a_build_that_was_killed_on_a_server_is_gone_on_with(
    empty_chroma: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path / "home", chroma_url=empty_chroma)
    ingest([write_pages(tmp_path / "pages")], settings)
    (name,) = _vectors(empty_chroma)
    drop_collection(empty_chroma, name)
    with monkeypatch.context() as killed:
        killed.setattr("rag.index.build.check_generation", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            found(settings, "طول الجسر")
    _lose_one_vector(empty_chroma)
    assert found(settings, "طول الجسر") == {"bridge.txt"}
    assert _vectors(empty_chroma) == {name: 3}


def test_vectors_are_not_made_again_while_a_writer_with_another_home_may_sweep_them(
    empty_chroma: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = {"database_url": f"sqlite:///{tmp_path / 'shared.db'}", "chroma_url": empty_chroma}
    one, two = (settings_for(tmp_path / name, **shared) for name in ("one", "two"))
    ingest([write_pages(tmp_path / "pages")], one)
    monkeypatch.setattr("rag.index.mend.store_lock", partial(store_lock, patience_s=0))
    with open_index(two) as index:
        with open_writer(one), pytest.raises(IndexBusy):
            index.read(lambda reader: reader.num_chunks)
        assert index.read(lambda reader: reader.num_chunks) == 3


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_moving_the_vectors_to_a_server_and_back_makes_them_again(empty_chroma: str, tmp_path: Path) -> None:
    embedded = settings_for(tmp_path / "home")
    served = settings_for(tmp_path / "home", chroma_url=empty_chroma)
    pages = write_pages(tmp_path / "pages")
    ingest([pages], embedded)
    assert found(served, "طول الجسر") == {"bridge.txt"}
    (pages / "harvest.txt").unlink()
    ingest([pages], served)
    assert found(embedded, "طول الجسر") == {"bridge.txt"}
    assert found(embedded, "قطاف الزيتون") != {"harvest.txt"}


def test_a_chroma_server_that_is_down_is_named(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{_free_port()}"
    settings = settings_for(tmp_path / "home", chroma_url=url)
    with pytest.raises(ServerUnavailable, match=url):
        ingest([write_pages(tmp_path / "pages")], settings)
    assert load_status(settings).num_articles == 0


def test_the_store_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home", database_url=postgres_url)
    pages = write_pages(tmp_path / "pages")
    _walk_through(settings, pages)
    assert load_status(settings).num_articles == 2
    with open_index(settings) as index:
        with index.reading() as old:
            hits = [chunk_id for chunk_id, _ in old.search_chunks(Counter(terms("طول الجسر")), 5)]
            before = old.place(hits)
            (pages / "bridge.txt").write_text(PAGES["bridge.txt"].replace("340", "365"), encoding="utf-8")
            ingest([pages], settings)
            assert old.place(hits) == before, "one question sees one state"
        assert found(settings, "قطاف الزيتون") == {"harvest.txt"}


def test_two_homes_on_one_database_each_keep_an_index_of_their_own(postgres_url: str, tmp_path: Path) -> None:
    one, two = (settings_for(tmp_path / name, database_url=postgres_url) for name in ("one", "two"))
    pages = write_pages(tmp_path / "pages")
    ingest([pages], one)
    said: list[str] = []
    with open_index(two, on_message=said.append) as here, open_index(one, on_message=said.append) as there:
        for index in (here, there, here, there):
            assert index.read(lambda reader: reader.num_chunks) == 3
        assert len(said) == 1, "built once where it was missing"
        (pages / "new.txt").write_text("خبر جديد\n\nافتتح المعرض أمس.", encoding="utf-8")
        ingest([pages], two)
        for index in (here, there, here, there):
            assert index.read(lambda reader: reader.num_chunks) == 4
        assert len(said) == 2
    assert load_status(one).generation == load_status(two).generation == 2


def _hold_back(said: list[str], holding: Settings, waiting: Settings) -> None:
    """Let one home write while another one waits for it, for a moment."""
    engine = open_engine(waiting)
    try:
        with (
            open_writer(holding, create=True),
            pytest.raises(IndexBusy, match="another home"),
            store_lock(engine, on_wait=said.append, patience_s=0.3),
        ):
            pass
        with store_lock(engine, on_wait=said.append, patience_s=0):
            pass
    finally:
        engine.dispose()


def test_a_writer_that_waits_for_another_home_says_so(tmp_path: Path) -> None:
    shared = {"database_url": f"sqlite:///{tmp_path / 'shared.db'}"}
    said: list[str] = []
    _hold_back(said, settings_for(tmp_path / "one", **shared), settings_for(tmp_path / "two", **shared))
    assert said == ["a process with another home"]


def test_a_writer_that_waits_for_another_home_on_postgresql_says_so(postgres_url: str, tmp_path: Path) -> None:
    said: list[str] = []
    one, two = (settings_for(tmp_path / name, database_url=postgres_url) for name in ("one", "two"))
    _hold_back(said, one, two)
    assert said == ["a process with another home"]


def _end_the_holder(url: str) -> None:
    """End the connection that holds the lock on a PostgreSQL store, as its administrator may."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
        ).one()
    engine.dispose()


def test_a_writer_that_lost_its_lock_on_postgresql_has_written_nothing(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (settings_for(tmp_path / name, database_url=postgres_url) for name in ("one", "two"))
    pages = [write_pages(tmp_path / name, {name: text}) for name, text in list(PAGES.items())[:2]]
    check = build.check_generation

    def overtaken(connection: sa.Connection, generation: Generation) -> None:
        monkeypatch.setattr(build, "check_generation", check)
        _end_the_holder(postgres_url)
        assert ingest([pages[1]], two).num_articles == 1
        check(connection, generation)

    monkeypatch.setattr(build, "check_generation", overtaken)
    with pytest.raises(StoreUnusable, match="terminating connection"):
        ingest([pages[0]], one)
    assert load_status(one).num_articles == 1
    assert found(one, "قطاف الزيتون") == {"harvest.txt"}


def test_a_lock_that_is_lost_after_the_commit_is_no_failure(postgres_url: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home", database_url=postgres_url)
    ingest([write_pages(tmp_path / "pages")], settings)
    with open_writer(settings) as writer:
        writer.rows.remove_source("harvest.txt")
        writer.commit(progress=silent)
        _end_the_holder(postgres_url)
    assert load_status(settings).num_articles == 2


def test_a_database_that_is_down_is_named(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    url = f"postgresql+psycopg://isnad@127.0.0.1:{_free_port()}/isnad"
    with pytest.raises(StoreUnusable, match="postgresql"):
        load_status(settings_for(tmp_path / "home", database_url=url))


@pytest.mark.parametrize(
    "url", ["mysql://u@h/d", "nonsense", "oracle+unknown://h/d", "sqlite://", "sqlite:///:memory:"]
)
def test_another_kind_of_database_is_a_wrong_setting(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="postgresql"):
        load_status(settings_for(tmp_path / "home", database_url=url))


def test_a_missing_driver_names_what_to_install(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from rag.settings import Settings\nfrom rag.index.database import open_engine\n"
        "from rag.errors import ModelUnavailable\n"
        "try:\n open_engine(Settings(database_url='postgresql+psycopg://u@h/d'))\n"
        "except ModelUnavailable as error:\n print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "pip install -c constraints.txt -e '.[postgres]'" in run.stdout
