"""One writer at a time: a file lock beside the index, an advisory lock on PostgreSQL."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.errors import IndexBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PATIENCE_S = 600.0
_POLL_S = 0.2
_ADVISORY_KEY = 0x69736E6164  # "isnad"


@contextmanager
def writer_lock(
    home: Path, engine: sa.Engine, *, on_wait: Callable[[str], None] | None = None, patience_s: float = _PATIENCE_S
) -> Iterator[None]:
    """Hold the right to write; wait for another writer up to `patience_s` seconds.

    `on_wait` is told once who holds it.

    Raises:
        IndexBusy: the other writer is still at it; the message names its process and start.
    """
    from filelock import FileLock, Timeout

    home.mkdir(parents=True, exist_ok=True)
    holder = home / "writer.json"
    lock = FileLock(home / "writer.lock")
    deadline = time.monotonic() + patience_s
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = _who(holder)
        if on_wait is not None:
            on_wait(who)
        try:
            lock.acquire(timeout=max(0.0, deadline - time.monotonic()))
        except Timeout as error:
            raise IndexBusy(f"{who} is writing this index; try again when it is done.", holder=who) from error
    try:
        holder.write_text(json.dumps({"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}))
        with _advisory_lock(engine, deadline):
            yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _who(holder: Path) -> str:
    try:
        found = json.loads(holder.read_text())
    except (OSError, ValueError):
        return "another process"
    return f"process {found.get('pid')} (since {found.get('since')})"


@contextmanager
def _advisory_lock(engine: sa.Engine, deadline: float) -> Iterator[None]:
    """On PostgreSQL, keep writers on other machines out as well; the lock dies with its connection."""
    if engine.dialect.name != "postgresql":
        yield
        return
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
