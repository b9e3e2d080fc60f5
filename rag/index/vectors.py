"""Vectors: a Chroma collection, embedded or on a server. The only module that knows chromadb.

Chroma holds vectors under content hashes and nothing else: texts beside them would take five times
the disk, and the store has them anyway.
"""

from __future__ import annotations

import os
import warnings
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import DiskFull, IndexDamaged, ServerUnavailable
from rag.index.trouble import NOT_THEIRS, naming_trouble
from rag.index.vector_files import stand_in, sweep_stand_ins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

_EMBEDDED_COLLECTION = "chunks"
_PAGE = 5000
_HNSW = {"hnsw": {"space": "cosine"}}
_NUM_ADDED = "num_added"
_UNCOUNTED = 1 << 40
"""Stands for the number in an index that was made before it was counted."""

# Chroma keeps the last writes in a log and puts them into its graph whenever it is opened, until the log
# is as long as the threshold: up to 0.5 s at every cold start for 700 of them. In bulk a high threshold
# rewrites the graph's file seldom; a low one for the last write leaves no log behind.
SYNC_SELDOM = 5000
SYNC_AT_ONCE = 2


class VectorIndex:
    """An open collection of (id, vector) under cosine similarity.

    Every method raises IndexUnreadable where its files cannot be used and DiskFull where there is no room; of
    a collection on a server ServerUnavailable where that does not answer, and IndexDamaged where it is gone.
    """

    def __init__(self, client: Any, collection: Any, place: Path | str, *, held: ExitStack | None = None) -> None:
        self._client = client
        self._collection = collection
        self._place = place
        self._held = held

    @classmethod
    def create(cls, folder: Path) -> VectorIndex:
        """Make an empty embedded collection in a new folder."""
        folder.mkdir(parents=True)
        with _trouble(folder):
            client = _embedded_client(folder)
            collection = client.create_collection(
                _EMBEDDED_COLLECTION, embedding_function=None, configuration=_HNSW, metadata={_NUM_ADDED: 0}
            )
            return cls(client, collection, folder)

    @classmethod
    def open(cls, folder: Path) -> VectorIndex:
        """Open the embedded collection in `folder`."""
        sweep_stand_ins()
        with suppress(DiskFull):  # Chroma writes a little into its database whenever it is opened
            if os.access(folder, os.W_OK):
                return cls._open(folder, folder)
        elsewhere, held = stand_in(folder)
        with held:
            return cls._open(elsewhere, folder, held)

    @classmethod
    def _open(cls, folder: Path, place: Path, held: ExitStack | None = None) -> VectorIndex:
        with naming_trouble(place):
            client = _embedded_client(folder)
            found = client.get_collection(_EMBEDDED_COLLECTION, embedding_function=None)
        return cls(client, found, place, held=held.pop_all() if held else None)

    @classmethod
    def connect(cls, url: str, collection: str, *, create: bool) -> VectorIndex:
        """Open a collection on a Chroma server; with `create`, make it where it is missing."""
        with _trouble(url):
            client = server_client(url)
            if create:
                found = client.get_or_create_collection(collection, embedding_function=None, configuration=_HNSW)
            else:
                found = client.get_collection(collection, embedding_function=None)
            return cls(client, found, url)

    @property
    def is_shared(self) -> bool:
        """Whether others read the same collection, so that nothing they need may be deleted yet."""
        return isinstance(self._place, str)

    @property
    def num_added(self) -> int:
        """How many vectors an embedded collection was ever given: its graph keeps the deleted ones too."""
        return int((self._collection.metadata or {}).get(_NUM_ADDED, _UNCOUNTED))

    def sync_every(self, num_writes: int) -> None:
        """Put the log into the graph every so many writes; on a server this is the server's affair."""
        if isinstance(self._place, str):
            return
        with _trouble(self._place):
            self._modify(configuration={"hnsw": {"sync_threshold": num_writes}})
            self._client.close()  # an open graph keeps the threshold it was opened with
            self._client = _embedded_client(self._place)
            self._collection = self._client.get_collection(_EMBEDDED_COLLECTION, embedding_function=None)

    def upsert(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write vectors of shape (len(ids), dim); an id that is there is replaced."""
        with _trouble(self._place):
            step = min(self._client.get_max_batch_size(), _PAGE)
            for start in range(0, len(ids), step):
                stop = start + step
                self._collection.upsert(ids=list(ids[start:stop]), embeddings=vectors[start:stop])
            if not self.is_shared:
                self._modify(metadata={_NUM_ADDED: self.num_added + len(ids)})

    def take_over(self, before: VectorIndex, *, but: frozenset[str]) -> Iterator[int]:
        """Write the vectors of another collection, `but` for those of some ids; no log is left behind.

        Yields how many are written, page by page.
        """
        self.sync_every(SYNC_SELDOM)
        waiting: tuple[list[str], NDArray[np.float32]] | None = None
        for ids, vectors in before._pages():
            kept = [place for place, chunk_id in enumerate(ids) if chunk_id not in but]
            if not kept:
                continue
            if waiting is not None:
                self.upsert(*waiting)
                yield self.num_added
            waiting = [ids[place] for place in kept], vectors[kept]
        self.sync_every(SYNC_AT_ONCE)
        if waiting is not None:
            self.upsert(*waiting)
            yield self.num_added

    def delete(self, ids: Sequence[str]) -> None:
        """Delete these ids; unknown ones are no error."""
        with _trouble(self._place):
            for start in range(0, len(ids), _PAGE):
                self._collection.delete(ids=list(ids[start : start + _PAGE]))

    def query(self, vector: NDArray[np.float32], top_k: int) -> list[tuple[str, float]]:
        """Return the `top_k` nearest (id, cosine similarity -1 to 1), nearest first."""
        with _trouble(self._place):
            found = self._collection.query(query_embeddings=[vector], n_results=top_k, include=["distances"])
        return [
            (chunk_id, 1.0 - float(distance))
            for chunk_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        ]

    def holds(self, ids: Sequence[str]) -> bool:
        """Whether every one of these ids has a vector."""
        wanted = list(dict.fromkeys(ids))
        with _trouble(self._place):
            found = self._collection.get(ids=wanted, include=["embeddings"])
        return len(found["ids"]) == len(wanted) == len(found["embeddings"])

    def count(self) -> int:
        """How many ids the collection holds (loads the whole index: half a second at 100,000)."""
        with _trouble(self._place):
            return int(self._collection.count())

    def ids(self) -> Iterator[str]:
        """Every id, page by page."""
        for ids, _ in self._pages(with_vectors=False):
            yield from ids

    def _pages(self, *, with_vectors: bool = True) -> Iterator[tuple[list[str], Any]]:
        offset = 0
        while True:
            with _trouble(self._place):
                found = self._collection.get(limit=_PAGE, offset=offset, include=["embeddings"] if with_vectors else [])
            if not found["ids"]:
                return
            yield found["ids"], found["embeddings"]
            offset += len(found["ids"])

    def _modify(self, **what: Any) -> None:
        with warnings.catch_warnings():
            # Chroma takes "no embedding function", which is what we have, for a configuration of old.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._collection.modify(**what)

    def close(self) -> None:
        """Release the files; the connections to a server stay with the process."""
        if not self.is_shared:
            self._client.close()
        if self._held is not None:
            self._held.close()


@cache
def server_client(url: str) -> Any:
    """The process's one client of a Chroma server: closing one leaves its connections open (chromadb 1.5.9)."""
    import chromadb

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    return chromadb.HttpClient(
        host=parts.hostname or "localhost",
        port=parts.port or (443 if secure else 8000),
        ssl=secure,
        settings=_client_settings(),
    )


def drop_collection(url: str, collection: str) -> None:
    """Delete a collection on a Chroma server, if it is there."""
    from chromadb.errors import NotFoundError

    with _trouble(url), suppress(NotFoundError):
        server_client(url).delete_collection(collection)


def vectors_missing(url: str) -> IndexDamaged:
    """The error for a server that has not all the vectors: no seal knows what it holds."""
    return IndexDamaged(f"Some of the vectors are missing ({url}).", where=url)


def _embedded_client(folder: Path) -> Any:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient

    try:
        return chromadb.PersistentClient(str(folder), settings=_client_settings())
    except BaseException:
        # What failed to start is kept, and handed out for the same folder ever after (chromadb 1.5.9).
        if str(folder) not in SharedSystemClient._identifier_to_refcount:  # noqa: SLF001
            SharedSystemClient._identifier_to_system.pop(str(folder), None)  # noqa: SLF001
        raise


@cache
def _client_settings_class() -> Any:
    """Chroma's settings from nothing but us: by itself it reads the environment and whatever `.env` is near."""
    from chromadb.config import Settings

    class OwnSettings(Settings):
        @classmethod
        def settings_customise_sources(cls, *_: Any, **sources: Any) -> tuple[Any, ...]:
            return (sources["init_settings"],)

    return OwnSettings


def _client_settings() -> Any:
    return _client_settings_class()(anonymized_telemetry=False)


@contextmanager
def _trouble(place: Path | str) -> Iterator[None]:
    """Name whatever Chroma raises, over the files in a folder or about a server."""
    if isinstance(place, Path):
        with naming_trouble(place):
            yield
        return
    try:
        yield
    except NOT_THEIRS:
        raise
    except BaseException as error:
        if type(error).__name__ == "NotFoundError":
            raise IndexDamaged(f"The vectors are missing ({place}): {error}", where=place) from error
        raise ServerUnavailable(f"The Chroma server does not answer ({place}): {error}", place=place) from error
