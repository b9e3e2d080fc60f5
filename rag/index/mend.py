"""Mending: what serves is built again from the rows by the question that finds it missing or damaged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rag.errors import IndexDamaged
from rag.index import database
from rag.index.build import build_again, silent
from rag.index.disk import naming_a_full_disk
from rag.index.fingerprint import Fingerprint
from rag.index.generations import Generations
from rag.index.lock import home_lock, store_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import sqlalchemy as sa

    from rag.index.encoders import Encoder
    from rag.settings import Settings

mended: set[Path | None] = set()
"""Folders that this process built again. One that is damaged once more is not: that would go on for ever."""


def renew_index(
    settings: Settings, engine: sa.Engine, encoder: Encoder, *, broken: Path | None, on_wait: Callable[[str], None]
) -> None:
    """Build the generation that serves again from the rows, unless another process has done so.

    `broken` is its folder, None where there is none; `on_wait` is told who is waited for.

    Raises:
        IndexBusy: another process kept writing.
        DiskFull: there is no room.
    """
    # On a server a writer with another home may be sweeping vectors that the rows seen here still name.
    connect = partial(store_lock, engine, on_wait=on_wait) if settings.chroma_url is not None else engine.connect
    with naming_a_full_disk(settings.home), home_lock(settings.home, on_wait=on_wait), connect() as connection:
        facts = database.read_facts(connection)
        generations = Generations(settings, Fingerprint.of(encoder), facts.store_id)
        if generations.folder_of(facts.serving) in {None, broken}:
            build_again(connection, generations, encoder, silent)
            mended.add(generations.folder_of(facts.serving))


def damaged_again(damage: IndexDamaged) -> IndexDamaged:
    """The error for damage to what this process built in the place of something damaged."""
    return IndexDamaged(
        f"{damage} It had been built again already: look after the disk and the memory, then run isnad reindex.",
        **damage.details,
    )
