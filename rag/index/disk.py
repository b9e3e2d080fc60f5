"""A full disk, by its many names: every library says it in words of its own."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.errors import DiskFull, IndexDamaged, IsnadError, StoreUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = {errno.ENOSPC, errno.EDQUOT}
_SAYS_FULL = re.compile(r"No space left on device|disk is full|StorageFull|Disk quota exceeded|QuotaExceeded")
_PROBE_BYTES = 1 << 16
"""Twice what SQLite needs to begin to read."""


def says_full(error: BaseException) -> bool:
    """Whether an error, or what caused it, speaks of a full disk."""
    cause: BaseException | None = error
    while cause is not None:
        if (isinstance(cause, OSError) and cause.errno in _FULL) or _SAYS_FULL.search(str(cause)):
            return True
        cause = cause.__cause__
    return False


def disk_full(place: Path | str) -> DiskFull:
    """The error for a disk without room for what belongs to `place`."""
    return DiskFull(
        f"The disk that holds {place} is full. What was stored before is untouched: make room and try again.",
        place=str(place),
    )


def has_room(folder: Path) -> bool:
    """Whether a small file can be written in `folder`; what cannot be tried counts as room."""
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(os.urandom(_PROBE_BYTES))
            probe.flush()
    except OSError as error:
        return error.errno not in _FULL
    return True


@contextmanager
def naming_a_full_disk(folder: Path) -> Iterator[None]:
    """Let whatever fails for want of room leave the block as DiskFull.

    SQLite says "disk I/O error" or "unable to open" of some full disks, so an error of the database or
    of the index that does not tell is followed by a look at the disk.

    Raises:
        DiskFull: the disk that holds `folder` has no room.
    """
    try:
        yield
    except DiskFull as error:  # it names a file: a person knows the folder
        raise disk_full(folder) from error
    except (OSError, IndexDamaged, StoreUnusable) as error:
        if says_full(error) or (isinstance(error, IsnadError) and not has_room(folder)):
            raise disk_full(folder) from error
        raise
