"""The store's engine: SQLite in WAL mode by default, PostgreSQL by URL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError

from rag.errors import IndexMismatch, ModelUnavailable, SettingsError
from rag.index import sqlite, tables
from rag.index.seal import read_seal
from rag.index.store_errors import damaged, unusable

if TYPE_CHECKING:
    from rag.settings import Settings

_COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
    "postgresql": (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    ),
}


def open_engine(settings: Settings) -> sa.Engine:
    """Return an engine for the store's URL; nothing is created or connected yet.

    Raises:
        SettingsError: ISNAD_DATABASE_URL is no URL of a supported database.
        ModelUnavailable: the database's driver is not installed.
    """
    url = url_of(settings.database_url, settings.home / "isnad.db", "ISNAD_DATABASE_URL")
    # One transaction, one view: SQLite's are so by themselves.
    level = {"isolation_level": "REPEATABLE READ"} if url.get_backend_name() == "postgresql" else {}
    engine = sa.create_engine(url, **level)
    event.listen(engine, "handle_error", _name_the_store)
    if engine.dialect.name == "sqlite":
        sqlite.prepare(engine)
    return engine


def url_of(given: str | None, default: Path, variable: str) -> sa.URL:
    """The URL of a database: `given` by the setting `variable`, else SQLite in the file `default`.

    Raises:
        SettingsError: `given` is no URL of a supported database.
        ModelUnavailable: the database's driver is not installed.
    """
    if given is None:
        return sa.URL.create("sqlite", database=str(default))
    try:
        url = sa.make_url(given)
        known = url.get_backend_name() in {"sqlite", "postgresql"} and url.get_dialect() is not None
        known = known and url.database not in {None, "", ":memory:"}
    except (ArgumentError, NoSuchModuleError, ValueError):  # ValueError: a port that is no number
        known = False
    if not known:
        allowed = "sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
        raise SettingsError(
            f"{variable} is not the URL of a database that can be used; allowed: {allowed}.",
            what="database_url",
            variable=variable,
            allowed=allowed,
        )
    try:
        url.get_dialect().import_dbapi()
    except ModuleNotFoundError as error:
        install = "pip install -c constraints.txt -e '.[postgres]'"
        raise ModelUnavailable(
            f"{error.name} is not installed; in Isnad's folder: {install}",
            what="no_driver",
            name=error.name,
            command=install,
        ) from error
    return url


def exists(engine: sa.Engine, index_folder: Path) -> bool:
    """Whether the store has been made; `index_folder` is where an index of it would stand.

    Raises:
        IndexMismatch: by another version of Isnad.
        StoreUnusable: it cannot be opened, or is empty beside an index that was made from it.
    """
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not Path(file).exists():
        return False
    with engine.connect() as connection:
        is_made = sa.inspect(connection).has_table(tables.facts.name)
        version = read_facts(connection).schema if is_made else ""
        if not version and file and _holds_index(index_folder):
            raise damaged("it is empty, and its index is not", file=file)
        if not version:
            return False
        if version == tables.SCHEMA_VERSION and (lacking := _lacking(connection)):
            version += f" without {', '.join(lacking)}"
    if version != tables.SCHEMA_VERSION:
        raise IndexMismatch(
            f"The store has schema {version}, this version of Isnad reads {tables.SCHEMA_VERSION}: "
            "use the version that made it, or a new ISNAD_HOME.",
            what="schema",
            stored=version,
            wanted=tables.SCHEMA_VERSION,
            command="isnad --home FOLDER ingest",
        )
    return True


def _holds_index(folder: Path) -> bool:
    """Whether a whole index is there: a power cut or a full disk may empty the store that it was made from."""
    return any(read_seal(generation) for generation in folder.glob("*"))


def _lacking(connection: sa.Connection) -> list[str]:
    """The columns that tables of an earlier version lack; none where there are unknown ones: that is noise."""
    stored: dict[str, set[str]] = {}
    for table, column in connection.exec_driver_sql(_COLUMNS[connection.dialect.name]):
        stored.setdefault(table, set()).add(column)
    wanted = {name: set(table.columns.keys()) for name, table in tables.metadata.tables.items() if name in stored}
    if any(stored[name] - columns for name, columns in wanted.items()):
        return []
    return sorted(f"{name}.{column}" for name, columns in wanted.items() for column in columns - stored[name])


def file_identity(engine: sa.Engine) -> tuple[int, int] | None:
    """What tells the store's file from another one under the same name; None where there is no file."""
    if engine.dialect.name != "sqlite":
        return None
    try:
        found = Path(engine.url.database or "").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def create(engine: sa.Engine) -> None:
    """Make the tables where they are missing."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        if not read_facts(connection).schema:
            write_fact(connection, "schema", tables.SCHEMA_VERSION)
            write_fact(connection, "store_id", uuid4().hex[:12])


def write_fact(connection: sa.Connection, name: str, value: str) -> None:
    """State a fact about the store."""
    connection.execute(sa.delete(tables.facts).where(tables.facts.c.name == name))
    connection.execute(sa.insert(tables.facts), {"name": name, "value": value})


@dataclass(frozen=True, slots=True)
class Serving:
    """The generation that serves, and the name of the commit it was built for."""

    number: int
    """0 before the first."""
    build: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for the store as a whole."""

    schema: str
    """Empty in a store that is not made yet."""
    store_id: str
    """What tells this store from every other."""
    serving: Serving
    fingerprint: str | None
    """What made the index, see `fingerprint`; None before the first."""


_FACTS = sa.select(tables.facts.c.name, tables.facts.c.value)
"""Made once: it stands before every question."""


def read_facts(connection: sa.Connection) -> Facts:
    """Everything that is stated, in one look.

    Raises:
        StoreUnusable: it is not what was stated.
    """
    stated = {row.name: row.value for row in connection.execute(_FACTS)}
    number = stated.get("generation", "0")
    if not all(isinstance(value, str) for value in stated.values()) or not number.isdecimal():
        raise damaged("what it says of itself is not what was stored")
    serving = Serving(int(number), stated.get("build", ""))
    return Facts(stated.get("schema", ""), stated.get("store_id", ""), serving, stated.get("fingerprint"))


def write_serving(connection: sa.Connection, serving: Serving) -> None:
    """Let a generation serve from the next commit on."""
    write_fact(connection, "generation", str(serving.number))
    write_fact(connection, "build", serving.build)


def _name_the_store(context: sa.engine.ExceptionContext) -> None:
    """Let what the database's driver says of files, disks and servers reach people as one named error."""
    said = context.sqlalchemy_exception
    undecodable = isinstance(context.original_exception, UnicodeDecodeError)
    if undecodable or (isinstance(said, DatabaseError) and not isinstance(said, IntegrityError)):
        file = context.engine.url.database if context.engine is not None else None
        raise unusable(context.dialect.name, context.original_exception, file or "")
