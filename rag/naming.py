"""Roots and sources: what the files of an ingest are called, and when a name is taken."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.articles.files import printable
from rag.errors import InputError, SourceConflict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from rag.index.rows import Root, Rows, StoredFile


class Roots:
    """The known roots, found by walking up from what lies in them."""

    def __init__(self, roots: Iterable[Root]) -> None:
        self._by_folder = {root.folder: root for root in roots}

    def __iter__(self) -> Iterator[Root]:
        return iter(self._by_folder.values())

    def put(self, root: Root) -> None:
        """Know a root, or know it as what it is now."""
        self._by_folder[root.folder] = root

    def drop(self, root: Root) -> None:
        """Know a root no more: the one around it names what it named."""
        del self._by_folder[root.folder]

    def naming(self, folder: Path) -> Root | None:
        """The root that names what stands in a folder: its own, or the nearest one around it that was given."""
        return self._by_folder.get(folder) or next(self._around(folder), None)

    def boundary(self, folder: Path) -> Path:
        """The largest folder that was given and holds this one, or itself: links may lead anywhere in it."""
        *_, largest = folder, *(root.folder for root in self._around(folder))
        return largest

    def _around(self, folder: Path) -> Iterator[Root]:
        known = (self._by_folder.get(place) for place in (folder, *folder.parents))
        return (root for root in known if root and root.is_whole)


def know_roots(paths: Iterable[Path], roots: Roots, rows: Rows, name: str | None, *, own: Collection[Path]) -> None:
    """Make a root for each path that lies in none that is known, or give the known one another name.

    A folder that is given first now takes in the nameless roots inside it. What lies in one of Isnad's `own`
    folders is no part of a root around that folder: it gets a name by itself.

    Raises:
        InputError: `name` is none, or a path only lies inside of a root that has another one.
        SourceConflict: a file would get the source of another root's file.
    """
    wanted = None if name is None else _checked(name.strip("/"))
    before = list(roots)
    places = [(path, path if path.is_dir() else path.parent) for path in paths]
    places.sort(key=lambda place: len(place[1].parts))  # the outer ones first: an inner one is a part of them
    taking: set[Path] = set()
    for path, folder in places:
        known, is_whole = roots.naming(folder), path == folder
        if known is None or (wanted and any(known.folder in place.parents and _is_in(path, place) for place in own)):
            known = rows.add_root(folder, wanted or "", is_whole=is_whole)
        elif known.is_whole or not is_whole:
            continue
        roots.put(replace(known, is_whole=is_whole))
        if is_whole:
            taking.add(folder)
    for root in before:
        if not root.name and not taking.isdisjoint(root.folder.parents):
            roots.drop(root)
    for path, folder in places:
        known = roots.naming(folder)
        if known and wanted is not None and wanted != known.name:
            roots.put(_renamed(known, path, wanted))
    _move({root: now for root in before if (now := roots.naming(root.folder)) and now != root}, rows)


def _renamed(root: Root, path: Path, name: str) -> Root:
    """The root under another name, which a `path` inside of it cannot have alone."""
    if path == root.folder or not root.is_whole:
        return replace(root, name=name)
    command = f"isnad ingest {shlex.quote(str(root.folder))} --name {shlex.quote(name)}"
    called = f"as {root.name!r}" if root.name else "without a name"
    raise InputError(
        f"{path} lies in {root.folder}, which is known {called}. Leave out --name, or rename all of that: {command}",
        what="other_name",
        path=str(path),
        folder=str(root.folder),
        command=command,
    )


def _move(moves: Mapping[Root, Root], rows: Rows) -> None:
    """Give the files of roots to others, or to the same ones under other names.

    Raises:
        SourceConflict: a source that one of them would get is taken.
    """
    if not moves:
        return
    moving = {file.path: now for root, now in moves.items() for file in rows.files_in(root)}
    sources = {path: source_of(now, path) for path, now in moving.items()}
    names = Names(file for file in rows.files() if file.path not in moving)
    for path, source in sources.items():
        if other := names.holder_of(source, path):
            root, holding = moving[path], moving.get(other)
            if holding is not None and holding.folder != root.folder:
                raise conflict_of_two(source, (holding, other), (root, path))
            raise conflict(source, other, given_of(root, path))
        names.give(source, path)
    rows.move_roots(moves, sources)


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


def source_of(root: Root, file: Path) -> str:
    """What a file of a root is called."""
    relative = file.relative_to(root.folder).as_posix()
    return printable(f"{root.name}/{relative}" if root.name else relative)


def given_of(root: Root, file: Path) -> Path:
    """What to give to `ingest` in order to name the root of a file: the file, where its folder never was given."""
    return root.folder if root.is_whole else file


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


def conflict_of_two(source: str, one: tuple[Root, Path], other: tuple[Root, Path]) -> SourceConflict:
    """The error for files of two roots that are given at once and would both get a source."""
    (root, path), (second, its) = one, other
    name = f" --name {shlex.quote(root.name)}" if root.name else ""
    first = f"isnad ingest {shlex.quote(str(given_of(root, path)))}{name}"
    command = f"isnad ingest {shlex.quote(str(given_of(second, its)))} --name NAME"
    message = (
        f"{path} and {its} would both be called {source!r}. Read them one after the other, the second under a name of "
        f"its own: {first} and then {command}"
    )
    return SourceConflict(message, what="of_two", source=source, path=str(path), first=first, command=command)
