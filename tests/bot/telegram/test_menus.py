from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.state.keys import Keys
from bot.telegram import menus
from bot.texts import LANGS, Lang, say
from tests.bot.telegram.live import ADMIN, Live, live_bot
from tests.fake_telegram.people import Room


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with live_bot(tmp_path / "home") as live:
        yield live


def publish(live: Live, *, is_forced: bool = False) -> int:
    """The number of calls that it took."""
    before = len(live.telegram.transcript.calls)
    live.run(menus.publish(live.app, live.bot, is_forced=is_forced))
    return len(live.telegram.transcript.calls) - before


def named(room: Room) -> tuple[str, ...]:
    return tuple(one["command"] for one in room.menu())


@pytest.mark.parametrize(("code", "lang"), [("ar", "ar"), ("en", "en"), ("fr", "en"), ("", "en")])
def test_everybody_gets_a_menu_in_their_language(live: Live, code: str, lang: Lang) -> None:
    person = live.telegram.user(7, language_code=code)
    room, group = person.private(), live.telegram.group(-5, person=person)
    live.telegram.user(ADMIN, language_code=code).private()
    publish(live)
    assert named(room) == menus.IN_PRIVATE
    assert named(group) == menus.IN_GROUPS
    assert named(live.telegram.user(ADMIN).private()) == menus.IN_PRIVATE + menus.FOR_ADMINS
    assert room.menu()[0]["description"] == say("bot.command.start", lang)


@pytest.mark.parametrize("lang", LANGS)
def test_the_bots_page_is_in_both_languages(live: Live, lang: Lang) -> None:
    publish(live)
    assert live.run(live.bot.get_my_name(lang)).name == say("bot.name", lang)
    assert live.run(live.bot.get_my_description(lang)).description == say("bot.description", lang)
    short = live.run(live.bot.get_my_short_description(lang)).short_description
    assert short == say("bot.short_description", lang)


def test_what_has_not_changed_is_not_sent_again(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    live.telegram.user(ADMIN).private()
    everything = publish(live)
    assert everything > 10
    assert publish(live) == 0
    monkeypatch.setattr(menus, "IN_GROUPS", menus.IN_GROUPS[:3])
    assert publish(live) == 3
    assert publish(live, is_forced=True) == everything


def test_the_note_of_what_was_sent_says_nothing_of_administrators(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    live.telegram.user(ADMIN).private()
    publish(live)
    file = live.app.settings.home / menus.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert str(ADMIN) not in file.read_text().replace('"', " ").split()
    noted = set(json.loads(file.read_text()))
    monkeypatch.setattr(type(live.app.state), "digest", lambda _, text: Keys("00" * 32).digest(text))
    publish(live, is_forced=True)
    assert not noted & set(json.loads(file.read_text())), "without the state's secret nobody can try a number"


def test_a_note_that_is_cut_short_leaves_the_last_one(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    live.telegram.user(ADMIN).private()
    publish(live)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("json.dump", fail)
    publish(live, is_forced=True)
    monkeypatch.setattr(menus, "IN_GROUPS", menus.IN_GROUPS[:3])
    publish(live)
    monkeypatch.undo()
    assert publish(live) == 0


def test_what_fails_is_one_line_in_the_log_and_is_tried_at_the_next_start(
    live: Live, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else PTB's RetryAfter warns that it will be one
    caplog.set_level(logging.INFO, "bot")
    live.telegram.user(ADMIN).private(started=False)  # a chat that the bot cannot reach
    live.telegram.fail("setMyName", "flood", times=1)
    everything = publish(live)
    assert len([line for line in caplog.messages if "does not take" in line]) == 4
    assert not any(record.exc_info for record in caplog.records if record.name.startswith("bot."))
    live.telegram.user(ADMIN).private().say("/start")
    assert 0 < publish(live) < everything
    assert publish(live) == 0


def test_an_administrator_who_comes_first_after_the_start_gets_the_menu_then(live: Live) -> None:
    publish(live)
    room = live.telegram.user(ADMIN, language_code="en").private()
    assert named(room) == menus.IN_PRIVATE
    live.say(room, "/start")
    assert named(room) == menus.IN_PRIVATE + menus.FOR_ADMINS


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}'])
def test_a_damaged_note_of_what_was_sent_only_costs_calls(live: Live, content: str) -> None:
    live.telegram.user(ADMIN).private()
    everything = publish(live)
    (live.app.settings.home / menus.FILE).write_text(content)
    assert publish(live) == everything
