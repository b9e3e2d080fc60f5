"""The store as it is found: made by another version."""

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
