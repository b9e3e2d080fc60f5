"""One writer at a time: a lock on the home, and one on a store that several homes may share."""

from __future__ import annotations

import errno
import json
import os
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.errors import IndexBusy, StoreUnusable
from rag.index import database
from rag.index.disk import says_full
from rag.index.store_errors import not_to_be_made, read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE_S = 600.0
_POLL_S = 0.2
_NO_WRITING = (errno.EACCES, errno.EPERM, errno.EROFS)
_ADVISORY_KEY = 0x69736E6164  # "isnad"
_OTHER_HOME = "a process with another home"


@contextmanager
def home_lock(
    home: Path, *, on_wait: Callable[[str], None] | None = None, patience_s: float = _PATIENCE_S
) -> Iterator[None]:
    """Hold the right to write in `home`; wait for another writer up to `patience_s` seconds.

    `on_wait` is told once who holds it.

    Raises:
        IndexBusy: the other writer is still at it; the message names its process and start.
        StoreUnusable: nothing can be written in `home`, or it cannot be made.
    """
    from filelock import FileLock, Timeout

    holder = home / "writer.json"
    lock = FileLock(home / "writer.lock")
    try:
        _make(home)
        with _naming_no_right(home):
            lock.acquire(timeout=0)
    except Timeout:
        who = _who(holder)
        if on_wait is not None:
            on_wait(who)
        try:
            lock.acquire(timeout=patience_s)
        except Timeout as error:
            raise IndexBusy(f"{who} is writing this index; try again when it is done.", holder=who) from error
    try:
        with _naming_no_right(home):
            since = datetime.now(UTC).isoformat(timespec="seconds")
            holder.write_text(json.dumps({"pid": os.getpid(), "since": since}))
        yield
    finally:
        with suppress(PermissionError):
            holder.unlink(missing_ok=True)
        lock.release()


def _make(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if says_full(error):
            raise
        why = error.strerror or type(error).__name__
        if error.errno == errno.ENOENT:  # as in /proc: that it is not there yet is no reason
            why = "the system takes no folder there"
        raise not_to_be_made(home, why) from error


@contextmanager
def _naming_no_right(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_WRITING:
            raise read_only(folder, os.strerror(error.errno)) from error
        raise


@contextmanager
def store_lock(
    engine: sa.Engine, *, on_wait: Callable[[str], None] | None = None, patience_s: float = _PATIENCE_S
) -> Iterator[sa.Connection]:
    """Keep the writers of other homes out of a store that they may share; yield the connection to write with.

    Tables that are missing are made. `on_wait` is told once that somebody is waited for.

    Raises:
        IndexBusy: one of them kept writing.
    """
    if engine.dialect.name == "postgresql":
        # By the connection that writes: the lock is lost only with what was written under it.
        with engine.connect() as connection, _advisory_lock(connection, on_wait, patience_s):
            database.create(engine)
            yield connection
    else:
        with _file_lock(Path(f"{Path(engine.url.database or '').resolve()}.lock"), on_wait, patience_s):
            database.create(engine)
            with engine.connect() as connection:
                yield connection


def _who(holder: Path) -> str:
    try:
        found = json.loads(holder.read_text())
    except (OSError, ValueError):
        return "another process"
    return f"process {found.get('pid')} (since {found.get('since')})"


@contextmanager
def _file_lock(path: Path, on_wait: Callable[[str], None] | None, patience_s: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if on_wait is not None:
            on_wait(_OTHER_HOME)
        try:
            lock.acquire(timeout=patience_s)
        except Timeout as error:
            raise _busy() from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory_lock(
    connection: sa.Connection, on_wait: Callable[[str], None] | None, patience_s: float
) -> Iterator[None]:
    """PostgreSQL's own lock, which outlives the transaction and dies with the connection."""
    deadline = time.monotonic() + patience_s
    while not _try_lock(connection):
        if on_wait is not None:
            on_wait(_OTHER_HOME)
            on_wait = None
        if time.monotonic() > deadline:
            raise _busy()
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        with suppress(StoreUnusable):  # a connection that is lost has no lock any more
            connection.rollback()
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_ADVISORY_KEY)))


def _try_lock(connection: sa.Connection) -> bool:
    is_ours = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_KEY))))
    connection.rollback()  # what is written begins with a view of what the one before left
    return is_ours


def _busy() -> IndexBusy:
    return IndexBusy(f"The database is being written by {_OTHER_HOME}; try again when it is done.", holder=_OTHER_HOME)
