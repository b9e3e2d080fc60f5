"""Trouble with the index's files, named. What a library says does not tell damage from want: `Seal.prove` does."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.errors import IndexUnreadable, IsnadError
from rag.index.disk import disk_full, says_full

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOT_THEIRS = (IsnadError, KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)
"""What passes through a library without being said by it."""


@contextmanager
def naming_trouble(place: Path) -> Iterator[None]:
    """Name whatever a library raises over its files: Python errors, and panics of a Rust core, which are no Exceptions.

    Raises:
        DiskFull: there is no room.
        IndexUnreadable: anything else.
    """
    try:
        yield
    except NOT_THEIRS:
        raise
    except BaseException as error:
        if says_full(error):
            raise disk_full(place) from error
        raise unreadable(place, str(error)) from error


def unreadable(place: Path, why: str) -> IndexUnreadable:
    """The error for files that may be whole: too many are open, permissions are missing, or their disk fails."""
    return IndexUnreadable(
        f"The index cannot be used ({place}: {why}); it need not be damaged. Mend that and try again; "
        "where that does not help: isnad reindex",
        path=str(place),
        why=why,
    )
