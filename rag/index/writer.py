"""Writing: the lock, one transaction over the rows, and the generation that it commits to."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.errors import IndexDamaged, IndexUnreadable, NothingStored, ServerUnavailable, StoreUnusable
from rag.index import database
from rag.index.build import Built, Progress, Start, build_again, build_next
from rag.index.difference import read_difference
from rag.index.disk import naming_a_full_disk
from rag.index.encoders import load_encoder
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.generations import Generations
from rag.index.lock import home_lock, store_lock
from rag.index.rows import Rows
from rag.index.tables import indexed_chunks
from rag.index.vectors import VectorIndex, drop_collection, vectors_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rag.index.encoders import Encoder
    from rag.settings import Settings


_PATIENCE_MS = 500
"""How long an ingest waits for those who read the store's log to leave it."""


class Writer:
    """The right to change the store, from `open_writer`; nothing shows before `commit`."""

    def __init__(
        self, connection: sa.Connection, settings: Settings, encoder: Encoder, on_message: Callable[[str], None]
    ) -> None:
        self.rows = Rows(connection)
        self._connection = connection
        self._settings = settings
        self._encoder = encoder
        self._on_message = on_message
        self._fingerprint = Fingerprint.of(encoder)
        facts = database.read_facts(connection)
        self._store_id, self._before, self._made_by = facts.store_id, facts.serving, facts.fingerprint
        self._generations = Generations(settings, self._fingerprint, self._store_id)

    def check_fingerprint(self) -> None:
        """Make sure that adding to the index is no mix.

        Raises:
            IndexMismatch: another encoder, analyzer or chunker made it.
        """
        check_fingerprint(self._made_by, self._fingerprint)

    def commit(self, *, from_nothing: bool = False, progress: Progress) -> Built:
        """Bring the index to what the rows say, and commit both at once.

        `from_nothing` builds everything anew; so does, with a message, damage to what serves.

        Raises:
            IndexDamaged: what was built does not hold what it should.
            IndexUnreadable: the index's files cannot be used, and what serves is as it was written.
            DiskFull: there is no room.
        """
        self.rows.flush()
        if self._before.number == 0 and not any(self.rows.count()):
            self._connection.commit()
            self._generations.sweep(keep=set())
            return Built(self._before, 0)
        if from_nothing or self._before.number == 0:
            built = self._build("nothing" if from_nothing else "rows", progress)
        else:
            built = self._build_from_serving(progress)
        database.write_serving(self._connection, built.serving)
        database.write_fact(self._connection, "fingerprint", self._fingerprint.dumps())
        self._connection.commit()
        self._sweep(built.serving.number)
        return built

    def _build_from_serving(self, progress: Progress) -> Built:
        """Build on a copy of what serves; from the rows where that is damaged, and only then."""
        try:
            self._generations.check(self._before)
            self._check_server()
        except IndexDamaged as damage:
            self._on_message(str(damage))
            if not read_difference(self._connection).is_empty:
                return self._build("rows", progress)
            # Under its own number: where several homes share the store, others have it whole.
            return build_again(self._connection, self._generations, self._encoder, progress)
        try:
            return self._build("serving", progress)
        except (IndexDamaged, IndexUnreadable) as trouble:
            self._on_message(str(self._damage_behind(trouble)))
            return self._build("rows", progress)

    def _check_server(self) -> None:
        """Compare the ids on a Chroma server with those of what serves (0.8 s at 100,000).

        Raises:
            IndexDamaged: some are missing: a build was killed, or another store with this one's name swept them.
        """
        if (url := self._settings.chroma_url) is None:
            return
        vectors = VectorIndex.connect(url, self._generations.collection, create=False)
        if not set(self._connection.scalars(sa.select(indexed_chunks.c.chunk_id))).issubset(vectors.ids()):
            raise vectors_missing(url)

    def _damage_behind(self, trouble: IndexDamaged | IndexUnreadable) -> IndexDamaged:
        """The damage to what serves that made its copy fail; raises the trouble where there is none."""
        if isinstance(trouble, IndexDamaged) and self._settings.chroma_url is not None:
            return trouble  # what is missing on a server no seal knows
        try:
            self._generations.prove(self._before)
        except IndexDamaged as damage:
            return damage
        raise trouble

    def _build(self, start: Start, progress: Progress) -> Built:
        return build_next(self._connection, self._generations, self._encoder, start=start, progress=progress)

    def _sweep(self, number: int) -> None:
        """Remove what nothing needs any more; what cannot be removed now goes with the next ingest."""
        # The generation before stays for readers that have it open.
        with suppress(IndexUnreadable):
            self._generations.sweep(keep={number, self._before.number})
        if (url := self._settings.chroma_url) is None:
            return
        with suppress(IndexDamaged, ServerUnavailable):
            vectors = VectorIndex.connect(url, self._generations.collection, create=True)
            wanted = set(self._connection.scalars(sa.select(indexed_chunks.c.chunk_id)))
            vectors.delete([chunk_id for chunk_id in list(vectors.ids()) if chunk_id not in wanted])
            if self._made_by and self._made_by != self._fingerprint.dumps():
                before = Generations(self._settings, Fingerprint.loads(self._made_by), self._store_id)
                drop_collection(url, before.collection)


@contextmanager
def open_writer(
    settings: Settings,
    *,
    create: bool = False,
    on_wait: Callable[[str], None] | None = None,
    on_message: Callable[[str], None] | None = None,
) -> Iterator[Writer]:
    """Yield the one Writer; whatever it did not commit is undone when the block ends.

    With `create` the store is made where there is none. `on_wait` is told who is waited for, `on_message`
    when a damaged index is being rebuilt.

    Raises:
        NothingStored: there is no store, and none is to be made.
        IndexBusy: another process kept writing.
        ModelUnavailable: the encoder's model is not there.
        DiskFull: there is no room.
    """
    engine = database.open_engine(settings)
    try:
        with naming_a_full_disk(settings.home):
            if not database.exists(engine, settings.index_folder) and not create:
                raise NothingStored("There are no articles yet; read some with: isnad ingest FOLDER")
            with home_lock(settings.home, on_wait=on_wait), store_lock(engine, on_wait=on_wait) as connection:
                yield Writer(connection, settings, load_encoder(settings), on_message or _say_nothing)
                _truncate_log(connection)
    finally:
        engine.dispose()


def _say_nothing(_message: str) -> None:
    """What is told where nobody listens."""


def _truncate_log(connection: sa.Connection) -> None:
    """Give SQLite's write-ahead log back to the disk: an ingest makes it as large as the corpus."""
    if connection.dialect.name == "sqlite":
        connection.rollback()
        # All is committed by now: where there is no room to tidy up, or somebody reads on, the next ingest does it.
        with suppress(StoreUnusable):
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE_MS}")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
