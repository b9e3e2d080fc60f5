"""The store as it is found: made by another version, or emptied."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import IndexMismatch, StoreUnusable
from rag.index.health import check_index
from rag.index.reader import open_index
from rag.index.status import load_status
from rag.ingest import ingest
from rag.settings import Settings
from tests.corpus import settings_for, write_pages

WORKS: tuple[Callable[[Settings], object], ...] = (
    load_status,
    lambda settings: open_index(settings).read(lambda reader: reader.num_chunks),
    lambda settings: ingest([settings.home.parent / "pages"], settings),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages")], settings)
    return settings


def change(settings: Settings, *statements: str) -> None:
    with closing(sqlite3.connect(settings.home / "isnad.db")) as store, store:
        for statement in statements:
            store.execute(statement)


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize("column", ["files.num_unnamed", "articles.outlet"])
def test_a_store_without_a_column_is_that_of_another_version(
    settings: Settings, column: str, work: Callable[[Settings], object]
) -> None:
    table, name = column.split(".")
    change(settings, f"ALTER TABLE {table} DROP COLUMN {name}")
    with pytest.raises(IndexMismatch, match=f"schema 1 without {column}") as raised:
        work(settings)
    assert raised.value.details["what"] == "schema"
    assert check_index(settings).state == "unusable"


def test_a_store_with_an_unknown_column_in_the_place_of_one_is_damaged(settings: Settings) -> None:
    change(settings, "ALTER TABLE files RENAME COLUMN num_unnamed TO num_unnbmed")
    with pytest.raises(StoreUnusable, match="damaged"):
        ingest([settings.home.parent / "pages"], settings)


def empty_files(settings: Settings) -> None:
    for file in settings.home.glob("isnad.db*"):
        file.unlink()
    (settings.home / "isnad.db").touch()


@pytest.mark.parametrize("work", WORKS)
@pytest.mark.parametrize(
    "emptied",
    [
        empty_files,
        lambda settings: change(settings, "DELETE FROM facts"),
        lambda settings: change(settings, "DROP TABLE facts"),
    ],
)
def test_a_store_emptied_beside_its_index_is_damaged_until_it_is_moved_away(
    settings: Settings, emptied: Callable[[Settings], None], work: Callable[[Settings], object]
) -> None:
    emptied(settings)
    with pytest.raises(StoreUnusable, match="it is empty") as raised:
        work(settings)
    assert raised.value.details["what"] == "damaged"
    assert check_index(settings).state == "unusable"
    assert list(settings.index_folder.iterdir())
    (settings.home / "isnad.db").rename(settings.home / "away.db")
    assert ingest([settings.home.parent / "pages"], settings).num_added == 3, "as the message says"


def test_an_empty_file_without_an_index_is_a_store_to_be_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "isnad.db").touch()
    assert check_index(settings_for(home)).state == "empty"
    assert ingest([write_pages(tmp_path / "pages")], settings_for(home)).num_added == 3
