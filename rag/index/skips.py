"""What an ingest passed over, and why: noted with the rows, in the same transaction."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.articles.raw import Skipped
from rag.index.tables import files, refused, skipped, unnamed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from rag.index.rows import StoredFile

_FOLDER = "/"
"""Ends the path where what is noted is of a folder."""


class Skips:
    """What the last reading of each file, and of each folder, passed over."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def by_path(self) -> dict[Path, list[Skipped]]:
        """What the last reading of each file passed over."""
        columns = (skipped.c.path, skipped.c.source, skipped.c.reason, skipped.c.detail)
        of_files = sa.select(*columns).where(~skipped.c.path.endswith(_FOLDER)).order_by(skipped.c.skip_id)
        noted: dict[Path, list[Skipped]] = {}
        for path, *item in self._connection.execute(of_files):
            noted.setdefault(Path(path), []).append(Skipped(*item))
        return noted

    def note_folders(self, paths: Collection[Path], unlisted: Mapping[Path, Iterable[Skipped]]) -> None:
        """Replace what is noted of folders at or under these paths by what was found there now."""

        def is_under(folder: Path) -> bool:
            return any(place in paths for place in (folder, *folder.parents))

        noted = self._connection.scalars(sa.select(skipped.c.path).where(skipped.c.path.endswith(_FOLDER)).distinct())
        for path in list(noted):
            if is_under(Path(path)):
                self._forget(path)
        for folder, passed_over in unlisted.items():
            if is_under(folder):
                self._write(f"{folder}{_FOLDER}", passed_over)

    def note(self, path: Path, passed_over: Iterable[Skipped], lines: Iterable[str] = ()) -> None:
        """Replace what is noted as passed over in a file; `lines` are the digests of those in `unnamed`."""
        self._forget(str(path))
        self._write(str(path), passed_over)
        if rows := [{"path": str(path), "digest": digest} for digest in lines]:
            self._connection.execute(sa.insert(unnamed), rows)

    def unnamed(self, path: Path) -> Counter[str]:
        """The digests of the lines of a file that hold no article that was ever stored."""
        return Counter(self._connection.scalars(sa.select(unnamed.c.digest).where(unnamed.c.path == str(path))))

    def rename(self, file: StoredFile, source: str) -> None:
        """Give what was passed over in a file the name that its file has got."""
        rest = sa.func.substr(skipped.c.source, len(file.source) + 1)
        of_file = skipped.c.path == str(file.path)
        self._connection.execute(sa.update(skipped).where(of_file).values(source=source + rest))

    def to_mend(self) -> list[Path]:
        """The files and folders where something was passed over that may be well one day, which no kind becomes."""
        of_kind = skipped.c.reason == "unsupported"
        query = sa.select(skipped.c.path).where(~of_kind).order_by(skipped.c.skip_id)
        return [Path(path) for path in dict.fromkeys(self._connection.scalars(query))]

    def forget(self, is_gone: Callable[[Path], bool], given: Collection[Path]) -> None:
        """Forget what was passed over where that is gone, or of a kind that the `given` folders are not read for.

        What is noted of a stored file goes with the file.
        """
        columns = (skipped.c.path, skipped.c.reason)
        alone = sa.select(*columns).where(skipped.c.path.not_in(sa.select(files.c.path))).distinct()
        for row in list(self._connection.execute(alone)):
            path = Path(row.path)
            is_named = path in given or not any(folder in given for folder in path.parents)
            of_kind = row.reason == "unsupported" and not is_named
            if of_kind or is_gone(path) or (not row.path.endswith(_FOLDER) and _is_folder(path)):
                self._forget(row.path)

    def forget_until_back(self, file: StoredFile) -> None:
        """Forget what was passed over in a stored file that is away: it is read again when it is back."""
        if self._connection.execute(sa.delete(skipped).where(skipped.c.path == str(file.path))).rowcount:
            self._connection.execute(sa.update(files).where(files.c.file_id == file.file_id).values(digest=""))

    def note_refused(self, file: StoredFile, digest: str) -> None:
        """Note the digest of a file that gives no article, so that it need not be read again; an empty one is none."""
        if digest:
            values = {"path": str(file.path), "source": file.source, "digest": digest}
            self._connection.execute(sa.insert(refused), values)

    def refused(self) -> dict[tuple[Path, str], str]:
        """The digest of every file that gives no article, by path and source."""
        return {(Path(row.path), row.source): row.digest for row in self._connection.execute(sa.select(refused))}

    def _write(self, path: str, passed_over: Iterable[Skipped]) -> None:
        rows = [
            {"path": path, "source": item.source, "reason": item.reason, "detail": item.detail} for item in passed_over
        ]
        if rows:
            self._connection.execute(sa.insert(skipped), rows)

    def _forget(self, path: str) -> None:
        for table in (skipped, refused, unnamed):
            self._connection.execute(sa.delete(table).where(table.c.path == path))


def _is_folder(path: Path) -> bool:
    """Whether a folder has taken the place of a file; what may not be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False
