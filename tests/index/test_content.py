"""Noise in the store: named, wherever it stands and whatever it comes as."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from rag.errors import StoreUnusable
from rag.index.browse import Browser
from rag.index.health import check_index
from rag.index.reader import open_index
from rag.index.status import load_status, load_text, load_texts
from rag.ingest import ingest, reindex
from rag.settings import Settings
from tests.corpus import settings_for, write_pages

NOISE = (b"\x17\xff", None, "{", "[[1]]")
SOURCE = "bridge.txt"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path / "home")
    ingest([write_pages(tmp_path / "pages")], settings)
    return settings


def change(settings: Settings, table: str, column: str, noise: object, where: str = "true") -> None:
    path = settings.home / "isnad.db"
    with closing(sqlite3.connect(path)) as store, store:  # noise asks for no NOT NULL
        store.execute("PRAGMA writable_schema = ON")
        store.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')")
    with closing(sqlite3.connect(path)) as store, store:
        store.execute(f'UPDATE {table} SET "{column}" = ? WHERE {where}', (noise,))  # noqa: S608 - our own names


def browse(settings: Settings) -> None:
    browser = Browser(settings)
    try:
        with browser.viewing() as view:
            assert view is not None
            view.by_sources([SOURCE])
    finally:
        browser.close()


def load(settings: Settings) -> None:
    with open_index(settings) as index, index.reading() as reader:
        reader.load_articles([SOURCE])


def quote(settings: Settings) -> None:
    with open_index(settings) as index, index.reading() as reader:
        reader.load_texts(reader.place([chunk_id for chunk_id, _ in reader.search_vectors("طول الجسر", 9)]))


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize("column", ["text", "title", "body"])
def test_noise_in_an_article_is_damage_and_nothing_else(column: str, noise: object, settings: Settings) -> None:
    change(settings, "articles", column, noise, f"source = '{SOURCE}'")
    with pytest.raises(StoreUnusable, match="is damaged"):
        load(settings)
    for work in (browse, quote):
        with suppress(StoreUnusable):
            work(settings)


@pytest.mark.parametrize("noise", [*NOISE, -1])
def test_noise_in_the_place_of_a_quote_is_damage(noise: object, settings: Settings) -> None:
    change(settings, "chunks", "end", noise)
    with pytest.raises(StoreUnusable, match="is damaged"):
        quote(settings)


@pytest.mark.parametrize("noise", [*NOISE, ""])
@pytest.mark.parametrize("name", ["generation", "fingerprint"])
def test_noise_in_what_a_store_says_of_itself_is_damage(name: str, noise: object, settings: Settings) -> None:
    change(settings, "facts", "value", noise, f"name = '{name}'")
    works: list[Callable[[Settings], object]] = [load_status, quote]
    for work in works:
        with pytest.raises(StoreUnusable, match="is damaged"):
            work(settings)
    health = check_index(settings)
    assert health.state == "unusable"
    assert health.error is not None
    assert health.error.details["what"] == "damaged"


@pytest.mark.parametrize("noise", ["افتتح الوزير جسرا من ذهب.", *NOISE])
@pytest.mark.parametrize("column", ["text", "given"])
def test_reindex_makes_no_article_of_what_was_never_read(column: str, noise: object, settings: Settings) -> None:
    change(settings, "articles", column, noise, f"source = '{SOURCE}'")
    before = load_status(settings)
    with pytest.raises(StoreUnusable, match=f"{SOURCE}|an article"):
        reindex(settings)
    assert load_status(settings).generation == before.generation
    if column == "text":
        for load in (load_text, lambda source, settings: load_texts([source], settings)):
            with pytest.raises(StoreUnusable, match="is damaged"):
                load(SOURCE, settings)


def test_an_emptied_store_is_damage_wherever_it_stands(tmp_path: Path) -> None:
    store = tmp_path / "elsewhere" / "store.db"
    store.parent.mkdir()
    settings = settings_for(tmp_path / "home").model_copy(update={"database_url": f"sqlite:///{store}"})
    pages = write_pages(tmp_path / "pages")
    ingest([pages], settings)
    store.write_bytes(b"")
    for work in (load_status, lambda settings: ingest([pages], settings)):
        with pytest.raises(StoreUnusable, match="is empty, and its index is not"):
            work(settings)


def test_whatever_the_system_raises_the_state_of_the_index_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", closed)
    health = check_index(settings)
    assert (health.state, "Permission denied" in str(health.error)) == ("unusable", True)
