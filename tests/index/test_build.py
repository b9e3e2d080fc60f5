"""What was deleted goes on counting in a large index, up to a share of its chunks or of its articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.index import build
from rag.index.health import check_index
from rag.index.lexical import num_dead
from rag.ingest import ingest
from rag.settings import Settings
from tests.corpus import settings_for, write_pages

NUM_ARTICLES, NUM_PARAGRAPHS = 10, 12


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(build, "_FEW", 0)
    monkeypatch.setattr(build, "_WORN", 0.25)
    return settings_for(tmp_path / "home")


def article(number: int, last: str) -> str:
    paragraphs = [
        f"وقال الوزير رقم {number} في الفقرة {at} كلاما طويلا عن المدينة. " * 6 for at in range(NUM_PARAGRAPHS)
    ]
    return "\n\n".join([f"خبر {number}", *paragraphs, last])


def dead_in(settings: Settings) -> tuple[int, int]:
    newest = max(settings.index_folder.iterdir()) / "lexical"
    return num_dead(newest / "chunks"), num_dead(newest / "articles")


def test_edits_wear_the_articles_before_the_chunks(settings: Settings, tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "pages", {f"{at}.txt": article(at, "انتهى.") for at in range(NUM_ARTICLES)})
    assert ingest([pages], settings).num_chunks > 4 * NUM_ARTICLES
    for at, dead in enumerate([(1, 1), (2, 2), (0, 0)]):
        write_pages(pages, {f"{at}.txt": article(at, "تغير.")})
        assert ingest([pages], settings).num_embedded == 1
        assert dead_in(settings) == dead


def test_articles_that_go_wear_the_chunks_too(settings: Settings, tmp_path: Path) -> None:
    short = {f"{at}.txt": article(at, "انتهى.")[:200] for at in range(NUM_ARTICLES)}
    pages = write_pages(tmp_path / "pages", short | {"long.txt": article(99, "انتهى.")})
    ingest([pages], settings)
    (pages / "0.txt").unlink()
    ingest([pages], settings)
    assert dead_in(settings) == (1, 1)
    (pages / "long.txt").unlink()
    ingest([pages], settings)
    assert dead_in(settings) == (0, 0)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_an_index_that_lost_its_articles_is_whole_however_often_it_is_opened(tmp_path: Path, left: int) -> None:
    settings, names = settings_for(tmp_path / "home"), [f"{at}.txt" for at in range(8)]
    pages = write_pages(tmp_path / "pages", {name: article(at, "")[:200] for at, name in enumerate(names)})
    ingest([pages], settings)
    for name in names[left:]:
        (pages / name).unlink()
    assert ingest([pages], settings, prune=True).num_chunks == left
    for _ in range(3):
        assert check_index(settings).state == "healthy"
    said: list[str] = []
    ingest([write_pages(tmp_path / "more", {"new.txt": article(99, "انتهى.")})], settings, on_message=said.append)
    assert said == []
