from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.state.records import Place, Question
from bot.telegram import menus
from bot.texts import LANGS, Lang, say
from rag.ingest import ingest
from tests.bot.telegram.live import ADMIN, Live, live_bot
from tests.corpus import settings_for, write_pages
from tests.fake_telegram.people import Room

MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2068\u2069`"))


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write_pages(tmp_path / "pages")


@pytest.fixture
def live(tmp_path: Path, pages: Path) -> Iterator[Live]:
    ingest([pages], settings_for(tmp_path / "home"))
    with live_bot(tmp_path / "home") as live:
        yield live


def admin(live: Live, lang: Lang = "ar") -> Room:
    return live.telegram.user(ADMIN, language_code=lang).private()


def told(live: Live, room: Room, text: str) -> str:
    found = live.say(room, text)
    assert len(found) == 1
    return found[0].text.translate(MARKS)


def test_stats_counts_what_was_asked(live: Live) -> None:
    reader = live.telegram.user(5, language_code="ar").private()
    live.say(reader, "كم يبلغ طول جسر الوادي الجديد؟")
    live.say(reader, "ما عاصمة اليابان؟")
    text = told(live, admin(live, "en"), "/stats")
    assert "Questions today: 2" in text
    assert "Answered: 1" in text


@pytest.mark.parametrize("lang", LANGS)
def test_health_looks_at_process_state_and_index(live: Live, lang: Lang) -> None:
    text = told(live, admin(live, lang), "/health")
    assert "python-telegram-bot 22" in text
    assert "hashing" in text
    for word in ("3", "MB" if lang == "en" else "ميغابايت"):
        assert word in text


@pytest.mark.parametrize(("lang", "nothing"), [("ar", "المقالات: 0 · المقاطع: 0"), ("en", "Articles: 0 · chunks: 0")])
def test_health_of_an_empty_bot(tmp_path: Path, lang: Lang, nothing: str) -> None:
    with live_bot(tmp_path / "none") as live:
        assert nothing in told(live, admin(live, lang), "/health")


def test_health_counts_what_waits(live: Live) -> None:
    room = admin(live, "en")
    assert "Waiting: 0" in told(live, room, "/health")
    for number in (1, 2):
        assert live.app.state.take_in(Question(number, Place(5, 5), number, "سؤال", 0.0))
    assert "Waiting: 2" in told(live, room, "/health")


def beginning(key: str, lang: Lang) -> str:
    return say(key, lang, detail="").split(":")[0]


def test_health_names_a_broken_index(live: Live) -> None:
    store = live.app.settings.home / "isnad.db"
    live.app.answering.quoted("خبر")
    store.unlink()
    store.write_bytes(b"no database " * 1000)
    text = told(live, admin(live, "en"), "/health")
    assert beginning("bot.health_index_broken", "en") in text
    assert beginning("bot.health_state_broken", "en") not in text


@pytest.mark.parametrize(("tables", "lang"), [(["bot_inbox"], "en"), (["bot_inbox", "bot_people"], "ar")])
def test_health_names_a_broken_state(live: Live, tables: list[str], lang: Lang) -> None:
    """Where not even the language of who asks can be read, it is that of the settings."""
    with closing(sqlite3.connect(live.app.settings.home / "state.db")) as database:
        for table in tables:
            database.execute(f"DROP TABLE {table}")
    text = told(live, admin(live, "en"), "/health")
    assert beginning("bot.health_state_broken", lang) in text
    assert beginning("bot.health_index_broken", lang) not in text


def test_reload_says_what_is_there_now_and_renews_the_menus(live: Live, pages: Path) -> None:
    room = admin(live, "en")
    assert "Articles: 3, generation: 1" in told(live, room, "/reload")
    assert {"command": "reload", "description": say("bot.command.reload", "en")} in room.menu()
    (pages / "more.txt").write_text("خبر رابع\n\nجملة من خبر رابع عن المدينة.", "utf-8")
    ingest([pages], live.app.settings)
    assert "Articles: 4, generation: 2" in told(live, room, "/reload")


def test_reload_says_what_is_broken(live: Live) -> None:
    store = live.app.settings.home / "isnad.db"
    for file in live.app.settings.home.glob("isnad.db*"):
        file.unlink()
    store.write_bytes(b"no database " * 1000)
    shutil.rmtree(live.app.settings.home / "index")
    assert say("bot.reload.failed", "en", detail="").split(":")[0] in told(live, admin(live, "en"), "/reload")


def test_an_administrator_may_ask_in_a_group(live: Live) -> None:
    group = live.telegram.group(-5, person=live.telegram.user(ADMIN, language_code="en"))
    assert "Questions today: 0" in told(live, group, "/stats")


def test_nobody_else_learns_that_there_is_such_a_command(live: Live) -> None:
    reader = live.telegram.user(5, language_code="en").private()
    for command in menus.FOR_ADMINS:
        assert told(live, reader, f"/{command}") == say("bot.unknown_command", "en").translate(MARKS)
