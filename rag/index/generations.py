"""Generations: numbered folders, each one immutable build of the index.

`index/<n>/` holds `chroma/` (unless the vectors live on a server), `lexical/` with the two tantivy
indexes `chunks/` and `articles/`, and `build`: the name of the commit that it was built for and what
its files are, written last (see `seal`). Number and name stand in the store, so that one commit
changes everything. A folder that is damaged, or missing where several homes share a store, is built
again as `index/<n>.1/`, `<n>.2/`: nothing is built on a path that this process has opened before.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from rag.errors import IndexDamaged
from rag.index.disk import naming_a_full_disk
from rag.index.lexical import LexicalIndex, num_dead
from rag.index.seal import read_seal, write_seal
from rag.index.store_errors import not_a_folder
from rag.index.vector_files import copy_vectors
from rag.index.vectors import VectorIndex, vectors_missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rag.index.database import Serving
    from rag.index.fingerprint import Fingerprint
    from rag.index.seal import Seal
    from rag.settings import Settings

_CHROMA, _LEXICAL = "chroma", "lexical"
_CHUNKS, _ARTICLES = f"{_LEXICAL}/chunks", f"{_LEXICAL}/articles"
# tantivy never writes into a finished segment file; everything else is written in place.
_REWRITTEN = {"meta.json", ".managed.json"}
_NAME = re.compile(r"[0-9]+(?:\.[0-9]+)?")

_opened: set[Path] = set()
"""Every folder that this process has opened: Chroma remembers them, also those it failed to open."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation, open."""

    folder: Path
    chunks: LexicalIndex
    articles: LexicalIndex
    vectors: VectorIndex
    seal: Seal | None = None
    """What its files were when it was complete; None while it is written."""
    origin: Seal | None = None
    """The seal of what it was copied from, where it was."""

    @property
    def number(self) -> int:
        """The number that the store knows it by."""
        return order_of(self.folder)[0]

    def stamp(self, build: str) -> None:
        """Close it, and declare it complete for the commit of this name."""
        self.close()
        write_seal(self.folder, build, origin=self.origin)

    def watching(self) -> AbstractContextManager[None]:
        """While it is used: see `Seal.watching`."""
        return self.seal.watching() if self.seal is not None else nullcontext()

    def close(self) -> None:
        """Release its files."""
        self.vectors.close()


class Generations:
    """The generations of one store in one home."""

    def __init__(self, settings: Settings, fingerprint: Fingerprint, store_id: str) -> None:
        self._folder = settings.index_folder
        self._chroma_url = settings.chroma_url
        made_by = blake2b(fingerprint.dumps().encode(), digest_size=8).hexdigest()
        self.collection = f"isnad-{store_id}-{made_by}"
        """Their name on a Chroma server: each store and each encoder has a collection of its own."""

    def folder_of(self, serving: Serving) -> Path | None:
        """The folder that is complete for what serves, the newest where it was built again; None without one."""
        complete = [path for path in self._repeats(serving.number) if _stamp(path) == serving.build]
        return max(complete, key=order_of, default=None)

    def open(self, folder: Path) -> Generation:
        """Open the generation in `folder`.

        Raises:
            IndexDamaged: it is broken.
            IndexUnreadable: it cannot be used, and is not.
        """
        _opened.add(folder)
        seal = self._seal_of(folder)
        seal.check()
        with seal.watching():
            generation = replace(self._open(folder), seal=seal)
            seal.note_opening()
            if self._chroma_url is not None and generation.vectors.count() < generation.chunks.num_docs:
                raise vectors_missing(self._chroma_url)
            return generation

    @contextmanager
    def derive(self, serving: Serving, *, words_anew: bool, vectors_anew: bool) -> Iterator[Generation]:
        """Yield a new generation to write: a copy of what serves, but for what begins empty; with both, no copy.

        It goes again when the block raises. What is copied has been through `check`.

        Raises:
            IndexDamaged: what serves is missing or broken.
        """
        number = max([serving.number, *(order_of(path)[0] for path in self._folders())]) + 1
        while self._folder / str(number) in _opened:
            number += 1
        with self._making(self._folder / str(number)) as target:
            origin = None
            if not (words_anew and vectors_anew):
                folder = self._serving(serving)
                _copy(folder, target, words=not words_anew, vectors=not vectors_anew)
                origin = self._seal_of(folder)
                origin.check_copy(folder, target)
            generation = self._open(target, words_anew=words_anew, vectors_anew=vectors_anew)
            try:
                yield replace(generation, origin=origin)
            finally:
                generation.close()

    @contextmanager
    def renew(self, serving: Serving) -> Iterator[Generation]:
        """Yield an empty generation of the same number, to be built again; those that it replaces go."""
        before = self._repeats(serving.number)
        repeat = max((order_of(path)[1] + 1 for path in before), default=0)
        while (target := self._folder / (f"{serving.number}.{repeat}" if repeat else str(serving.number))) in _opened:
            repeat += 1
        with self._making(target):
            generation = self._open(target, words_anew=True, vectors_anew=True)
            try:
                yield generation
            finally:
                generation.close()
        for path in before:
            _remove(path)

    def check(self, serving: Serving) -> None:
        """Make sure that what serves looks as it was written: a copy must not carry damage on.

        Raises:
            IndexDamaged: it is missing or broken.
            IndexUnreadable: the system does not let it be looked at.
        """
        self._seal_of(self._serving(serving)).check()

    def prove(self, serving: Serving) -> None:
        """Compare all the content of what serves; raises as `check`."""
        self._seal_of(self._serving(serving)).prove()

    @contextmanager
    def vectors_of(self, serving: Serving) -> Iterator[VectorIndex]:
        """Yield the vectors of what serves, to be read.

        Raises:
            IndexDamaged: it is missing.
            IndexUnreadable: it cannot be used.
        """
        folder = self._serving(serving)
        _opened.add(folder)
        vectors = self._open_vectors(folder / _CHROMA, create=False)
        self._seal_of(folder).note_opening()
        try:
            yield vectors
        finally:
            vectors.close()

    def _serving(self, serving: Serving) -> Path:
        folder = self.folder_of(serving)
        if folder is None:
            raise IndexDamaged(f"Generation {serving.number} of the index is missing.", where=str(self._folder))
        return folder

    def _seal_of(self, folder: Path) -> Seal:
        seal = read_seal(folder)
        if seal is None:
            raise IndexDamaged(f"The index is incomplete ({folder}).", where=str(folder))
        if seal.database is None and self._chroma_url is None:
            raise IndexDamaged(f"The vectors are missing ({folder}).", where=str(folder))
        return seal

    def num_dead(self, serving: Serving) -> tuple[int, int]:
        """Chunks and articles that were deleted from the words of what serves, and count there still."""
        folder = self.folder_of(serving)
        return (num_dead(folder / _CHUNKS), num_dead(folder / _ARTICLES)) if folder is not None else (0, 0)

    def sweep(self, keep: set[int]) -> None:
        """Remove what does not serve: generations of other numbers, broken ones, what a killed ingest left."""
        kept = {
            max((path for path in self._repeats(number) if _stamp(path)), key=order_of, default=None) for number in keep
        }
        for path in self._folders():
            if path not in kept:
                _remove(path)

    @contextmanager
    def _making(self, target: Path) -> Iterator[Path]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise not_a_folder(self._folder) from error
        _opened.add(target)
        try:
            with naming_a_full_disk(target.parent):  # while it is full: what was made goes, and makes room
                yield target
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise

    def _open(self, folder: Path, *, words_anew: bool = False, vectors_anew: bool = False) -> Generation:
        make = LexicalIndex.create if words_anew else LexicalIndex.open
        return Generation(
            folder,
            make(folder / _CHUNKS),
            make(folder / _ARTICLES),
            self._open_vectors(folder / _CHROMA, create=vectors_anew),
        )

    def _open_vectors(self, folder: Path, *, create: bool) -> VectorIndex:
        if self._chroma_url is not None:
            return VectorIndex.connect(self._chroma_url, self.collection, create=create)
        return VectorIndex.create(folder) if create else VectorIndex.open(folder)

    def _repeats(self, number: int) -> list[Path]:
        return [path for path in self._folders() if order_of(path)[0] == number]

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]


def order_of(folder: Path) -> tuple[int, int]:
    """Number and repeat of a generation's folder: later ones compare greater."""
    number, _, repeat = folder.name.partition(".")
    return int(number), int(repeat or 0)


def _stamp(folder: Path) -> str:
    """The commit that a folder was completed for; empty where it never was."""
    seal = read_seal(folder)
    return seal.build if seal is not None else ""


def _remove(path: Path) -> None:
    """Remove what has the name of a generation, whatever it is; what cannot go now goes with the next ingest."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _copy(source: Path, target: Path, *, words: bool, vectors: bool) -> None:
    """Copy a generation without its stamp: finished lexical segments as hard links, the rest byte by byte."""
    for file in (source / _LEXICAL).rglob("*") if words else ():
        if file.is_dir() or file.suffix == ".lock":
            continue
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.name in _REWRITTEN:
            shutil.copyfile(file, copy)
        else:
            _link(file, copy)
    if vectors and (source / _CHROMA).is_dir():
        copy_vectors(source / _CHROMA, target / _CHROMA)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
