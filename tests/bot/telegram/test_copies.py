from __future__ import annotations

import pytest

from bot.telegram import copies
from bot.telegram.copies import Copies, count_copies
from rag.ingest import ingest
from rag.pipeline import Pipeline
from tests.corpus import settings_for, write_pages

SENTENCE = "افتتح الوزير جسر النهر يوم الاثنين."
PAGES = {f"{number}.txt": f"عنوان {number}\n\n{SENTENCE} وحضر {number} شخصا." for number in range(12)}
OTHERS = {
    "spelled.txt": "خبر آخر\n\nإفتتح الوزيرُ جسرَ النهرِ يوم الاثنين، وحضر الوالي.",
    "longer.txt": "خبر ثالث\n\nافتتح الوزير جسر النهر الكبير يوم الاثنين.",
}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("copies")
    settings = settings_for(folder / "home")
    ingest([write_pages(folder / "pages", PAGES | OTHERS)], settings)
    return Pipeline(settings)


def test_every_article_with_the_very_sentence_counts(pipeline: Pipeline) -> None:
    assert count_copies(pipeline, SENTENCE) == Copies(12)


def test_a_sentence_of_one_article_has_no_copies(pipeline: Pipeline) -> None:
    assert count_copies(pipeline, "وحضر 7 شخصا.") == Copies(1)


def test_where_the_search_ends_before_the_copies_do_the_number_is_a_least(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_DEPTH", 5)
    found = count_copies(pipeline, SENTENCE)
    assert found.at_least
    assert 0 < found.num_articles <= 5
