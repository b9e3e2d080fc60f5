"""Roots and sources: what the files of an ingest are called, and when a name is taken."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.articles.files import printable
from rag.errors import InputError, SourceConflict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from rag.index.rows import Root, Rows, StoredFile


def know_root(path: Path, rows: Rows, name: str | None, *, own: Collection[Path]) -> None:
    """Make a root for `path` where it lies in none that is known, or give the known one another name.

    A new root takes in the nameless ones inside it. What lies in one of Isnad's `own` folders is no part of
    a root around that folder: it gets a name by itself.

    Raises:
        InputError: `name` is none, or `path` only lies inside of a root that has another one.
        SourceConflict: a file would get the source of another root's file.
    """
    folder = path if path.is_dir() else path.parent
    wanted = None if name is None else _checked(name.strip("/"))
    known = deepest(rows.roots(), path)
    if known is None or (wanted and any(known.folder in place.parents and _is_in(path, place) for place in own)):
        inner = [root for root in rows.roots() if folder in root.folder.parents and not root.name]
        outer = rows.add_root(folder, wanted or "")
        for root in inner:
            rows.move_root(root, outer, _renamed(root, outer, rows))
    elif wanted is not None and wanted != known.name:
        if path != known.folder:
            command = f"isnad ingest {shlex.quote(str(known.folder))} --name {shlex.quote(wanted)}"
            called = f"as {known.name!r}" if known.name else "without a name"
            raise InputError(
                f"{path} lies in {known.folder}, which is known {called}. "
                f"Leave out --name, or rename all of that: {command}",
                what="other_name",
                path=str(path),
                folder=str(known.folder),
                command=command,
            )
        rows.rename_root(known, wanted, _renamed(known, replace(known, name=wanted), rows))


def _checked(name: str) -> str:
    """`name`, where sources that begin with it say what they are of; an empty one takes a root's name away."""
    parts = name.split("/") if name else ()
    if printable(name) != name or "#" in name or any(part.strip() in {"", ".", ".."} for part in parts):
        raise InputError(
            f"{name!r} cannot stand before the names of articles: give --name letters and digits.",
            what="bad_name",
            name=printable(name),
        )
    return name


def _is_in(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def _renamed(root: Root, outer: Root, rows: Rows) -> dict[Path, str]:
    """The sources that the files of one root get from another one, or from itself under another name.

    Raises:
        SourceConflict: one of them is taken.
    """
    moving = {file.path: source_of(outer, file.path) for file in rows.files_in(root)}
    staying = Names(file for file in rows.files() if file.path not in moving)
    for path, source in moving.items():
        if other := staying.holder_of(source, path):
            raise conflict(source, other, outer.folder)
    return moving


def deepest(roots: Iterable[Root], path: Path) -> Root | None:
    """The root that names `path`."""
    holding = [root for root in roots if _is_in(path, root.folder)]
    return max(holding, key=lambda root: len(root.folder.parts), default=None)


def widest(roots: Iterable[Root], path: Path) -> Path:
    """The largest known folder that holds `path`: links may lead anywhere in it. `path` itself where there is none."""
    return min(
        (root.folder for root in roots if _is_in(path, root.folder)), key=lambda held: len(held.parts), default=path
    )


def source_of(root: Root, file: Path) -> str:
    """What a file of a root is called."""
    relative = file.relative_to(root.folder).as_posix()
    return printable(f"{root.name}/{relative}" if root.name else relative)


class Names:
    """The sources that are taken, and by which files."""

    def __init__(self, files: Iterable[StoredFile]) -> None:
        self._files: dict[str, Path] = {}
        self._behind: dict[str, dict[str, Path]] = {}
        """Of a feed, the files that may be named like an article of it."""
        for file in files:
            self.give(file.source, file.path)

    def give(self, source: str, file: Path) -> None:
        """Let a file have a source."""
        self._files[source] = file
        for feed in _feeds_in(source):
            self._behind.setdefault(feed, {})[source] = file

    def holder_of(self, source: str, file: Path) -> Path | None:
        """Another file of this source, or one whose articles and `file`'s may be called alike; None without one."""
        holders = [self._files[owner] for owner in (source, *_feeds_in(source)) if owner in self._files]
        holders += self._behind.get(source, {}).values()
        return next((other for other in holders if other != file), None)


def _feeds_in(source: str) -> list[str]:
    """The feeds that may have an article of this name: "feed.jsonl#1.txt" may be a file, or 1.txt of feed.jsonl."""
    starts = (source[:at] for at, letter in enumerate(source) if letter == "#") if "#" in source else ()
    return [start for start in starts if is_feed(start)]


def is_feed(source: str) -> bool:
    """Whether a file of this name has articles under names of their own."""
    return source.lower().endswith(".jsonl")


def conflict(source: str, other: Path, place: Path) -> SourceConflict:
    """The error for a source under `place` that is the name of another root's file already."""
    if other.exists():
        command = f"isnad ingest {shlex.quote(str(place))} --name NAME"
        message = f"{source!r} is already the name of {other}. Give this folder a name of its own: {command}"
        return SourceConflict(message, source=source, path=str(other), command=command)
    gone = next(place for place in (other, *other.parents) if place.parent.exists())
    command = f"isnad ingest {shlex.quote(str(gone))} --prune"
    message = f"{source!r} is the name of {other}, which is gone. If you moved it, drop what was read there: {command}"
    return SourceConflict(message, what="gone", source=source, path=str(other), command=command)
