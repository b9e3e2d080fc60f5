"""The store's engine: SQLite in WAL mode by default, PostgreSQL by URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from rag.errors import IndexMismatch, ModelUnavailable, SettingsError
from rag.index import tables

if TYPE_CHECKING:
    from rag.settings import Settings

_SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000")


def open_engine(settings: Settings) -> sa.Engine:
    """Return an engine for the store's URL; nothing is created or connected yet.

    Raises:
        SettingsError: ISNAD_DATABASE_URL is no URL of a supported database.
        ModelUnavailable: the database's driver is not installed.
    """
    try:
        engine = sa.create_engine(settings.store_url)
    except (ArgumentError, NoSuchModuleError) as error:
        allowed = "sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
        raise SettingsError(
            f"ISNAD_DATABASE_URL is not a database URL; allowed: {allowed}.",
            variable="ISNAD_DATABASE_URL",
            value="…",
            allowed=allowed,
        ) from error
    except ModuleNotFoundError as error:
        install = "pip install 'isnad[postgres]'"
        raise ModelUnavailable(f"{error.name} is not installed: {install}", name=error.name, command=install) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def exists(engine: sa.Engine) -> bool:
    """Whether the store has been made.

    Raises:
        IndexMismatch: by another version of Isnad.
    """
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not Path(file).is_file():
        return False
    if not sa.inspect(engine).has_table(tables.facts.name):
        return False
    with engine.connect() as connection:
        version = read_fact(connection, "schema")
    if version is None:
        return False
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


def create(engine: sa.Engine) -> None:
    """Make the tables where they are missing."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        if read_fact(connection, "schema") is None:
            write_fact(connection, "schema", tables.SCHEMA_VERSION)


def read_fact(connection: sa.Connection, name: str) -> str | None:
    """Return one fact about the store, None where it has not been stated."""
    found: str | None = connection.scalar(sa.select(tables.facts.c.value).where(tables.facts.c.name == name))
    return found


def write_fact(connection: sa.Connection, name: str, value: str) -> None:
    """State a fact about the store."""
    connection.execute(sa.delete(tables.facts).where(tables.facts.c.name == name))
    connection.execute(sa.insert(tables.facts), {"name": name, "value": value})


def read_generation(connection: sa.Connection) -> int:
    """The number of the generation that serves; 0 before the first."""
    return int(read_fact(connection, "generation") or 0)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # Python's driver begins transactions by itself, and not for SELECT: `_begin` does it for all.
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")
