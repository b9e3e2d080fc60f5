"""The seal of a generation: the name of its commit, and what its files were when it was complete.

It is written last, into the file `build`. A file that was cut short must be found before it is opened: what
is mapped into memory ends the process where its end is missing.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from rag.errors import IndexDamaged, IndexUnreadable
from rag.index.trouble import unreadable
from rag.index.vector_files import DATABASE, check_database, check_schema, content_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SEAL = "build"
_BLOCK_BYTES = 1 << 20
_DIGEST_BYTES = 16
_GRAPH, _GRAPH_IS_KEPT = ".bin", "index_metadata.pickle"

_GONE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})
"""What is found where a file is missing. Any other error only keeps from looking at it, and says nothing of it."""


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
    database: SealedFile | None = None
    """Chroma's, by what it holds: Chroma writes to the file whenever it is opened. None where a server has it."""

    def check_sizes(self) -> None:
        """Compare the files' sizes: some microseconds, so that it may stand before every question.

        Raises:
            IndexDamaged: one is missing, cut short or grown.
            IndexUnreadable: the system does not let one be looked at.
        """
        for file in self.files:
            if _size(file.path) != file.size:
                raise _damaged(file)
        if self.database is not None and _size(self.database.path) < self.database.size:
            raise _damaged(self.database)

    def check(self) -> None:
        """Compare every file's size, and the content of those that were touched since.

        Raises:
            IndexDamaged: one differs.
            IndexUnreadable: the system does not let one be read.
        """
        self.check_sizes()
        if self.database is not None:
            check_schema(self.database.path)
            if _is_touched(self.database):
                check_database(self.database.path, self.database.digest)
                _give_back_time(self.database)
        for file in self.files:
            if _is_touched(file):
                if _digest_of(file.path) != file.digest:
                    raise _damaged(file)
                _give_back_time(file)

    def note_opening(self) -> None:
        """Give Chroma's database its time back, which opening changed: from now on another one tells of other hands."""
        if self.database is not None:
            _give_back_time(self.database)

    def prove(self) -> None:
        """Compare the content of everything, also of what looks untouched: a second per gigabyte.

        Raises:
            IndexDamaged: one differs.
            IndexUnreadable: the system does not let one be read.
        """
        self.check_sizes()
        if self.database is not None:
            check_database(self.database.path, self.database.digest)
        for file in self.files:
            if _digest_of(file.path) != file.digest:
                raise _damaged(file)

    def check_copy(self, folder: Path, copy: Path) -> None:
        """Compare what was copied from the sealed `folder` into `copy`; what was linked is the same files.

        Raises:
            IndexDamaged: something differs, so that `folder` was damaged without a trace in its times.
            IndexUnreadable: the system does not let it be read.
        """
        for file in (self.database, *self.files):
            if file is None or not (copied := copy / file.path.relative_to(folder)).exists():
                continue
            if not copied.samefile(file.path) and _content(copied) != file.digest:
                raise _damaged(file)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Compare the sizes; then let what a library cannot use leave the block as damage, if it is.

        Building again mends damage and nothing else.

        Raises:
            IndexDamaged: files are not what was written.
            IndexUnreadable: they are, or cannot be compared.
        """
        self.check_sizes()
        try:
            yield
        except IndexUnreadable:
            self.prove()
            raise


def write_seal(folder: Path, build: str, *, origin: Seal | None = None) -> None:
    """Declare the generation in `folder` complete; nothing may change in it from now on.

    What is linked to files of `origin` keeps its hash: what a disk did to them meanwhile is not to pass for whole.
    """
    rows = []
    linked = _untouched(origin.files) if origin is not None else {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path == folder / _SEAL or _may_change(path):
            continue
        found = path.stat()
        name = path.relative_to(folder).as_posix()
        digest = linked.get((found.st_dev, found.st_ino)) or _content(path)
        rows.append([name, found.st_size, found.st_mtime_ns, digest])
    files = json.dumps(rows)
    (folder / _SEAL).write_text(f"{build}\n{_digest(files.encode())}\n{files}\n", encoding="utf-8")


def _untouched(files: Iterable[SealedFile]) -> dict[tuple[int, int], str]:
    """The hashes of the files that have the size and time of their seal, by device and inode."""
    hashes = {}
    for file in files:
        with suppress(OSError):
            found = file.path.stat()
            if (found.st_size, found.st_mtime_ns) == (file.size, file.changed_ns):
                hashes[found.st_dev, found.st_ino] = file.digest
    return hashes


def _content(path: Path) -> str:
    """What a seal holds of a file's content."""
    return content_digest(path) if path.name == DATABASE else _digest_of(path)


def _may_change(path: Path) -> bool:
    """Whether opening changes a file: a lock, the log of Chroma's database, and a graph that is all in its log.

    A graph of a single vector was never kept: Chroma makes its files anew at every opening.
    """
    if path.suffix == _GRAPH and not (path.parent / _GRAPH_IS_KEPT).exists():
        return True
    return path.name.startswith(f"{DATABASE}-") or path.suffix == ".lock"


def read_seal(folder: Path) -> Seal | None:
    """The seal of a generation; None where it was never completed, or the seal itself is damaged.

    Raises:
        IndexUnreadable: the system does not let it be read.
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
    sealed = [SealedFile(folder / name, *rest) for name, *rest in json.loads(files)]
    database = next((file for file in sealed if file.path.name == DATABASE), None)
    return Seal(build, tuple(file for file in sealed if file is not database), database)


def _is_touched(file: SealedFile) -> bool:
    return file.path.stat().st_mtime_ns != file.changed_ns


def _give_back_time(file: SealedFile) -> None:
    """Let a file whose content is known be compared no more; of somebody else's it is compared each time."""
    with suppress(OSError):
        os.utime(file.path, ns=(file.path.stat().st_atime_ns, file.changed_ns))


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
    if error.errno not in _GONE:
        raise unreadable(path, error.strerror or type(error).__name__) from error


def _damaged(file: SealedFile) -> IndexDamaged:
    return IndexDamaged(f"The index is damaged: {file.path} is not what was written.", where=str(file.path))
