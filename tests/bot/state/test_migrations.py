"""What an older version made is carried forward, all of it or nothing; what a newer one made is left alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.state.database import Database, open_database
from bot.state.migrations import STEPS, migrate
from bot.state.records import Place
from bot.state.store import open_state
from bot.texts.errors import explain_error
from rag.errors import IndexMismatch
from rag.settings import Settings
from tests.bot.state.samples import ALIYA, BADR, Clock, kept, question

if TYPE_CHECKING:
    import sqlalchemy as sa

VERSION_1 = Path(__file__).parent / "cases" / "version-1.sql"
"""What the first version of the state wrote, as `sqlite3`'s `iterdump` gives it."""


@pytest.fixture
def first_version(settings: Settings) -> Path:
    """A file as version 1 left it."""
    settings.home.mkdir()
    path = settings.home / "state.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_1.read_text(encoding="utf-8"))
    return path


@pytest.fixture
def database(settings: Settings, first_version: Path) -> Iterator[Database]:
    database = open_database(settings)
    yield database
    database.close()


COLUMNS = """
SELECT tables.name, columns.name, columns.type, "notnull", dflt_value, pk
FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'
"""
INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index'"


def schema(path: Path) -> set[tuple[object, ...]]:
    """Every column and index."""
    with closing(sqlite3.connect(path)) as connection:
        return {*connection.execute(COLUMNS), *connection.execute(INDEXES)}


def version(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT number FROM bot_version").scalar_one())


def add_a_city(connection: sa.Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE bot_people ADD COLUMN city TEXT")
    connection.exec_driver_sql("UPDATE bot_people SET city = 'الواحة'")


def fail_half_way(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE bot_half (way INTEGER)")
    raise RuntimeError("no further")


def test_the_first_version_is_read_to_this_day(first_version: Path, settings: Settings, clock: Clock) -> None:
    state = open_state(settings, clock=clock)
    home = Place(ALIYA, ALIYA)
    assert state.history(home) == ("ما طول الجسر؟",)
    assert state.load_answer("answer0001") == kept(question(1), place=None, message_ids=(102,), vote=1)
    assert state.owns("answer0001", chat_id=ALIYA, user_id=ALIYA)
    assert state.chosen_language(ALIYA) == "en"
    assert state.waiting() == [question(2, BADR, attempts=1)]
    assert not state.take_in(question(1))
    assert not state.spend("user", ALIYA, "2026-01-01", 1)
    assert (state.numbers().num_answered, state.numbers().num_unreachable) == (1, 1)
    state.close()


def test_it_becomes_what_a_new_one_is(first_version: Path, settings: Settings, tmp_path: Path) -> None:
    open_state(settings).close()
    fresh = settings.model_copy(update={"home": tmp_path / "fresh"})
    open_state(fresh).close()
    assert schema(first_version) == schema(fresh.home / "state.db")


def test_steps_are_taken_once_each_and_in_order(database: Database) -> None:
    def rename_it(connection: sa.Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE bot_people RENAME COLUMN city TO town")

    migrate(database, (add_a_city,))
    assert version(database) == 2
    migrate(database, (add_a_city,))
    migrate(database, (add_a_city, rename_it))
    assert version(database) == 3
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT lang, town FROM bot_people").all() == [("en", "الواحة")]


def test_a_step_that_fails_leaves_everything_as_it_was(database: Database, first_version: Path) -> None:
    before = schema(first_version)
    with pytest.raises(RuntimeError):
        migrate(database, (add_a_city, fail_half_way))
    assert version(database) == 1
    assert schema(first_version) == before
    migrate(database, (add_a_city,))
    assert version(database) == 2


def test_what_a_newer_version_made_is_left_alone(database: Database, settings: Settings) -> None:
    migrate(database, (*STEPS, add_a_city))
    with pytest.raises(IndexMismatch, match=r"has version \d+.*use the version that made it") as caught:
        open_state(settings)
    assert "استعمل تلك النسخة" in explain_error(caught.value, "ar")
    assert version(database) == len(STEPS) + 2
