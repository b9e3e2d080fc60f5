"""Which files an ingest reads, under which names, and which stored ones are gone."""

from __future__ import annotations

import os
import shlex
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rag.articles.files import find_files, printable
from rag.articles.raw import Skipped
from rag.errors import InputError, PathNotFound, SourceConflict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from rag.index.rows import Root, Rows, StoredFile


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to read; `stored` and `digest` are what an earlier ingest remembers of it."""

    path: Path
    source: str
    root: Root
    stored: StoredFile | None
    digest: str
    """Empty where it has to be read."""


@dataclass(slots=True)
class Survey:
    """What the given paths hold now, beside what is stored of them."""

    files: dict[Path, FoundFile] = field(default_factory=dict)
    gone: dict[Path, StoredFile] = field(default_factory=dict)
    kept: dict[Path, StoredFile] = field(default_factory=dict)
    """Gone too, but what is left of the path to them is empty: they go only with `prune`."""
    unlisted: dict[Path, dict[Path, Skipped]] = field(default_factory=dict)
    """Of a folder, what is not known: all of it, or the files in it whose names cannot be written down."""

    @property
    def skipped(self) -> list[Skipped]:
        """What was passed over so far."""
        return [item for items in self.unlisted.values() for item in items.values()]


def survey_paths(paths: Sequence[Path], rows: Rows, *, name: str | None, prune: bool) -> Survey:
    """Look at the paths given to an ingest; remember the roots that are new, and what could not be listed.

    Raises:
        PathNotFound: a path is not there (with `prune`, one that was never read either).
        SourceConflict: a file's source already names a file under another root.
        InputError: `name` is given for a root that has another one.
    """
    survey = Survey()
    listed: dict[Path, list[Path]] = {}
    for given in paths:
        path = given.expanduser().resolve()
        if not path.exists() and not (prune and _stored_under([path], rows)):
            raise PathNotFound(f"There is nothing at {path}: check the name of the file or folder.", path=str(path))
        listed[path] = _list_files(path, survey) if path.exists() else []
        if listed[path]:
            _know_root(path, rows, name)
    files = [file for found in listed.values() for file in found]
    _name_files(files, rows, survey)  # once every root is known: a later one may have taken in an earlier one
    _sort_out(_stored_under(listed, rows), files, survey, prune=prune)
    rows.skips.note_folders(listed, {folder: items.values() for folder, items in survey.unlisted.items()})
    return survey


def _stored_under(paths: Collection[Path], rows: Rows) -> list[StoredFile]:
    given = set(paths)
    return [file for file in rows.files() if file.path in given or not given.isdisjoint(file.path.parents)]


def _list_files(path: Path, survey: Survey) -> list[Path]:
    def unreadable(place: Path, why: str, folder: Path) -> None:
        while not _is_utf_8(folder):
            folder = folder.parent
        survey.unlisted.setdefault(folder, {})[place] = Skipped(printable(str(place)), "unreadable", why)

    files = []
    for file in find_files(path, on_unreadable=lambda folder, why: unreadable(folder, why, folder)):
        if _is_utf_8(file):
            files.append(file)
        else:
            unreadable(file, "its name is not UTF-8: rename it", file.parent)
    return files


def _is_utf_8(path: Path) -> bool:
    """Whether a name can be written down."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _name_files(files: Sequence[Path], rows: Rows, survey: Survey) -> None:
    roots = rows.roots()
    by_path = {file.path: file for file in rows.files()}
    refused = rows.skips.refused()
    named = {file.source: file.path for file in by_path.values()}
    for file in files:
        owner = _deepest(roots, file)
        if owner is None:
            raise AssertionError(f"{file} is in no root")
        source = _source(owner, file)
        _refuse_taken(source, file, named)
        named[source] = file
        stored = by_path.get(file)
        digest = stored.digest if stored else refused.get((file, source), "")
        survey.files[file] = FoundFile(file, source, owner, stored, digest)


def _refuse_taken(source: str, file: Path, named: Mapping[str, Path]) -> None:
    """Raise SourceConflict where another file has this source, or may have an article of this source."""
    # "feed.jsonl#1.txt" may be a file, or the article 1.txt of feed.jsonl
    owners = [source, *(source[:at] for at, letter in enumerate(source) if letter == "#")]
    taken = {named[owner] for owner in owners if owner in named}
    if source.endswith(".jsonl"):
        taken |= {other for name, other in named.items() if name.startswith(f"{source}#")}
    for other in taken - {file}:
        raise _conflict(source, file, other)


def _conflict(source: str, file: Path, other: Path) -> SourceConflict:
    if other.exists():
        folder = str(file.parent)
        told = f"Give this folder a name of its own: isnad ingest {shlex.quote(folder)} --name NAME"
        message = f"{source!r} is already the name of {other}. {told}"
        return SourceConflict(message, source=source, path=str(other), folder=folder)
    gone = next(place for place in (other, *other.parents) if place.parent.exists())
    command = f"isnad ingest {shlex.quote(str(gone))} --prune"
    message = f"{source!r} is the name of {other}, which is gone. If you moved it, drop what was read there: {command}"
    return SourceConflict(message, what="gone", source=source, path=str(other), command=command)


def _know_root(path: Path, rows: Rows, name: str | None) -> None:
    """Make a root for `path` where it lies in none that is known; it takes in the nameless ones inside it."""
    folder = path if path.is_dir() else path.parent
    known = _deepest(rows.roots(), path)
    if known is None:
        inner = [root for root in rows.roots() if folder in root.folder.parents and not root.name]
        outer = rows.add_root(folder, printable(name or "").strip("/"))
        for root in inner:
            _move(root, outer, rows)
    elif name is not None and name != known.name:
        raise InputError(
            f"{known.folder} is already known {f'as {known.name!r}' if known.name else 'without a name'}; "
            "leave out --name, or remove its sources first.",
            folder=str(known.folder),
            name=known.name,
        )


def _move(inner: Root, outer: Root, rows: Rows) -> None:
    files = rows.files()
    moving = {file.path: _source(outer, file.path) for file in files if inner.folder in file.path.parents}
    staying = {file.source: file.path for file in files if file.path not in moving}
    for path, source in moving.items():
        _refuse_taken(source, path, staying)
    rows.move_root(inner, outer, moving)


def _deepest(roots: Iterable[Root], path: Path) -> Root | None:
    holding = [root for root in roots if root.folder == path or root.folder in path.parents]
    return max(holding, key=lambda root: len(root.folder.parts), default=None)


def _source(root: Root, file: Path) -> str:
    relative = file.relative_to(root.folder).as_posix()
    return printable(f"{root.name}/{relative}" if root.name else relative)


def _sort_out(stored: Sequence[StoredFile], files: Sequence[Path], survey: Survey, *, prune: bool) -> None:
    """Tell what is gone for good from what may be away: a folder that is there and empty may be unmounted."""
    inhabited = {folder for file in files for folder in file.parents}
    for file in stored:
        if file.path in survey.files or not (is_gone(file.path) or _is_no_article(file.path)):
            continue
        standing = next((folder for folder in file.path.parents if folder.is_dir()), None)
        away = standing not in inhabited
        (survey.kept if away and not prune else survey.gone)[file.path] = file


def is_gone(path: Path) -> bool:
    """Whether there is certainly nothing at `path`: what may not be looked at is not gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _is_no_article(path: Path) -> bool:
    """Whether a folder, or a link that is not followed, has taken the place of a file that was read."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return False
    return stat.S_ISDIR(mode) or stat.S_ISLNK(mode)
