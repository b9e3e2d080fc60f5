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

from rag.errors import IndexBusy
from rag.index.store_errors import read_only

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE_S = 600.0
_POLL_S = 0.2
_NO_WRITING = (errno.EACCES, errno.EPERM, errno.EROFS)
_ADVISORY_KEY = 0x69736E6164  # "isnad"


@contextmanager
def home_lock(
    home: Path, *, on_wait: Callable[[str], None] | None = None, patience_s: float = _PATIENCE_S
) -> Iterator[None]:
    """Hold the right to write in `home`; wait for another writer up to `patience_s` seconds.

    `on_wait` is told once who holds it.

    Raises:
        IndexBusy: the other writer is still at it; the message names its process and start.
        StoreUnusable: nothing can be written in `home`.
    """
    from filelock import FileLock, Timeout

    holder = home / "writer.json"
    lock = FileLock(home / "writer.lock")
    try:
        with _naming_no_right(home):
            home.mkdir(parents=True, exist_ok=True)
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


@contextmanager
def _naming_no_right(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_WRITING:
            raise read_only(folder, os.strerror(error.errno)) from error
        raise


@contextmanager
def store_lock(engine: sa.Engine, *, patience_s: float = _PATIENCE_S) -> Iterator[None]:
    """Keep the writers of other homes out of a store that they may share.

    Raises:
        IndexBusy: one of them kept writing.
    """
    if engine.dialect.name == "postgresql":
        with _advisory_lock(engine, patience_s):
            yield
    else:
        from filelock import FileLock, Timeout

        try:
            with FileLock(f"{Path(engine.url.database or '').resolve()}.lock", timeout=patience_s):
                yield
        except Timeout as error:
            raise IndexBusy("A writer with another home holds the database; try again later.", holder="") from error


def _who(holder: Path) -> str:
    try:
        found = json.loads(holder.read_text())
    except (OSError, ValueError):
        return "another process"
    return f"process {found.get('pid')} (since {found.get('since')})"


@contextmanager
def _advisory_lock(engine: sa.Engine, patience_s: float) -> Iterator[None]:
    """PostgreSQL's own lock, which dies with the connection that holds it."""
    deadline = time.monotonic() + patience_s
    with engine.connect() as connection:
        while not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_KEY))):
            connection.rollback()
            if time.monotonic() > deadline:
                raise IndexBusy("A writer on another machine holds the database; try again later.", holder="PostgreSQL")
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_ADVISORY_KEY)))
