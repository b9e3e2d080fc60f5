from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import link_of
from bot.texts import say
from rag.errors import StoreUnusable
from rag.ingest import ingest
from rag.schema import Answer
from tests.bot.telegram.live import Live, live_bot
from tests.corpus import settings_for, write_pages
from tests.fake_telegram.faults import Fault

KNOWN = "كم يبلغ طول جسر الوادي الجديد؟"
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2068\u2069`"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    ingest([write_pages(tmp_path_factory.mktemp("pages"))], settings_for(home))
    return home


@pytest.fixture(scope="module")
def bot(home: Path) -> Iterator[Live]:
    with live_bot(home) as live:
        yield live


def inline(live: Live, query: str, user_id: int = 5, **more: Any) -> dict[str, Any]:
    number = live.telegram.user(user_id, language_code="ar").inline(query, **more)
    live.handle()
    return live.telegram.wait_for_inline(number)


def ids(answer: dict[str, Any]) -> list[str]:
    return [result["id"] for result in answer["results"]]


def test_a_question_is_answered_with_its_sources_and_the_articles(bot: Live) -> None:
    answer = inline(bot, "كم يبلغ طول جسر الوادي الجديد؟")
    first = answer["results"][0]
    assert "340" in first["title"]
    text = first["input_message_content"]["message_text"]
    assert "[1]" in text
    assert "bridge.txt" in text
    assert first["input_message_content"]["parse_mode"] == "HTML"
    assert ids(answer)[1] == link_of("bridge.txt")
    assert answer["cache_time"] == 30
    assert answer["is_personal"] is True


def test_a_refusal_is_one_result_and_the_nearest_headlines(bot: Live) -> None:
    answer = inline(bot, "ما عاصمة اليابان؟")
    assert answer["results"][0]["title"] == say("bot.inline.none_title", "ar")
    assert set(ids(answer)[1:]) <= {link_of(one) for one in ("bridge.txt", "harvest.txt", "sub/match.txt")}


@pytest.mark.parametrize("query", ["", " ", "من", "\u200f\u200e"])
def test_nothing_typed_shows_the_latest(bot: Live, query: str) -> None:
    assert sorted(ids(inline(bot, query))) == sorted(map(link_of, ("bridge.txt", "harvest.txt", "sub/match.txt")))
    assert inline(bot, query, offset="1")["results"] == []


@pytest.mark.parametrize("offset", ["-1", "x", "9" * 30, "١"])
def test_an_offset_that_is_none_of_ours_is_the_beginning(bot: Live, offset: str) -> None:
    assert "results" in inline(bot, "", offset=offset)


@pytest.mark.parametrize("query", ["💥💥💥💥", "<b>x</b>&amp;" * 10, "\u202e\u202e\u202eجسر", "؟" * 256, "a" * 256])
def test_whatever_is_typed_gets_an_answer(bot: Live, query: str) -> None:
    assert inline(bot, query)["results"]


def test_pages_of_the_latest_follow(tmp_path: Path) -> None:
    pages = {f"{n}.txt": f"خبر رقم {n}\n\nجملة من الخبر رقم {n} عن المدينة." for n in range(23)}
    ingest([write_pages(tmp_path / "pages", pages)], settings_for(tmp_path / "home"))
    with live_bot(tmp_path / "home") as live:
        seen: list[str] = []
        offset = ""
        while True:
            answer = inline(live, "", offset=offset)
            seen += ids(answer)
            offset = answer.get("next_offset", "")
            if not offset:
                break
    assert sorted(seen) == sorted(map(link_of, pages))


def test_who_is_not_on_the_list_gets_nothing_but_the_way_to_the_bot(home: Path) -> None:
    with live_bot(home, allowed_users=frozenset({6})) as live:
        for query in ("", "كم يبلغ طول جسر الوادي الجديد؟"):
            answer = inline(live, query)
            assert answer["results"] == []
            assert answer["button"]["text"] == say("bot.inline.private", "ar")
        assert inline(live, "", user_id=6)["results"]


def test_typing_costs_no_question_and_takes_nobodys_polite_line(home: Path) -> None:
    with live_bot(home, user_per_minute=2, user_per_day=2) as live:
        room = live.telegram.user(5, language_code="ar").private()
        for _ in range(8):
            assert inline(live, KNOWN)["results"]
        found = [live.say(room, KNOWN) for _ in range(4)]
        assert [len(one) for one in found] == [1, 1, 1, 0]
        assert found[2][0].text.translate(MARKS) == say("bot.limit.per_minute", "ar")
        assert inline(live, KNOWN)["results"], "nor does a limit of questions end it"


def test_its_own_limit_is_met_in_silence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.limits.LOOKS_PER_MINUTE", 2)
    with live_bot(home) as live:
        room = live.telegram.user(5, language_code="ar").private()
        assert [bool(inline(live, KNOWN)["results"]) for _ in range(4)] == [True, True, False, False]
        assert inline(live, "")["results"], "looking around costs nothing"
        assert room.messages(by_bot=True) == []
        assert live.say(room, KNOWN)[0].text.startswith("ويبلغ")


@pytest.mark.parametrize("wrong", ["late", "broken", "unforeseen"])
def test_what_takes_too_long_or_breaks_gives_an_empty_list(
    bot: Live, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    def answer(question: str, **_: object) -> Answer:
        if wrong == "broken":
            raise StoreUnusable("no")
        if wrong == "unforeseen":
            raise ZeroDivisionError
        time.sleep(0.05)
        raise AssertionError(question)

    monkeypatch.setattr("bot.telegram.answering.Answering.quoted", lambda _, question: answer(question))
    if wrong == "late":
        monkeypatch.setattr("bot.telegram.inline.ANSWER_WITHIN_S", 0.01)
    assert inline(bot, "كم يبلغ طول جسر الوادي الجديد؟")["results"] == []


def test_an_answer_that_comes_too_late_is_dropped(bot: Live) -> None:
    too_late = Fault("too_late", status=400, description="Bad Request: query is too old and response timeout expired")
    bot.telegram.fail("answerInlineQuery", too_late)
    bot.telegram.user(5).inline("جسر الوادي")
    bot.handle()
    assert inline(bot, "جسر الوادي")["results"]
