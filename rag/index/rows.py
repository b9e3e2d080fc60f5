"""Writing the store's rows: everything here happens inside an ingest's one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from rag.index.content import article_of, given_of, stored_rows
from rag.index.difference import MAX_PARAMETERS, cut_into_pages
from rag.index.skips import Skips
from rag.index.sources import stored_source
from rag.index.tables import articles, chunks, files, roots

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from rag.schema import Article, Chunk

_BATCH = 500
_BATCH_TEXT = 1 << 22
"""Characters of articles that wait to be written together."""
_ONE_BY_ONE = "/."
"""Ends the folder of a root of which only files were given: no path does, and a Path leaves it out."""
_MOVING = "\x01"
"""Before a source on its way to another name: no source has it, since sources are printable."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder given to ingest, or the one of files that were; `name` goes before its sources."""

    root_id: int
    folder: Path
    name: str
    is_whole: bool
    """Whether the folder was given: else it names only the files that stand in it, not what lies deeper."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was last read well."""

    file_id: int
    path: Path
    source: str
    digest: str
    num_unnamed: int
    num_kept: int


@dataclass(frozen=True, slots=True)
class Given:
    """What the file itself said of an article, kept so that cleaning can be repeated."""

    digest: str
    encoding: str
    metadata: dict[str, str | None]


class Rows:
    """The rows of one open transaction. Articles are written in batches: `flush` before reading them."""

    def __init__(self, connection: sa.Connection) -> None:
        self.skips = Skips(connection)
        self._connection = connection
        self._next_article_id = self._next(articles.c.article_id)
        self._next_file_id = self._next(files.c.file_id)
        self._articles: list[dict[str, Any]] = []
        self._chunks: list[dict[str, Any]] = []
        self._waiting = 0

    def roots(self) -> list[Root]:
        """Every known root."""
        rows = self._connection.execute(sa.select(roots.c.root_id, roots.c.folder, roots.c.name))
        return [Root(row.root_id, Path(row.folder), row.name, not row.folder.endswith(_ONE_BY_ONE)) for row in rows]

    def add_root(self, folder: Path, name: str, *, is_whole: bool) -> Root:
        """Remember a folder given to ingest, or one of which files were."""
        root = Root(self._next(roots.c.root_id), folder, name, is_whole)
        values = {"root_id": root.root_id, "folder": _stored_folder(root), "name": name}
        self._connection.execute(sa.insert(roots), values)
        return root

    def forget_roots(self, *, but: Collection[Path]) -> None:
        """Forget the roots that hold nothing, but for those of these folders."""
        holding = {file.root_id for file in self._connection.execute(sa.select(files.c.root_id).distinct())}
        for root in self.roots():
            if root.root_id not in holding and root.folder not in but:
                self._connection.execute(sa.delete(roots).where(roots.c.root_id == root.root_id))

    def move_roots(self, moves: Mapping[Root, Root], sources: Mapping[Path, str]) -> None:
        """Give roots' files to others, or to the same ones called otherwise, with the `sources` of their paths."""
        moving = {root: self.files_in(root) for root in moves}
        for root in moves:  # first to names that nothing has: the new ones may be the old ones of others
            ids = sa.select(files.c.file_id).where(files.c.root_id == root.root_id)
            for table in (files, articles):
                self._connection.execute(
                    sa.update(table).where(table.c.file_id.in_(ids)).values(source=_MOVING + table.c.source)
                )
        for root, now in moves.items():
            for file in moving[root]:
                self._rename(file, sources[file.path])
            if now.root_id == root.root_id:
                place = sa.update(roots).where(roots.c.root_id == root.root_id)
                self._connection.execute(place.values(name=now.name, folder=_stored_folder(now)))
            else:
                place = sa.update(files).where(files.c.root_id == root.root_id)
                self._connection.execute(place.values(root_id=now.root_id))
                self._connection.execute(sa.delete(roots).where(roots.c.root_id == root.root_id))

    def _rename(self, file: StoredFile, source: str) -> None:
        of_file = articles.c.file_id == file.file_id
        rest = sa.func.substr(articles.c.source, len(_MOVING + file.source) + 1)
        self._connection.execute(sa.update(articles).where(of_file).values(source=source + rest))
        self._connection.execute(sa.update(files).where(files.c.file_id == file.file_id).values(source=source))
        self.skips.rename(file, source)

    def files_in(self, root: Root) -> list[StoredFile]:
        """The files that articles came from under a root."""
        query = sa.select(files).where(files.c.root_id == root.root_id)
        return [_stored_file(row) for row in self._connection.execute(query)]

    def files(self) -> list[StoredFile]:
        """Every file that articles came from."""
        return [_stored_file(row) for row in self._connection.execute(sa.select(files))]

    def add_file(self, root: Root, path: Path, source: str) -> StoredFile:
        """Remember a file; its digest is set when it has been read to its end."""
        file = StoredFile(self._next_file_id, path, source, "", 0, 0)
        self._next_file_id += 1
        values = {"file_id": file.file_id, "root_id": root.root_id, "path": str(path), "source": source}
        self._connection.execute(sa.insert(files), values | {"digest": "", "num_unnamed": 0, "num_kept": 0})
        return file

    def note_reading(self, file: StoredFile, digest: str, *, num_unnamed: int, num_kept: int) -> None:
        """Note how the last reading of a file went; an empty digest lets the next ingest read it again."""
        place = sa.update(files).where(files.c.file_id == file.file_id)
        self._connection.execute(place.values(digest=digest, num_unnamed=num_unnamed, num_kept=num_kept))

    def article_digests(self, file: StoredFile) -> dict[str, tuple[int, str]]:
        """The articles of a file: source to (article_id, digest)."""
        rows = self._connection.execute(
            sa.select(articles.c.source, articles.c.article_id, articles.c.digest).where(
                articles.c.file_id == file.file_id
            )
        )
        return {row.source: (row.article_id, row.digest) for row in rows}

    def count_by_file(self) -> dict[int, int]:
        """How many articles each file has, by its file_id."""
        query = sa.select(articles.c.file_id, sa.func.count().label("num")).group_by(articles.c.file_id)
        return {row.file_id: row.num for row in self._connection.execute(query)}

    def put_article(self, file: StoredFile, article: Article, slices: Sequence[Chunk], key: str, given: Given) -> None:
        """Add an article and its chunks; remove the version before it first."""
        article_id = self._next_article_id
        self._next_article_id += 1
        self._articles.append(
            {
                "article_id": article_id,
                "file_id": file.file_id,
                "source": article.source,
                "digest": given.digest,
                "encoding": given.encoding,
                "given": given.metadata,
                **content_columns(article, key),
            }
        )
        self._chunks += chunk_rows(article_id, slices)
        self._waiting += len(article.text)
        if len(self._articles) >= _BATCH or self._waiting >= _BATCH_TEXT:
            self.flush()

    def flush(self) -> None:
        """Write what `put_article` has gathered."""
        if self._articles:
            self._connection.execute(sa.insert(articles), self._articles)
        if self._chunks:
            self._connection.execute(sa.insert(chunks), self._chunks)
        self._articles, self._chunks, self._waiting = [], [], 0

    def remove_articles(self, article_ids: Iterable[int]) -> None:
        """Remove articles with their chunks."""
        ids = list(article_ids)
        for start in range(0, len(ids), MAX_PARAMETERS):
            some = ids[start : start + MAX_PARAMETERS]
            self._connection.execute(sa.delete(chunks).where(chunks.c.article_id.in_(some)))
            self._connection.execute(sa.delete(articles).where(articles.c.article_id.in_(some)))

    def remove_file(self, file: StoredFile) -> int:
        """Remove a file with its articles; return how many there were."""
        gone = [article_id for article_id, _ in self.article_digests(file).values()]
        self.remove_articles(gone)
        self._connection.execute(sa.delete(files).where(files.c.file_id == file.file_id))
        self.skips.note(file.path, ())
        return len(gone)

    def remove_source(self, source: str) -> int:
        """Remove an article, or a file with all of its articles; return how many there were."""
        source = stored_source(self._connection, source)
        for file in self.files():
            if file.source == source:
                return self.remove_file(file)
        article_id = self._connection.scalar(sa.select(articles.c.article_id).where(articles.c.source == source))
        if article_id is None:
            return 0
        self.take_out(article_id)
        return 1

    def take_out(self, article_id: int) -> None:
        """Remove an article of a file that may still hold it: the next ingest of its folder reads the file again."""
        of_article = sa.select(articles.c.file_id).where(articles.c.article_id == article_id)
        place = sa.update(files).where(files.c.file_id == of_article.scalar_subquery())
        self._connection.execute(place.values(digest=""))
        self.remove_articles([article_id])

    def read_given(self) -> Iterator[tuple[int, str, str, Given]]:
        """Every article as its file gave it: article_id, source, text and the rest.

        Raises:
            StoreUnusable: one is not what was stored, and must not be stored anew as if it were.
        """
        query = sa.select(articles).order_by(articles.c.article_id)
        article_ids = self._connection.scalars(sa.select(articles.c.article_id).order_by(articles.c.article_id)).all()
        for page in cut_into_pages(self._connection, article_ids):
            for row in list(stored_rows(self._connection.execute(query.where(articles.c.article_id.in_(page))))):
                text = article_of(row).text
                yield row.article_id, row.source, text, Given(row.digest, row.encoding, given_of(row))

    def replace_content(self, article_id: int, columns: dict[str, Any], slices: list[dict[str, Any]]) -> None:
        """Replace what cleaning and chunking made of an article."""
        self._connection.execute(sa.update(articles).where(articles.c.article_id == article_id).values(columns))
        self._connection.execute(sa.delete(chunks).where(chunks.c.article_id == article_id))
        self._chunks += slices
        if len(self._chunks) >= _BATCH:
            self.flush()

    def count(self) -> tuple[int, int]:
        """How many articles and chunks there are."""
        num_articles, num_chunks = (
            self._connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in (articles, chunks)
        )
        return num_articles, num_chunks

    def _next(self, column: sa.Column[int]) -> int:
        return int(self._connection.scalar(sa.select(sa.func.coalesce(sa.func.max(column), 0))) or 0) + 1


def _stored_folder(root: Root) -> str:
    return str(root.folder) if root.is_whole else str(root.folder).rstrip("/") + _ONE_BY_ONE


def _stored_file(row: sa.Row[Any]) -> StoredFile:
    return StoredFile(row.file_id, Path(row.path), row.source, row.digest, row.num_unnamed, row.num_kept)


def content_columns(article: Article, key: str) -> dict[str, Any]:
    """The columns that cleaning decides."""
    return {
        "article_key": key,
        "title": article.title,
        "outlet": article.outlet,
        "date": article.date,
        "url": article.url,
        "author": article.author,
        "body": [list(span) for span in article.body],
        "text": article.text,
    }


def chunk_rows(article_id: int, slices: Sequence[Chunk]) -> list[dict[str, Any]]:
    """The rows of an article's chunks."""
    return [
        {"article_id": article_id, "position": position, "chunk_id": c.chunk_id, "start": c.start, "end": c.end}
        for position, c in enumerate(slices)
    ]
