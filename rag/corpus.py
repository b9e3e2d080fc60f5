"""Which stored files are gone, which files an ingest reads, and under which names."""

from __future__ import annotations

import errno
import os
import shlex
import stat
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rag.articles.files import find_files, nothing_at, printable
from rag.articles.raw import Skipped
from rag.errors import PathNotFound
from rag.naming import Names, Roots, conflict, conflict_of_two, given_of, know_roots, source_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from rag.index.rows import Root, Rows, StoredFile


_OWN_FOLDERS = ("index", "models", "runs", "uploads")
"""What Isnad itself makes in a home, where the home is the folder to read; a file in them can still be named."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to read; from `stored` on, what an earlier ingest remembers of it."""

    path: Path
    source: str
    root: Root
    stored: StoredFile | None
    digest: str
    """Empty where it has to be read."""
    num_articles: int = 0
    skipped: tuple[Skipped, ...] = ()


@dataclass(slots=True)
class Survey:
    """What the given paths hold now, beside what is stored of them."""

    files: dict[Path, FoundFile] = field(default_factory=dict)
    num_removed: int = 0
    """Articles of files that are gone."""
    kept: list[StoredFile] = field(default_factory=list)
    """Gone too, but what is left of the path to them is empty: they go only with `prune`."""
    unlisted: dict[Path, dict[Path, Skipped]] = field(default_factory=dict)
    """Of a folder, what is not known: all of it, or the files in it whose names cannot be written down."""
    other_kinds: Counter[str] = field(default_factory=Counter)
    """How many files of each suffix are of a kind that is not read."""

    def pass_over(self, place: Path, why: str, folder: Path) -> None:
        """Note what could not be read, or not be named, in a folder."""
        while not _is_utf_8(folder):
            folder = folder.parent
        self.unlisted.setdefault(folder, {})[place] = Skipped(printable(str(place)), "unreadable", why)

    @property
    def skipped(self) -> list[Skipped]:
        """What was passed over so far."""
        return [item for items in self.unlisted.values() for item in items.values()]


def survey_paths(paths: Sequence[Path], rows: Rows, *, home: Path, name: str | None, prune: bool) -> Survey:
    """Look at the places given to an ingest; drop what is gone, remember new roots, and what could not be listed.

    What Isnad keeps for itself in `home` is no article.

    Raises:
        PathNotFound: one is not there (with `prune`, and nothing was ever read there either).
        SourceConflict: a file's source already names a file under another root.
        InputError: `name` is given for a path inside of a root that has another one.
    """
    survey = Survey()
    own = {home.resolve() / folder for folder in _OWN_FOLDERS}
    stored, roots = rows.files(), Roots(rows.roots())
    places = {place for file in stored for place in (file.path, *file.path.parents)} if prune else set()
    listed: dict[Path, list[Path]] = {}
    for path in paths:
        if is_gone(path) and path not in places:
            raise nothing_at(path)
        listed[path] = [] if is_gone(path) else _list_files(path, roots.boundary(path), own, survey)
    found = dict.fromkeys(file for files in listed.values() for file in files)
    missing = [file for file in stored if file.path not in found and _is_under(file.path, listed)]
    gone, unread = _sort_out(missing, roots, survey, prune=prune)
    survey.num_removed = sum(map(rows.remove_file, gone))  # before anything is named: its name may be another's now
    know_roots((path for path, files in listed.items() if files), roots, rows, name, own=own)
    _name_files([*found, *unread], roots, rows, survey)
    rows.skips.note_folders(listed, {folder: items.values() for folder, items in survey.unlisted.items()})
    return survey


def place_of(given: Path) -> Path:
    """Where a path that a person gave leads, whether or not something is there.

    Raises:
        PathNotFound: nowhere.
    """
    try:
        path = given.expanduser().resolve()
    except RuntimeError as error:  # the home of nobody, or a loop of links
        raise nothing_at(given) from error
    with suppress(OSError):
        if path.is_symlink():  # the loop, from Python 3.13 on
            raise nothing_at(given)
    return path


def gone_from(given: Path, place: Path) -> PathNotFound:
    """The error for a path where nothing is now, though articles are stored that were read there."""
    command = f"isnad ingest {shlex.quote(str(place))} --prune"
    message = f"There is nothing at {given} now, and the articles read there stay. To drop them: {command}"
    return PathNotFound(message, what="gone", path=str(given), command=command)


def _is_under(path: Path, given: Collection[Path]) -> bool:
    return any(place in given for place in (path, *path.parents))


def _list_files(path: Path, within: Path, own: Collection[Path], survey: Survey) -> list[Path]:
    files = []

    def tell(place: Path, why: str) -> None:
        survey.pass_over(place, why, place)

    homes = {folder.parent for folder in own}

    def count(other: Path) -> None:
        if other.parent not in homes:
            survey.other_kinds[printable(other.suffix.lower())] += 1

    for file in find_files(path, within=within, passing=own, on_unreadable=tell, on_other_kind=count):
        if _is_utf_8(file):
            files.append(file)
        else:
            survey.pass_over(file, "its name is not UTF-8: rename it", file.parent)
    return files


def _is_utf_8(path: Path) -> bool:
    """Whether a name can be written down."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _name_files(files: Iterable[Path], roots: Roots, rows: Rows, survey: Survey) -> None:
    by_path = {file.path: file for file in rows.files()}
    refused = rows.skips.refused()
    named = Names(by_path.values())
    noted, counts = rows.skips.by_path(), rows.count_by_file()
    for file in files:
        owner = roots.naming(file.parent)
        if owner is None:
            raise AssertionError(f"{file} is in no root")
        source = source_of(owner, file)
        if other := named.holder_of(source, file):
            holding = roots.naming(other.parent)
            if holding not in (None, owner) and other not in by_path:
                raise conflict_of_two(source, (holding, other), (owner, file))
            if holding != owner:
                raise conflict(source, other, given_of(owner, file))
            clash = f"it is named like {printable(other.name)}, or like an article of it: rename one of the two"
            survey.pass_over(file, clash, file.parent)
            continue
        named.give(source, file)
        stored = by_path.get(file)
        digest = stored.digest if stored else refused.get((file, source), "")
        num_articles = counts.get(stored.file_id, 0) if stored else 0
        survey.files[file] = FoundFile(file, source, owner, stored, digest, num_articles, tuple(noted.get(file, ())))


def _sort_out(
    missing: Iterable[StoredFile], roots: Roots, survey: Survey, *, prune: bool
) -> tuple[list[StoredFile], list[Path]]:
    """Which files are gone for good, and which stand where they were and cannot be read.

    Those that may be away are kept: a folder that is there and holds no file of any kind may be unmounted.
    """
    gone: list[StoredFile] = []
    unread: list[Path] = []
    inhabited: dict[Path, bool] = {}
    for file in missing:
        fate, place = _fate_of(file.path, roots.boundary(file.path.parent))
        if fate == "gone":
            standing = next(folder for folder in place.parents if folder.is_dir())
            if standing not in inhabited:
                inhabited[standing] = any(names for _, _, names in os.walk(standing))
            away = not inhabited[standing]
            (survey.kept if away and not prune else gone).append(file)
        elif fate == "unreadable":
            unread.append(file.path)
    return gone, unread


def kept_files(stored: Iterable[StoredFile], roots: Roots) -> list[StoredFile]:
    """Those of the stored files that an ingest of their folder would keep, though they are gone."""
    survey = Survey()
    _sort_out((file for file in stored if not _is_plain(file.path)), roots, survey, prune=False)
    return survey.kept


def _is_plain(path: Path) -> bool:
    """Whether a file stands here, and no link: one look tells it of most of them."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def is_gone(path: Path) -> bool:
    """Whether there is certainly nothing at `path`: what may not be looked at is not gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _fate_of(path: Path, within: Path) -> tuple[Literal["gone", "unreadable", "there"], Path]:
    """What became of a file that was read and is no longer found, and where that shows: a link is what it leads to.

    A folder, or a link that leaves `within`, has taken the place of a file that is gone.
    """
    if is_gone(path):
        return "gone", path
    target = path
    with suppress(OSError, RuntimeError):  # a loop of links: RuntimeError before Python 3.13
        target = path.resolve()
    if is_gone(target):
        return "gone", target
    try:
        is_link = path.is_symlink()
    except OSError:
        return "there", path  # as far as anybody can tell: its folder may not be entered, which has been told
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return "gone" if error.errno == errno.ELOOP else "unreadable", path
    if stat.S_ISDIR(mode) or (is_link and not target.is_relative_to(within)):
        return "gone", path
    return "there" if stat.S_ISREG(mode) else "unreadable", path
