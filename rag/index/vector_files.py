"""The files of an embedded collection, handled without Chroma: copied, held to a hash, stood in for on a full disk."""

from __future__ import annotations

import fcntl
import marshal
import os
import shutil
import sqlite3
from contextlib import ExitStack, closing, contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rag.errors import IndexDamaged
from rag.index.disk import disk_full, says_full
from rag.index.store_errors import read_only
from rag.index.trouble import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "chroma.sqlite3"
_SAYS_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_FORMAT")
# Chroma notes each opening in `acquire_write` (1.5.9, read); a virtual table keeps what it holds in other ones.
_LASTING_TABLES = (
    "SELECT name FROM sqlite_master"
    " WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name != 'acquire_write' ORDER BY name"
)
_ROWS = 1000

_MEMORY = Path("/dev/shm")  # noqa: S108 - everybody's, but a stand-in is made with mode 0700
_STAND_IN = ".isnad-stand-in-"


def copy_vectors(source: Path, target: Path) -> None:
    """Copy an embedded collection that others may be opening: Chroma writes a little to its database even then.

    Raises:
        IndexDamaged: the database in `source` is no database any more.
        IndexUnreadable: it cannot be read.
        DiskFull: there is no room for the copy.
    """
    target.mkdir(parents=True)
    for file in source.rglob("*"):
        if file.is_file() and not file.name.startswith(DATABASE):
            copy = target / file.relative_to(source)
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copy)
    with _opened(source / DATABASE) as database, closing(sqlite3.connect(target / DATABASE)) as copied:
        database.backup(copied)


def content_digest(database: Path) -> str:
    """A hash of what a collection's database holds, whatever was noted of its being opened.

    Raises:
        IndexDamaged, IndexUnreadable, DiskFull: as `copy_vectors`.
    """
    with _opened(database) as connection:
        return _content_digest(connection)


def check_schema(database: Path) -> None:
    """Read what tables a collection's database has: under a millisecond.

    SQLite quotes noise in them, and Chroma's core ends the process over a message that is no UTF-8 (1.5.9).

    Raises:
        IndexDamaged: they cannot be made out.
        IndexUnreadable: it cannot be read.
    """
    with _opened(database) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master")


def check_database(database: Path, digest: str) -> None:
    """Hold a collection's database to the hash of its content, and to its own account of itself.

    Raises:
        IndexDamaged: it is not what it was.
        IndexUnreadable: it cannot be read.
    """
    with _opened(database) as connection:
        # What it finds its rows by is no content.
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()
        is_whole = found == (b"ok",) and _content_digest(connection) == digest
    if not is_whole:
        raise IndexDamaged(f"The index is damaged: {database} is not what was written.", where=str(database))


def _content_digest(connection: sqlite3.Connection) -> str:
    digest = blake2b(digest_size=16)
    for (name,) in connection.execute(_LASTING_TABLES).fetchall():
        rows = connection.execute(f'SELECT * FROM "{name.decode()}"')  # noqa: S608 - Chroma's own names
        while block := rows.fetchmany(_ROWS):
            # Three times as fast as repr (100,000 rows: 0.2 s); version 2 says the same values always the same way.
            digest.update(marshal.dumps(block, 2))
    return digest.hexdigest()


@contextmanager
def _opened(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database that is there; what keeps from reading it is no damage, unless SQLite says that it is."""
    try:
        # Not read-only: what a killed process had begun has to be taken back first.
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.text_factory = bytes
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if says_full(error):
            raise disk_full(database.parent) from error
        if isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorname", "").startswith(_SAYS_DAMAGED):
            damaged = f"The index is damaged: {database} cannot be read ({error})."
            raise IndexDamaged(damaged, where=str(database)) from error
        raise unreadable(database, str(error)) from error


def stand_in(folder: Path) -> tuple[Path, ExitStack]:
    """A folder that stands in for one of an index that cannot be written, and what removes it.

    It lies in memory, and holds a copy of the database and links to the rest. It is locked while its process
    lives, so that `sweep_stand_ins` can tell what a killed one left.

    Raises:
        DiskFull: there is no memory to be had as files, or too little.
        StoreUnusable: so it is, and the folder may not be written for another reason.
    """
    try:
        with suppress(FileNotFoundError, BlockingIOError):  # another process swept it before it was locked
            return _stand_in(folder)
        return _stand_in(folder)
    except OSError as error:
        if os.access(folder, os.W_OK):
            raise disk_full(folder) from error
        raise read_only(folder, error.strerror or type(error).__name__) from error


def _stand_in(folder: Path) -> tuple[Path, ExitStack]:
    with ExitStack() as held:
        elsewhere = TemporaryDirectory(prefix=_STAND_IN, dir=_MEMORY, ignore_cleanup_errors=True)
        target = Path(held.enter_context(elsewhere))
        _lock(target, held)
        for file in folder.iterdir():
            if file.name.startswith(DATABASE):
                shutil.copyfile(file, target / file.name)
            elif file.suffix != ".lock":
                (target / file.name).symlink_to(file.absolute())
        return target, held.pop_all()


def sweep_stand_ins() -> None:
    """Remove the stand-ins of processes that were killed, and nothing that is no part of one."""
    for left in _MEMORY.glob(f"{_STAND_IN}*"):
        with suppress(OSError), ExitStack() as held:  # one that is locked, or holds anything else, stays
            _lock(left, held)
            if left.stat().st_uid != os.geteuid():
                continue
            for file in left.iterdir():
                if file.is_symlink() or file.name.startswith(DATABASE) or file.suffix == ".lock":
                    file.unlink()
            left.rmdir()


def _lock(folder: Path, held: ExitStack) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    held.callback(os.close, number)
    fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
