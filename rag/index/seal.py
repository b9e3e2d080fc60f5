"""The seal of a generation: the name of its commit, and what its files were when it was complete.

It is written last, into the file `build`. A file that was cut short must be found before it is opened: what
is mapped into memory ends the process where its end is missing.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from rag.errors import IndexDamaged, StoreUnusable

if TYPE_CHECKING:
    from pathlib import Path

_SEAL = "build"
_BLOCK_BYTES = 1 << 20
_DIGEST_BYTES = 16
_DATABASE, _GRAPH, _GRAPH_IS_KEPT = "chroma.sqlite3", ".bin", "index_metadata.pickle"


_HINDERED = frozenset({errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM, errno.EIO})
"""What keeps from looking at a file, and says nothing about what is in it: no reason to build an index again."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file as it was when the seal was written."""

    path: Path
    size: int
    changed_ns: int
    digest: str


@dataclass(frozen=True, slots=True)
class Seal:
    """The commit that a generation was completed for, and its files."""

    build: str
    files: tuple[SealedFile, ...]

    def check_sizes(self) -> None:
        """Compare the files' sizes: some microseconds, so that it may stand before every question.

        Raises:
            IndexDamaged: one is missing, cut short or grown.
            StoreUnusable: the system does not let one be looked at.
        """
        for file in self.files:
            if _size(file.path) != file.size:
                raise _damaged(file)

    def check(self) -> None:
        """Compare every file's size, and the content of those that were touched since.

        Raises:
            IndexDamaged: one differs.
            StoreUnusable: the system does not let one be read.
        """
        self.check_sizes()
        for file in self.files:
            found = file.path.stat()
            if found.st_mtime_ns == file.changed_ns:
                continue
            if _digest_of(file.path) != file.digest:
                raise _damaged(file)
            try:  # a copy of a home has other times: so that they are compared once
                os.utime(file.path, ns=(found.st_atime_ns, file.changed_ns))
            except OSError:  # somebody else's files: compared again next time
                continue


def write_seal(folder: Path, build: str) -> None:
    """Declare the generation in `folder` complete; nothing may change in it from now on."""
    rows = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path == folder / _SEAL or _may_change(path):
            continue
        found = path.stat()
        name = path.relative_to(folder).as_posix()
        rows.append([name, found.st_size, found.st_mtime_ns, _digest_of(path)])
    files = json.dumps(rows)
    (folder / _SEAL).write_text(f"{build}\n{_digest(files.encode())}\n{files}\n", encoding="utf-8")


def _may_change(path: Path) -> bool:
    """Whether opening changes a file: a lock, Chroma's database, and a graph that is all in its log.

    A graph of a single vector was never kept: Chroma makes its files anew at every opening.
    """
    if path.suffix == _GRAPH and not (path.parent / _GRAPH_IS_KEPT).exists():
        return True
    return path.name.startswith(_DATABASE) or path.suffix == ".lock"


def read_seal(folder: Path) -> Seal | None:
    """The seal of a generation; None where it was never completed, or the seal itself is damaged.

    Raises:
        StoreUnusable: the system does not let it be read.
    """
    try:
        build, digest, files, end = (folder / _SEAL).read_text(encoding="utf-8").split("\n")
    except OSError as error:
        _refuse_hindrance(error, folder / _SEAL)
        return None
    except ValueError:
        return None
    if end or digest != _digest(files.encode()):
        return None
    return Seal(build, tuple(SealedFile(folder / name, *rest) for name, *rest in json.loads(files)))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        _refuse_hindrance(error, path)
        return -1


def _digest_of(path: Path) -> str:
    digest = blake2b(digest_size=_DIGEST_BYTES)
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        _refuse_hindrance(error, path)
        raise IndexDamaged(f"The index cannot be read ({path}): {error.strerror}", where=str(path)) from error
    return digest.hexdigest()


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()


def _refuse_hindrance(error: OSError, path: Path) -> None:
    """Raise StoreUnusable where it is the system that keeps from reading a file, which may be whole."""
    if error.errno in _HINDERED:
        why = error.strerror or type(error).__name__
        raise StoreUnusable(
            f"The index cannot be read ({path}: {why}); it need not be damaged. Mend that and try again.",
            what="index",
            path=str(path),
            why=why,
        ) from error


def _damaged(file: SealedFile) -> IndexDamaged:
    return IndexDamaged(f"The index is damaged: {file.path} is not what was written.", where=str(file.path))
