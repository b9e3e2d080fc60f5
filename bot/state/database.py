"""The state's database: SQLite in a file of its own by default, PostgreSQL by URL; transactions from any thread."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from rag.errors import StoreUnusable
from rag.index.database import url_of

if TYPE_CHECKING:
    from rag.settings import Settings

# What a kill interrupts is safe with NORMAL; only the machine's own end may take the last moments with it.
_PRAGMAS = ("busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON")
_WRITES = "isnad_writes"
_OWNER_ONLY = 0o600

_log = logging.getLogger(__name__)


Insert = sqlite.Insert | postgresql.Insert
"""An INSERT that may say what happens to a row that is there already."""


def insert_into(table: sa.Table, dialect: str) -> Insert:
    """An INSERT in the words of the database; what is made of it once is worth keeping, it is slow to make."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


class Database:
    """One open database.

    SQLite gets one connection that its callers take in turn: waiting for a lock in memory is fair and
    takes microseconds, waiting for the file's lock takes milliseconds and may fail.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that may write; it is committed at the end, or undone where something raises.

        Raises:
            StoreUnusable: the database cannot be read or written.
        """
        with self._turn, self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that reads.

        Raises:
            StoreUnusable: the database cannot be read.
        """
        with self._turn, self._engine.begin() as connection:
            yield connection

    def erase(self, patience_s: float) -> bool:
        """Let no file hold what was deleted; False where another process kept reading for `patience_s` seconds.

        `secure_delete` overwrites a deleted row, and not the copies of it that SQLite left in unused parts of
        pages when it moved rows about (measured: of 60 people who were forgotten, one to three could still be
        read). Only VACUUM makes all pages anew, into the write-ahead log; the checkpoint then empties that.
        PostgreSQL's own vacuum comes in its own time.
        """
        if not self.is_sqlite:
            return True
        deadline = time.monotonic() + patience_s
        try:
            self._on_file("VACUUM")
            while self._on_file("PRAGMA busy_timeout=50", "PRAGMA wal_checkpoint(TRUNCATE)"):
                if time.monotonic() > deadline:
                    _log.warning("Another program keeps reading the bot's state: deleted text is still in its files.")
                    return False
                time.sleep(0.02)
        except StoreUnusable as error:
            _log.warning("Deleted text is still in the files of the bot's state: %s", error.details.get("why"))
            return False
        return True

    def _on_file(self, *commands: str) -> bool:
        """Do what knows no transactions; True where the last one says that the file was busy."""
        with self._turn:
            borrowed = self._engine.raw_connection()
            try:
                connection: Any = borrowed.driver_connection
                try:
                    answers = [connection.execute(command).fetchone() for command in commands]
                finally:
                    connection.execute(f"PRAGMA {_PRAGMAS[0]}")
            except sqlite3.Error as error:
                raise _unusable("sqlite", error) from error
            finally:
                borrowed.close()
        return bool(answers[-1] and answers[-1][0])

    def close(self) -> None:
        """Close every connection; SQLite's last one leaves no write-ahead log behind."""
        with self._turn:
            self._engine.dispose()


def open_database(settings: Settings) -> Database:
    """Open the state's database; SQLite's file is made where it is missing, for its owner's eyes only.

    Raises:
        SettingsError: ISNAD_STATE_URL is no URL of a supported database.
        ModelUnavailable: the database's driver is not installed.
        StoreUnusable: the file cannot be made.
    """
    url = url_of(settings.state_url, settings.home / "state.db", "ISNAD_STATE_URL")
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        if is_sqlite:
            _make_file(Path(url.database or ""))
            engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, pool_size=1, max_overflow=0)
        else:
            engine = sa.create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=-1)
    except OSError as error:
        raise _unusable(str(url.database), error) from error
    event.listen(engine, "handle_error", _name_the_state)
    if is_sqlite:
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    return Database(engine)


def _make_file(path: Path) -> None:
    """SQLite gives its two other files the mode of this one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
    if path.stat().st_uid == os.geteuid():
        path.chmod(_OWNER_ONLY)


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # `_begin` begins, for SELECT too
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error as error:
        raise _unusable("sqlite", error) from error


def _begin(connection: sa.Connection) -> None:
    # The right to write is taken at once: asked for later, it may be refused for what was read meanwhile.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _name_the_state(context: sa.engine.ExceptionContext) -> None:
    # Not only its DatabaseError: that a connection was closed is psycopg's InterfaceError.
    if isinstance(context.sqlalchemy_exception, DBAPIError):
        raise _unusable(context.dialect.name, context.original_exception)


def _unusable(place: str, error: BaseException) -> StoreUnusable:
    why = str(error).strip().partition("\n")[0]  # PostgreSQL's other lines quote the row
    return StoreUnusable(f"The bot's state cannot be used ({place}): {why}", place=place, why=why)
