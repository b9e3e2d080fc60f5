"""Generations: numbered folders, each one immutable build of the index.

`index/<n>/` holds `chroma/` (unless the vectors live on a server) and `lexical/` with the two tantivy
indexes `chunks/` and `articles/`. The number that serves stands in the store, so that one commit changes everything.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.errors import IndexDamaged
from rag.index.lexical import LexicalIndex
from rag.index.vectors import VectorIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rag.index.fingerprint import Fingerprint
    from rag.settings import Settings

_CHROMA, _LEXICAL = "chroma", "lexical"
_CHUNKS, _ARTICLES = f"{_LEXICAL}/chunks", f"{_LEXICAL}/articles"
# tantivy never writes into a finished segment file; everything else is written in place.
_REWRITTEN = {"meta.json", ".managed.json"}


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation, open."""

    number: int
    chunks: LexicalIndex
    articles: LexicalIndex
    vectors: VectorIndex

    def close(self) -> None:
        """Release its files."""
        self.vectors.close()


def collection_name(fingerprint: Fingerprint) -> str:
    """The Chroma server's collection for indexes of this fingerprint."""
    from hashlib import blake2b

    return f"isnad-{blake2b(fingerprint.dumps().encode(), digest_size=8).hexdigest()}"


def open_generation(settings: Settings, number: int, fingerprint: Fingerprint) -> Generation:
    """Open generation `number`.

    Raises:
        IndexDamaged: it is missing or broken.
    """
    folder = settings.index_folder / str(number)
    if not folder.is_dir():
        raise IndexDamaged(f"Generation {number} of the index is missing ({folder}).", where=str(folder))
    chunks = LexicalIndex.open(folder / _CHUNKS)
    articles = LexicalIndex.open(folder / _ARTICLES)
    return Generation(number, chunks, articles, _open_vectors(settings, folder / _CHROMA, fingerprint, create=False))


@contextmanager
def next_generation(settings: Settings, current: int | None, fingerprint: Fingerprint) -> Iterator[Generation]:
    """Yield a new generation to write: a copy of `current`, empty where that is None.

    The folder is removed again when the block raises.

    Raises:
        IndexDamaged: `current` is missing or broken.
    """
    folder = settings.index_folder
    folder.mkdir(parents=True, exist_ok=True)
    number = max((int(child.name) for child in folder.iterdir() if child.name.isdigit()), default=0) + 1
    target = folder / str(max(number, (current or 0) + 1))
    generation = None
    try:
        if current is None:
            chunks = LexicalIndex.create(target / _CHUNKS)
            articles = LexicalIndex.create(target / _ARTICLES)
        else:
            _copy(folder / str(current), target)
            chunks, articles = LexicalIndex.open(target / _CHUNKS), LexicalIndex.open(target / _ARTICLES)
        vectors = _open_vectors(settings, target / _CHROMA, fingerprint, create=current is None)
        generation = Generation(int(target.name), chunks, articles, vectors)
        yield generation
    except BaseException:
        if generation is not None:
            generation.close()
        shutil.rmtree(target, ignore_errors=True)
        raise
    generation.close()


def sweep(settings: Settings, keep: set[int]) -> None:
    """Remove every generation that is not to be kept: older ones and what a killed ingest left."""
    if settings.index_folder.is_dir():
        for child in settings.index_folder.iterdir():
            if not child.name.isdigit() or int(child.name) not in keep:
                shutil.rmtree(child, ignore_errors=True)


def _open_vectors(settings: Settings, folder: Path, fingerprint: Fingerprint, *, create: bool) -> VectorIndex:
    if settings.chroma_url is not None:
        return VectorIndex.connect(settings.chroma_url, collection_name(fingerprint))
    return VectorIndex.create(folder) if create else VectorIndex.open(folder)


def _copy(source: Path, target: Path) -> None:
    """Copy a generation: finished lexical segments as hard links, the rest byte by byte."""
    if not source.is_dir():
        raise IndexDamaged(f"The index's folder is missing ({source}).", where=str(source))
    for file in source.rglob("*"):
        if file.is_dir() or file.suffix == ".lock":
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
