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
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import IndexDamaged
from rag.index.encoders import HashingEncoder
from rag.index.reader import Reader, open_index
from rag.index.status import load_status
from rag.index.vectors import VectorIndex, server_client
from rag.ingest import ingest, reindex, remove
from rag.settings import Settings
from rag.text.terms import terms
from tests.corpus import settings_for, write_pages

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
    def work(reader: Reader) -> set[str]:
        hits = [chunk_id for chunk_id, _ in reader.search_chunks(Counter(terms(query)), 10)]
        near = [chunk_id for chunk_id, _ in reader.search_vectors(query, 10)]
        assert not hits or near
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


def _vectors(settings: Settings) -> dict[str, int]:
    collections = server_client(settings.chroma_url or "").list_collections()
    return {collection.name: collection.count() for collection in collections}


def test_vectors_on_a_chroma_server(chroma_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(tmp_path / "home", chroma_url=chroma_url)
    _walk_through(settings, write_pages(tmp_path / "pages"))
    assert list(_vectors(settings).values()) == [2], "vectors that no row names are swept"
    assert not list((settings.index_folder).rglob("chroma.sqlite3"))
    with monkeypatch.context() as other:
        other.setattr(HashingEncoder, "name", "hashing-256/other")
        reindex(settings)
        assert list(_vectors(settings).values()) == [2], "the collection of the encoder before is dropped"


def test_vectors_lost_by_the_server_are_made_again(chroma_url: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home", chroma_url=chroma_url)
    pages = write_pages(tmp_path / "pages", {"bridge.txt": "خبر قصير\n\nافتتح جسر جديد في مدينة أخرى."})
    ingest([pages], settings)
    (name,) = [name for name, count in _vectors(settings).items() if count == 1]
    vectors = VectorIndex.connect(chroma_url, name)
    vectors.delete(list(vectors.ids()))
    vectors.close()
    assert reindex(settings).num_embedded == 1
    assert _vectors(settings)[name] == 1


def test_a_chroma_server_that_is_down_is_named(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{_free_port()}"
    settings = settings_for(tmp_path / "home", chroma_url=url)
    with pytest.raises(IndexDamaged, match=url):
        ingest([write_pages(tmp_path / "pages")], settings)
    assert load_status(settings).num_articles == 0


def test_the_store_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home", database_url=postgres_url)
    _walk_through(settings, write_pages(tmp_path / "pages"))
    assert load_status(settings).num_articles == 2


def test_a_missing_driver_names_what_to_install(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from rag.settings import Settings\nfrom rag.index.database import open_engine\n"
        "from rag.errors import ModelUnavailable\n"
        "try:\n open_engine(Settings(database_url='postgresql+psycopg://u@h/d'))\n"
        "except ModelUnavailable as error:\n print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "pip install 'isnad[postgres]'" in run.stdout
