"""Generations: numbered folders, each one immutable build of the index.

`index/<n>/` holds `chroma/` (unless the vectors live on a server), `lexical/` with the two tantivy
indexes `chunks/` and `articles/`, and `build`: the name of the commit that it was built for, written
last. Number and name stand in the store, so that one commit changes everything. A folder that is
damaged, or missing where several homes share a store, is built again as `index/<n>.1/`, `<n>.2/`:
no process uses a path twice.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from rag.errors import IndexDamaged
from rag.index.lexical import LexicalIndex
from rag.index.vectors import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rag.index.fingerprint import Fingerprint
    from rag.settings import Settings

_CHROMA, _LEXICAL, _BUILD = "chroma", "lexical", "build"
_CHUNKS, _ARTICLES = f"{_LEXICAL}/chunks", f"{_LEXICAL}/articles"
# tantivy never writes into a finished segment file; everything else is written in place.
_REWRITTEN = {"meta.json", ".managed.json"}

_opened: set[Path] = set()
"""Every folder that this process has opened: Chroma remembers them, also those it failed to open."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation, open."""

    folder: Path
    chunks: LexicalIndex
    articles: LexicalIndex
    vectors: VectorIndex

    @property
    def number(self) -> int:
        """The number that the store knows it by."""
        return _number(self.folder)

    def stamp(self, build: str) -> None:
        """Declare it complete, for the commit of this name."""
        (self.folder / _BUILD).write_text(build, encoding="ascii")

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

    def folder_of(self, number: int) -> Path | None:
        """The folder of a generation, the newest where it was built again; None where there is none."""
        return max((path for path in self._folders() if _number(path) == number), key=_repeat, default=None)

    def open(self, folder: Path, build: str) -> Generation:
        """Open the generation in `folder`.

        Raises:
            IndexDamaged: it is broken, or was built for another commit.
        """
        _check_stamp(folder, build)
        _opened.add(folder)
        return self._open(folder, create=False)

    @contextmanager
    def derive(self, current: int | None, build: str, *, above: int) -> Iterator[Generation]:
        """Yield a new generation to write, numbered above `above`: a copy of `current`, or empty.

        `build` names the commit that `current` was built for. The folder goes again when the block raises.

        Raises:
            IndexDamaged: `current` is missing or broken.
        """
        number = max([above, *map(_number, self._folders())]) + 1
        while self._folder / str(number) in _opened:
            number += 1
        with self._making(self._folder / str(number)) as target:
            if current is not None:
                source = self.folder_of(current)
                if source is None:
                    raise IndexDamaged(f"Generation {current} of the index is missing.", where=str(self._folder))
                _check_stamp(source, build)
                _copy(source, target)
            generation = self._open(target, create=current is None)
            try:
                yield generation
            finally:
                generation.close()

    @contextmanager
    def renew(self, number: int) -> Iterator[Generation]:
        """Yield an empty generation of the same number, to be built again; as `derive`."""
        broken = self.folder_of(number)
        repeat = 0 if broken is None else _repeat(broken) + 1
        while (target := self._folder / (f"{number}.{repeat}" if repeat else str(number))) in _opened:
            repeat += 1
        with self._making(target):
            generation = self._open(target, create=True)
            try:
                yield generation
            finally:
                generation.close()

    def sweep(self, keep: set[int]) -> None:
        """Remove what does not serve: older generations, broken ones, and what a killed ingest left."""
        serving = {self.folder_of(number) for number in keep}
        if self._folder.is_dir():
            for child in self._folder.iterdir():
                if child not in serving:
                    shutil.rmtree(child, ignore_errors=True)

    @contextmanager
    def _making(self, target: Path) -> Iterator[Path]:
        target.parent.mkdir(parents=True, exist_ok=True)
        _opened.add(target)
        try:
            yield target
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise

    def _open(self, folder: Path, *, create: bool) -> Generation:
        make = LexicalIndex.create if create else LexicalIndex.open
        return Generation(
            folder,
            make(folder / _CHUNKS),
            make(folder / _ARTICLES),
            self._open_vectors(folder / _CHROMA, create=create),
        )

    def _open_vectors(self, folder: Path, *, create: bool) -> VectorIndex:
        if self._chroma_url is not None:
            return VectorIndex.connect(self._chroma_url, self.collection, create=create)
        return VectorIndex.create(folder) if create else VectorIndex.open(folder)

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [path for path in self._folder.iterdir() if path.name.replace(".", "", 1).isdigit()]


def _number(folder: Path) -> int:
    return int(folder.name.partition(".")[0] or 0)


def _repeat(folder: Path) -> int:
    return int(folder.name.partition(".")[2] or 0)


def _check_stamp(folder: Path, build: str) -> None:
    try:
        stamped = (folder / _BUILD).read_text(encoding="ascii")
    except (OSError, ValueError):
        stamped = None
    if stamped != build:
        raise IndexDamaged(f"The index in {folder} was not completed for what is stored.", where=str(folder))


def _copy(source: Path, target: Path) -> None:
    """Copy a generation without its stamp: finished lexical segments as hard links, the rest byte by byte."""
    for file in source.rglob("*"):
        if file.is_dir() or file.suffix == ".lock" or file == source / _BUILD:
            continue
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if copy.is_relative_to(target / _LEXICAL) and file.name not in _REWRITTEN:
            _link(file, copy)
        else:
            shutil.copyfile(file, copy)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
