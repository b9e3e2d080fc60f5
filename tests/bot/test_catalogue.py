from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import MAX_BEGINNING, Catalogue, Overview, beginning_of, link_of
from rag.errors import LLMFailed
from rag.ingest import ingest
from rag.pipeline import Pipeline
from rag.schema import Answer, Article
from rag.settings import Settings
from tests.bot.fakes import refused
from tests.corpus import PAGES, settings_for, write_pages

NOTHING = Overview(0, 0, (), None, None)
DATED = [
    {"id": "old", "title": "قديم", "text": "خبر قديم عن السوق.", "date": "2019-01-05", "source": "صحيفة الميناء"},
    {"id": "new", "title": "جديد", "text": "خبر جديد عن الجسر.", "date": "2024-06-01", "source": "صحيفة الميناء"},
    {"id": "mid", "title": "وسط", "text": "خبر بينهما عن النهر.", "date": "2021-03-09", "source": "وكالة سنا"},
    {"id": "none", "title": "بلا تاريخ", "text": "خبر لا تاريخ له عن المدينة."},
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "home")


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    catalogue = Catalogue(settings)
    yield catalogue
    catalogue.close()


def put(folder: Path, settings: Settings, articles: list[dict[str, str]] = DATED) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "feed.jsonl").write_text("\n".join(json.dumps(one) for one in articles), "utf-8")
    ingest([folder], settings)
    return folder


def test_an_empty_home_offers_nothing(catalogue: Catalogue, settings: Settings) -> None:
    assert catalogue.overview() == NOTHING
    assert catalogue.latest(0) == ([], False)
    assert catalogue.card("a.txt") is None
    assert catalogue.text("a.txt") is None
    assert catalogue.find(link_of("a.txt")) is None
    assert catalogue.examples(never_asked) == ()
    assert not settings.home.exists(), "looking makes nothing"


def test_the_overview_counts_articles_outlets_and_days(
    catalogue: Catalogue, settings: Settings, tmp_path: Path
) -> None:
    put(tmp_path / "feed", settings)
    assert catalogue.overview() == Overview(4, 2, ("صحيفة الميناء", "وكالة سنا"), "2019-01-05", "2024-06-01")


def test_the_latest_come_first_and_the_undated_last(catalogue: Catalogue, settings: Settings, tmp_path: Path) -> None:
    put(tmp_path / "feed", settings)
    cards, more = catalogue.latest(0, 3)
    assert [card.title for card in cards] == ["جديد", "وسط", "قديم"]
    assert more
    cards, more = catalogue.latest(1, 3)
    assert [card.title for card in cards] == ["بلا تاريخ"]
    assert not more
    assert catalogue.latest(2, 3) == ([], False)
    assert catalogue.latest(-1, 3) == catalogue.latest(0, 3)
    assert catalogue.latest(10**30, 3) == ([], False)


def test_what_says_the_same_word_for_word_comes_once(catalogue: Catalogue, settings: Settings, tmp_path: Path) -> None:
    folder = write_pages(tmp_path / "pages")
    shutil.copy(folder / "bridge.txt", folder / "copy.txt")
    ingest([folder], settings)
    cards, _ = catalogue.latest(0)
    assert len(cards) == 3
    assert {card.num_copies for card in cards if card.source in {"copy.txt", "bridge.txt"}} == {2}
    assert catalogue.overview().num_articles == 4
    for source in ("copy.txt", "bridge.txt"):
        found = catalogue.find(link_of(source))
        assert found is not None
        assert found.source == source


def test_follows_what_is_ingested(catalogue: Catalogue, settings: Settings, tmp_path: Path) -> None:
    assert catalogue.overview().num_articles == 0
    folder = put(tmp_path / "feed", settings, DATED[:1])
    assert catalogue.overview().num_articles == 1
    put(folder, settings)
    assert [card.title for card in catalogue.latest(0, 1)[0]] == ["جديد"]
    put(folder, settings, [{**DATED[0], "date": "2020-02-02"}])  # no word of the text: the index stays as it is
    assert catalogue.overview().last_date == "2020-02-02"
    assert catalogue.find(link_of("feed.jsonl#new")) is None


def test_a_card_shows_what_there_is(catalogue: Catalogue, settings: Settings, tmp_path: Path) -> None:
    ingest([write_pages(tmp_path / "pages")], settings)
    card = catalogue.card("bridge.txt")
    assert card is not None
    assert card.title == "افتتاح جسر الوادي الجديد"
    assert card.beginning == PAGES["bridge.txt"].partition("\n\n")[2].replace("\n\n", "\n")
    assert card == catalogue.find(card.link)
    assert catalogue.text("bridge.txt") == PAGES["bridge.txt"]
    assert [one.source for one in catalogue.cards(["x", "harvest.txt", "bridge.txt"])] == ["harvest.txt", "bridge.txt"]


def test_a_link_stays_the_same_for_ever() -> None:
    assert link_of("sub/match.txt") == "wx_MRmpg_Gea"


@given(st.text())
def test_a_link_fits_a_deep_link_and_a_button(source: str) -> None:
    assert re.fullmatch("[A-Za-z0-9_-]{12}", link_of(source))


@pytest.mark.parametrize("link", ["", "x" * 12, "../../etc/passwd", "a" * 5000, "\x00", "wx_MRmpg_Gea\n", "أ"])
def test_no_link_opens_nothing(catalogue: Catalogue, settings: Settings, tmp_path: Path, link: str) -> None:
    ingest([write_pages(tmp_path / "pages")], settings)
    assert catalogue.find(link) is None


def test_the_beginning_leaves_out_title_and_byline() -> None:
    text = "عنوان الخبر\nالمصدر: وكالة سنا\nالتاريخ: 2024-05-12\n\nجملة أولى. وجملة ثانية.\nفقرة ثانية."
    article = Article("a.txt", "عنوان الخبر", text, ((0, len(text)),))
    assert beginning_of(article) == "جملة أولى. وجملة ثانية.\nفقرة ثانية."


@given(st.lists(st.text("اب تث.؟\n\r\u2028", max_size=300), max_size=12))
def test_the_beginning_is_whole_sentences_and_never_too_long(parts: list[str]) -> None:
    text = "".join(parts)
    beginning = beginning_of(Article("a.txt", "", text, ((0, len(text)),)))
    assert len(beginning) <= MAX_BEGINNING
    assert "".join(beginning.split()) == "".join(text.split())[: len("".join(beginning.split()))]
    assert bool(beginning) == bool(text.strip())


def never_asked(question: str) -> Answer:
    raise AssertionError(question)


def asking(settings: Settings, asked: list[str]) -> tuple[Pipeline, Callable[[str], Answer]]:
    pipeline = Pipeline(settings)

    def answer(question: str) -> Answer:
        asked.append(question)
        return pipeline.answer(question)

    return pipeline, answer


def test_examples_are_chosen_once_for_each_state_of_the_corpus(
    catalogue: Catalogue, settings: Settings, tmp_path: Path
) -> None:
    folder = write_pages(tmp_path / "pages")
    ingest([folder], settings)
    asked: list[str] = []
    pipeline, answer = asking(settings, asked)
    with pipeline, ThreadPoolExecutor(4) as threads:
        chosen = list(threads.map(lambda _: catalogue.examples(answer), range(8)))
        assert len(set(chosen)) == 1
        assert len(asked) == len(set(asked)) <= 15
        assert chosen[0]
        (folder / "harvest.txt").unlink()
        ingest([folder], settings)
        num_asked = len(asked)
        catalogue.examples(answer)
        assert len(asked) > num_asked


def test_examples_are_looked_for_again_where_answering_failed(
    catalogue: Catalogue, settings: Settings, tmp_path: Path
) -> None:
    ingest([write_pages(tmp_path / "pages")], settings)

    def fails(_: str) -> Answer:
        raise LLMFailed("down")

    assert catalogue.examples(fails) == ()
    pipeline, answer = asking(settings, [])
    with pipeline:
        assert catalogue.examples(answer)


def test_what_is_refused_is_no_example(catalogue: Catalogue, settings: Settings, tmp_path: Path) -> None:
    ingest([write_pages(tmp_path / "pages")], settings)
    assert catalogue.examples(lambda question: refused(question=question)) == ()


def test_refreshing_looks_again(catalogue: Catalogue, settings: Settings, tmp_path: Path) -> None:
    put(tmp_path / "feed", settings)
    before = catalogue.overview()
    catalogue.refresh()
    assert catalogue.overview() == before
