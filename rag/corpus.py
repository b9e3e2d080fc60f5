"""Which files an ingest reads, under which names, and which stored ones are gone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.articles.files import find_files, printable
from rag.articles.raw import Skipped
from rag.errors import InputError, PathNotFound, SourceConflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rag.index.rows import Root, Rows, StoredFile


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to read; `stored` is what an earlier ingest remembers of it."""

    path: Path
    source: str
    root: Root
    stored: StoredFile | None


@dataclass(frozen=True, slots=True)
class Survey:
    """What the given paths hold now, beside what is stored of them."""

    files: tuple[FoundFile, ...]
    gone: tuple[StoredFile, ...]
    kept: tuple[StoredFile, ...]
    """Gone too, but their folder is empty or missing: they go only with `prune`."""
    skipped: tuple[Skipped, ...]
    """Folders that could not be listed: what they hold is unknown, not gone."""


def survey_paths(paths: Sequence[Path], rows: Rows, *, name: str | None, prune: bool) -> Survey:
    """Look at the paths given to an ingest; remember the roots that are new.

    Raises:
        PathNotFound: a path is not there (with `prune`, one that was never read either).
        SourceConflict: a file's source already names a file under another root.
        InputError: `name` is given for a root that has another one.
    """
    stored = rows.files()
    by_path = {file.path: file for file in stored}
    by_source = {file.source: file for file in stored}
    found: dict[Path, FoundFile] = {}
    gone: dict[Path, StoredFile] = {}
    kept: dict[Path, StoredFile] = {}
    skipped: list[Skipped] = []

    def unreadable(folder: Path, why: str) -> None:
        skipped.append(Skipped(printable(str(folder)), "unreadable", why))

    for path in (given.expanduser().resolve() for given in paths):
        inside = [file for file in stored if file.path == path or path in file.path.parents]
        if not path.exists() and not (prune and inside):
            raise PathNotFound(f"There is nothing at {path}.", path=str(path))
        files = find_files(path, on_unreadable=unreadable) if path.exists() else []
        root = _root(path, rows, name) if files else None
        for file in files:
            owner = _deepest(rows.roots(), file) or root
            assert owner is not None, "a root was made for the folder"  # noqa: S101 for the type checker
            source = _source(owner, file)
            _refuse_conflict(by_source.get(source), file, source)
            found[file] = FoundFile(file, source, owner, by_path.get(file))
        missing = {file.path: file for file in inside if file.path not in found and _is_gone(file.path)}
        (gone if files or prune else kept).update(missing)
    return Survey(tuple(found.values()), tuple(gone.values()), tuple(kept.values()), tuple(skipped))


def _root(path: Path, rows: Rows, name: str | None) -> Root:
    """The known root that `path` lies in, else a new one."""
    folder = path if path.is_dir() else path.parent
    known = _deepest(rows.roots(), path)
    if known is None:
        return rows.add_root(folder, printable(name or "").strip("/"))
    if name is not None and name != known.name:
        raise InputError(
            f"{known.folder} is already known {f'as {known.name!r}' if known.name else 'without a name'}; "
            "leave out --name, or remove its sources first.",
            folder=str(known.folder),
            name=known.name,
        )
    return known


def _deepest(roots: Iterable[Root], path: Path) -> Root | None:
    holding = [root for root in roots if root.folder == path or root.folder in path.parents]
    return max(holding, key=lambda root: len(root.folder.parts), default=None)


def _source(root: Root, file: Path) -> str:
    relative = file.relative_to(root.folder).as_posix()
    return printable(f"{root.name}/{relative}" if root.name else relative)


def _refuse_conflict(stored: StoredFile | None, file: Path, source: str) -> None:
    if stored is not None and stored.path != file:
        raise SourceConflict(
            f"{source!r} is already the name of {stored.path}. Give this folder a name of its own: "
            f"isnad ingest {file.parent} --name NAME",
            source=source,
            path=str(stored.path),
            folder=str(file.parent),
        )


def _is_gone(path: Path) -> bool:
    """Whether the file is certainly not there: one that may not be looked at is not gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
