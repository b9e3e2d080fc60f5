"""The store's tables: the truth from which every index can be rebuilt."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = "1"

metadata = MetaData()

facts = Table(
    "facts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What holds for the store as a whole: `schema`, `store_id`, `generation`, `build` and `fingerprint`."""

roots = Table(
    "roots",
    metadata,
    Column("root_id", Integer, primary_key=True),
    Column("folder", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, default=""),
)
"""Folders given to ingest; `name` goes before the sources of the root that was given one.

`folder` ends in `/.` where only files that stand in it were given, one by one.
"""

files = Table(
    "files",
    metadata,
    Column("file_id", Integer, primary_key=True),
    Column("root_id", ForeignKey("roots.root_id"), nullable=False, index=True),
    Column("path", Text, nullable=False),
    Column("source", Text, nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("num_unnamed", Integer, nullable=False),
    Column("num_kept", Integer, nullable=False),
)
"""`path` is absolute; `digest` covers the bytes of the last reading to the end.

`num_kept` articles stood in the file before and may stand there still, in what could not be read;
`num_unnamed` is how many lines of it are in `unnamed`.
"""

articles = Table(
    "articles",
    metadata,
    Column("article_id", Integer, primary_key=True),
    Column("source", Text, nullable=False, unique=True),
    Column("file_id", ForeignKey("files.file_id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("article_key", String(32), nullable=False, index=True),
    Column("outlet", Text),
    Column("date", String(10)),
    Column("encoding", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text),
    Column("author", Text),
    Column("body", JSON, nullable=False),
    Column("given", JSON, nullable=False),
    # Last, so that reading the columns before it never walks a long text's overflow pages.
    Column("text", Text, nullable=False),
)
"""`given` is the metadata as the file had it: cleaning can be repeated from `given` and `text`."""

chunks = Table(
    "chunks",
    metadata,
    Column("article_id", ForeignKey("articles.article_id"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("chunk_id", String(32), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    # With all that a question asks of a chunk, so that 200 of them are found without a look at the table.
    Index("chunks_by_content", "chunk_id", "article_id", "start", "end"),
)

indexed_chunks = Table("indexed_chunks", metadata, Column("chunk_id", String(32), primary_key=True))
"""What the current generation holds; the difference to `chunks` is what the next one has to change."""

indexed_articles = Table("indexed_articles", metadata, Column("article_key", String(32), primary_key=True))

skipped = Table(
    "skipped",
    metadata,
    Column("skip_id", Integer, primary_key=True),
    Column("path", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("reason", String(40), nullable=False),
    Column("detail", Text, nullable=False),
)
"""What the last reading of each file passed over, and why; the path of a folder ends in a slash."""

refused = Table(
    "refused",
    metadata,
    Column("path", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)
"""Files that gave no article, each with its rows in `skipped`; `digest` is as in `files`."""

unnamed = Table(
    "unnamed",
    metadata,
    Column("path", Text, nullable=False, index=True),
    Column("digest", String(64), nullable=False),
)
"""Lines that could not be read, and not be named, when nothing had to be kept for them: none holds what is missing."""
