"""Which files of a folder are articles, how their names are written, and how they are opened."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Collection, Iterator
from itertools import filterfalse
from pathlib import Path
from typing import BinaryIO

from rag.errors import PathNotFound

KINDS = (".txt", ".md", ".jsonl", ".html", ".htm", ".xhtml", ".pdf", ".docx")
"""In the order in which a person is told them."""
SUFFIXES = frozenset(KINDS)
_NOT_ARTICLES = frozenset({"readme.md"})
_HIDDEN = (".", "~$")
"""How the names of hidden files begin, and of what Word leaves beside an open document."""


def find_files(
    path: Path,
    *,
    within: Path | None = None,
    passing: Collection[Path] = (),
    on_unreadable: Callable[[Path, str], None] = lambda _place, _why: None,
    on_other_kind: Callable[[Path], None] = lambda _file: None,
) -> list[Path]:
    """Return the files to read under `path`, at any depth, by relative path; or `path`, if it is a file.

    Hidden files and folders, READMEs and the folders of `passing` are passed over. Links to folders are not
    followed, links to files only to files `within` that folder, or `path`: nothing outside is read, no loop walked.
    `on_unreadable` hears of each folder that could not be listed or entered: what it holds is unknown, not gone;
    `on_other_kind` of each file whose name says that it is of a kind that is not read.

    Raises:
        PathNotFound: there is nothing at `path`.
    """

    def tell(error: OSError, place: Path | None = None) -> None:
        on_unreadable(place or Path(error.filename), error.strerror or type(error).__name__)

    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        raise nothing_at(path) from error
    except OSError as error:
        tell(error)
        return []
    if not stat.S_ISDIR(mode):
        return [path]
    found, inside = list[Path](), (within or path).resolve()
    for folder, files in _walk(path, passing, tell):
        try:
            found += [file for file in filter(_is_of_our_kind, files) if _is_inside(file, inside)]
        except PermissionError as error:  # it can be listed, and nothing in it be looked at
            tell(error, folder)
        for file in filterfalse(_is_of_our_kind, files):
            on_other_kind(file)
    return sorted(found, key=lambda file: file.relative_to(path).as_posix())


def _walk(path: Path, passing: Collection[Path], tell: Callable[[OSError], None]) -> Iterator[tuple[Path, list[Path]]]:
    """Each folder that is looked into, with its files that are not hidden."""
    for folder, folders, names in os.walk(path, onerror=tell):
        folders[:] = [name for name in folders if not (name.startswith(".") or Path(folder, name) in passing)]
        yield Path(folder), [Path(folder, name) for name in names if not _is_hidden(name)]


def nothing_at(path: Path) -> PathNotFound:
    """The error for a path to read where nothing is."""
    return PathNotFound(f"There is nothing at {path}: check the name of the file or folder.", path=str(path))


def open_file(path: Path) -> BinaryIO:
    """Open a regular file for reading, and nothing else: a pipe would be waited for, a device never end.

    Raises:
        OSError: it cannot be opened, or is no regular file.
    """
    _refuse_other_kinds(path.stat())  # opening is enough to set some devices going
    return open(path, "rb", opener=_opener)


def _opener(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        _refuse_other_kinds(os.fstat(descriptor))  # a pipe may stand there by now
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _refuse_other_kinds(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file")


def printable(name: str) -> str:
    r"""Return `name` with every character that does not print (newlines, controls, surrogates) as `\n` or `\x1b`."""
    if name.isprintable():
        return name
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in name
    )


def _is_hidden(name: str) -> bool:
    return name.startswith(_HIDDEN) or name.lower() in _NOT_ARTICLES


def _is_of_our_kind(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES


def _is_inside(file: Path, folder: Path) -> bool:
    is_link = file.is_symlink()  # raises where the folder that holds it may not be entered
    try:
        return file.is_file() and (not is_link or file.resolve().is_relative_to(folder))
    except (OSError, RuntimeError):  # a loop of links: RuntimeError before Python 3.13
        return False
