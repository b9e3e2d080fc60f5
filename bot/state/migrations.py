"""The state's tables are made once and then only carried forward, a numbered step at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from bot.state import tables
from bot.state.database import Database
from rag.errors import IndexMismatch

Step = Callable[[sa.Connection], None]


def _note_when_updates_were_sent(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE bot_updates ADD COLUMN sent_at BIGINT NOT NULL DEFAULT 0")


def _note_traces_and_moves(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE bot_traces (person VARCHAR(32) NOT NULL, PRIMARY KEY (person))")
    connection.exec_driver_sql(
        "CREATE TABLE bot_moved (old_chat VARCHAR(32) NOT NULL, new_chat VARCHAR(32) NOT NULL, PRIMARY KEY (old_chat))"
    )
    # who wrote before has left traces that nobody noted
    connection.exec_driver_sql("INSERT INTO bot_facts VALUES ('erasing', 'migrated') ON CONFLICT DO NOTHING")


STEPS: tuple[Step, ...] = (_note_when_updates_were_sent, _note_traces_and_moves)
"""The first makes version 2 of version 1, and so on. A step speaks SQL of its own: `tables` will have moved on."""

_LOCK = 5_463_289
"""Any number: whoever migrates holds PostgreSQL's lock of this name."""


def migrate(database: Database, steps: Sequence[Step] = STEPS) -> None:
    """Make the tables, or carry what an older version made forward; all of it or nothing.

    Raises:
        IndexMismatch: a newer version of Isnad made them.
        StoreUnusable: the database cannot be read or written.
    """
    newest = len(steps) + 1
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        found = _version(connection)
        if found > newest:
            raise IndexMismatch(
                f"The bot's state has version {found}, this version of Isnad reads {newest}: "
                "use the version that made it, or another ISNAD_STATE_URL.",
                what="schema",
                stored=found,
                wanted=newest,
                command="isnad --home FOLDER bot",
            )
        if not found:
            tables.metadata.create_all(connection)
            connection.execute(sa.insert(tables.version), {"number": newest})
            return
        for step in steps[found - 1 :]:
            step(connection)
        if found < newest:
            connection.execute(sa.update(tables.version).values(number=newest))


def _version(connection: sa.Connection) -> int:
    """0 where nothing is made yet."""
    if not sa.inspect(connection).has_table(tables.version.name):
        return 0
    return connection.scalar(sa.select(tables.version.c.number)) or 0
