"""Connecting to the store's file: with a write-ahead log, and otherwise where a disk is full or may not be written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import event

from rag.index.store_errors import read_only, unusable

if TYPE_CHECKING:
    import sqlalchemy as sa

_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000")
_WANT_OF_ROOM = {"SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_WRITE", "SQLITE_FULL"}
"""What SQLite answers where a disk without room stops it from reading."""
_NO_WRITING = ("SQLITE_CANTOPEN", "SQLITE_READONLY")
_IS_ALONE = "is_alone"


def prepare(engine: sa.Engine) -> None:
    """Let an engine of SQLite connect as the store needs it."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "checkin", _let_go_of_a_lone_one)
    event.listen(engine, "begin", _begin)


def _connect(dialect: sa.Dialect, record: sa.pool.ConnectionPoolEntry, where: Any, options: Any) -> Any:
    """Connect; where there is no room for the memory that SQLite shares between connections, do without.

    A connection that shares none has to have the file for itself, so it is given up after its use. So is one to
    a file that may not be written, which trusts that nobody else writes it meanwhile.
    """
    file = Path(where[0])
    try:
        return _opened(dialect, where, options, _PRAGMAS)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        name, trouble = getattr(error, "sqlite_errorname", ""), error
    record.info[_IS_ALONE] = True
    try:
        if name in _WANT_OF_ROOM:
            return _opened(dialect, where, options, ("locking_mode=EXCLUSIVE", *_PRAGMAS))
        if name.startswith(_NO_WRITING) and _may_only_be_read(file):
            return _opened(dialect, (f"{file.as_uri()}?immutable=1",), {**options, "uri": True}, ())
    except (sqlite3.Error, UnicodeDecodeError) as error:
        trouble = error
    if name.startswith(_NO_WRITING) and file.exists() and not os.access(file.parent, os.W_OK):
        raise read_only(file.parent, str(trouble)) from trouble
    raise unusable("sqlite", trouble, str(file)) from trouble


def _opened(dialect: sa.Dialect, where: Any, options: Any, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    connection = cast("sqlite3.Connection", dialect.connect(*where, **options))
    # Python's driver begins transactions by itself, and not for SELECT: `_begin` does it for all.
    connection.isolation_level = None
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except (sqlite3.Error, UnicodeDecodeError):
        connection.close()
        raise
    return connection


def _may_only_be_read(file: Path) -> bool:
    """Whether a store stands where nothing may be written, and all of it is in its file, none in a log beside it."""
    if os.access(file.parent, os.W_OK) or not os.access(file, os.R_OK):
        return False
    log = file.with_name(f"{file.name}-wal")
    return not log.exists() or log.stat().st_size == 0


def _let_go_of_a_lone_one(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
    if record.info.get(_IS_ALONE):
        record.invalidate()


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
