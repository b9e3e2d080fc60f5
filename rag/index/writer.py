"""Writing: the lock, one transaction over the rows, and the generation that it commits to."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.errors import IndexDamaged
from rag.index import database
from rag.index.build import Built, Progress, build_generation, sweep_vectors
from rag.index.encoders import load_encoder
from rag.index.fingerprint import Fingerprint, check_fingerprint
from rag.index.generations import collection_name, sweep
from rag.index.lock import writer_lock
from rag.index.rows import Rows
from rag.index.vectors import drop_collection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from rag.index.encoders import Encoder
    from rag.settings import Settings


class Writer:
    """The right to change the store, from `open_writer`; nothing shows before `commit`."""

    def __init__(self, connection: sa.Connection, settings: Settings, encoder: Encoder) -> None:
        self.rows = Rows(connection)
        self.connection = connection
        self._settings = settings
        self._encoder = encoder
        self._fingerprint = Fingerprint.of(encoder)
        self._before = database.read_generation(connection)
        self._made_by = database.read_fact(connection, "fingerprint")

    def check_fingerprint(self) -> None:
        """Make sure that adding to the index is no mix.

        Raises:
            IndexMismatch: another encoder, analyzer or chunker made it.
        """
        check_fingerprint(self.connection, self._fingerprint)

    def commit(self, *, from_nothing: bool = False, progress: Progress) -> Built:
        """Bring the index to what the rows say, and commit both at once.

        `from_nothing` builds everything anew; a damaged generation is left behind in any case.
        """
        self.rows.flush()
        if self._before == 0 and not any(self.rows.count()):
            return Built(0, 0)
        current = None if from_nothing or self._before == 0 else self._before
        try:
            built = self._build(current, progress)
        except IndexDamaged:
            if current is None:
                raise
            built = self._build(None, progress)
        database.write_fact(self.connection, "generation", str(built.generation))
        database.write_fact(self.connection, "fingerprint", self._fingerprint.dumps())
        self.connection.commit()
        # The generation before stays for readers that have it open; older ones and orphans go.
        sweep(self._settings, keep={built.generation, self._before})
        sweep_vectors(self.connection, self._settings, self._fingerprint)
        if self._settings.chroma_url and self._made_by and self._made_by != self._fingerprint.dumps():
            drop_collection(self._settings.chroma_url, collection_name(Fingerprint.loads(self._made_by)))
        return built

    def _build(self, current: int | None, progress: Progress) -> Built:
        return build_generation(
            self.connection, self._settings, self._encoder, self._fingerprint, current=current, progress=progress
        )


@contextmanager
def open_writer(settings: Settings, *, on_wait: Callable[[str], None] | None = None) -> Iterator[Writer]:
    """Yield the one Writer; whatever it did not commit is undone when the block ends.

    Raises:
        IndexBusy: another process kept writing.
        ModelUnavailable: the encoder's model is not there.
    """
    engine = database.open_engine(settings)
    try:
        with writer_lock(settings.home, engine, on_wait=on_wait):
            database.exists(engine)
            database.create(engine)
            with engine.connect() as connection:
                yield Writer(connection, settings, load_encoder(settings))
            _truncate_log(engine)
    finally:
        engine.dispose()


def rebuild_index(settings: Settings, engine: sa.Engine, encoder: Encoder, *, damaged: int) -> None:
    """Make a new generation from the rows alone, unless another process has replaced the damaged one.

    Raises:
        IndexBusy: another process kept writing.
    """
    with writer_lock(settings.home, engine), engine.connect() as connection:
        writer = Writer(connection, settings, encoder)
        if database.read_generation(connection) == damaged:
            writer.commit(from_nothing=True, progress=_silent)


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    return


def _truncate_log(engine: sa.Engine) -> None:
    """Give SQLite's write-ahead log back to the disk: an ingest makes it as large as the corpus."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
