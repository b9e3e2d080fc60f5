from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import StoreUnusable
from rag.index.browse import Browser
from rag.ingest import ingest, remove
from rag.settings import Settings
from tests.corpus import PAGES, settings_for, write_pages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_pages(tmp_path / "pages")


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    settings = settings_for(tmp_path / "home")
    ingest([folder], settings)
    return settings


@pytest.fixture
def browser(settings: Settings) -> Iterator[Browser]:
    browser = Browser(settings)
    yield browser
    browser.close()


def version_of(browser: Browser) -> object:
    with browser.viewing() as view:
        return view.version() if view else None


def test_a_home_without_a_store_shows_nothing(tmp_path: Path) -> None:
    browser = Browser(settings_for(tmp_path / "none"))
    with browser.viewing() as view:
        assert view is None
    assert not (tmp_path / "none").exists()
    browser.close()


def test_lists_every_article_without_its_text(browser: Browser) -> None:
    with browser.viewing() as view:
        assert view is not None
        assert {one.source for one in view.listed()} == set(PAGES)


def test_shows_articles_in_the_order_asked_for(browser: Browser) -> None:
    with browser.viewing() as view:
        assert view is not None
        ids = {one.source: one.article_id for one in view.listed()}
        wanted = ["sub/match.txt", "none.txt", "bridge.txt"]
        assert [one.article.source for one in view.by_sources(wanted)] == ["sub/match.txt", "bridge.txt"]
        shown = view.by_ids([ids["harvest.txt"], 999, ids["bridge.txt"]])
        assert [one.article.source for one in shown] == ["harvest.txt", "bridge.txt"]
        assert shown[1].article.text == PAGES["bridge.txt"] == view.text("bridge.txt")
        assert shown[1].article.body
        assert view.text("none.txt") is None


def test_counts_copies(browser: Browser, settings: Settings, folder: Path) -> None:
    shutil.copy(folder / "bridge.txt", folder / "copy.txt")
    ingest([folder], settings)
    with browser.viewing() as view:
        assert view is not None
        assert [one.num_copies for one in view.by_sources(["copy.txt", "harvest.txt"])] == [2, 1]


def test_the_version_changes_with_every_change_of_the_articles(
    browser: Browser, settings: Settings, folder: Path
) -> None:
    seen = [version_of(browser)]
    ingest([folder], settings)
    assert version_of(browser) == seen[-1], "nothing changed"
    shutil.copy(folder / "bridge.txt", folder / "copy.txt")  # no new chunk, so no new generation
    ingest([folder], settings)
    seen.append(version_of(browser))
    remove("copy.txt", settings)
    seen.append(version_of(browser))
    (folder / "harvest.txt").write_text("عنوان جديد\n\nجملة أخرى عن موسم آخر.", "utf-8")
    ingest([folder], settings)
    seen.append(version_of(browser))
    assert len(set(seen)) == len(seen) - 1, "as before the copy came"
    assert seen[0] == seen[2]


def test_follows_another_store_under_the_same_name(browser: Browser, settings: Settings, tmp_path: Path) -> None:
    before = version_of(browser)
    other = settings_for(tmp_path / "other")
    ingest([write_pages(tmp_path / "few", {"one.txt": "خبر واحد\n\nجملة واحدة من خبر واحد."})], other)
    (tmp_path / "other" / "isnad.db").replace(settings.home / "isnad.db")
    assert version_of(browser) != before
    with browser.viewing() as view:
        assert view is not None
        assert [one.source for one in view.listed()] == ["one.txt"]


def test_a_broken_store_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "isnad.db").write_bytes(b"no database at all " * 100)
    browser = Browser(settings_for(home))
    with pytest.raises(StoreUnusable), browser.viewing():
        pass
    browser.close()
