"""After /forget no byte of a person stands in any file: searched as somebody with the disk would."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bot.state import erasure
from bot.state.records import Place
from bot.state.store import State, open_state
from rag.settings import Settings
from tests.bot.state.samples import ALIYA, BADR, DAY_S, GROUP, NOW, Clock, kept, question
from tests.bot.state.test_store import ask, every_value

if TYPE_CHECKING:
    import pytest

CONFIDED = "هل زار عمي المستشفى يوم الثلاثاء؟"
TOLD = "وقال الطبيب إن الزيارة كانت قصيرة جدا."
HOME = Place(ALIYA, ALIYA)


def traces(folder: Path, *wanted: str | int) -> list[str]:
    """Which of `wanted` stand in which file, as text, as JSON's escapes, or as SQLite's eight-byte integers."""
    found = []
    for path in sorted(folder.rglob("*")):
        content = path.read_bytes()
        for item in wanted:
            forms = [str(item).encode(), json.dumps(str(item))[1:-1].encode(), str(item).encode("utf-16-le")]
            if isinstance(item, int):
                forms.append(item.to_bytes(6, "big", signed=True))
            found += [f"{path.name}: {item}" for form in forms if form in content][:1]
    return found


def live(state: State, user_id: int, chance: Random, *, first: int, rounds: int, mark: str = "") -> None:
    """Questions of all lengths, some reworded, some voted on, some never answered."""
    for update_id in range(first, first + rounds):
        place = Place(chance.choice((user_id, GROUP)), user_id, chance.choice((None, 3)))
        text = mark + " كلمة" * chance.randrange(1, 400)
        ask(state, update_id, user_id, text, place=place)
        asked = question(update_id, user_id, text, place=place)
        longer = kept(asked, quote=(mark + " اقتباس") * chance.randrange(1, 300))
        if chance.random() < 0.4:
            state.keep_answer(longer, asked.message_id)
        if chance.random() < 0.2:
            state.vote(f"answer{update_id:04d}", 1)
        if chance.random() < 0.2:
            state.start_anew(place)
        state.spend("user", user_id, f"2026-01-{update_id % 28 + 1:02d}", None)


def confide(state: State, update_id: int = 9001) -> None:
    """Everything that can be kept of a person, in private and in a group."""
    for number, place in enumerate((HOME, Place(GROUP, ALIYA, 3)), update_id):
        asked = question(number, text=CONFIDED, place=place, language_code="ar")
        state.take_in(asked)
        state.begin(number)
        answer = kept(asked, quote=TOLD)
        state.keep_answer(answer, asked.message_id)
        state.answered(asked, answer, [number], status="answered", joins_history=True)
        state.vote(answer.answer_id, -1)
    state.take_in(question(update_id + 2, text=CONFIDED + " ما زلت أنتظر"))
    state.choose_language(ALIYA, "en")
    state.note_reachable(ALIYA, reachable=False)
    state.spend("user", ALIYA, "2026-01-01", None)


def assert_gone(state: State, settings: Settings) -> None:
    """No row, no byte, while the state is open and after it is closed."""
    person, chat = state._keys.person(ALIYA), state._keys.chat(ALIYA)
    wanted = (ALIYA, CONFIDED, CONFIDED[3:9], TOLD, "قصيرة جدا", "answer9001", person, chat)
    assert not every_value(state) & {ALIYA, person, chat}
    assert traces(settings.home, *wanted) == []
    assert not any(value for name, value in state.export(ALIYA).items() if name != "user_id")
    state.close()
    assert traces(settings.home, *wanted) == []


@contextmanager
def a_reader(settings: Settings) -> Iterator[sqlite3.Connection]:
    """Another program in the middle of reading."""
    with closing(sqlite3.connect(settings.home / "state.db", check_same_thread=False)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM bot_turns").fetchone()
        yield reader


def test_the_search_finds_what_is_there(state: State, settings: Settings) -> None:
    confide(state)
    assert len(traces(settings.home, ALIYA, CONFIDED, TOLD)) >= 3


def test_nothing_is_left(state: State, settings: Settings) -> None:
    ask(state, 1, BADR)
    confide(state)
    assert state.forget(ALIYA) == 8
    assert (settings.home / "state.db-wal").stat().st_size <= 3 * 4096 + 32 + 3 * 24, "only that it is erased"
    assert len(state.history(Place(BADR, BADR))) == 1
    assert_gone(state, settings)


def test_nothing_is_left_among_many_rows_of_others(state: State, settings: Settings) -> None:
    """SQLite moves rows about, and `secure_delete` alone leaves copies of one or more of these people behind."""
    chance = Random(2)  # noqa: S311 - repeatable, not secret
    marks = {ALIYA + number: f"علامة{number:03d}" for number in range(60)}
    for update_id in range(1, 901):
        user_id = chance.choice(sorted(marks))
        asked = question(update_id, user_id, marks[user_id] + " كلمة" * chance.randrange(1, 60))
        state.take_in(asked)
        quote = marks[user_id] + " اقتباس" * chance.randrange(1, 80)
        answer = kept(asked, f"{chance.getrandbits(40):010x}", quote=quote)
        state.keep_answer(answer, asked.message_id)
        sent = [chance.randrange(10**6) for _ in range(chance.randrange(1, 4))]
        state.answered(asked, answer, sent, status="answered", joins_history=True)
        if chance.random() < 0.1:
            state.start_anew(asked.place)
    left = list(marks)
    chance.shuffle(left)
    while left:
        user_id = left.pop()
        assert state.forget(user_id)
        assert traces(settings.home, marks[user_id], user_id, state._keys.person(user_id)) == []
        assert state.numbers().num_people == len(left), "and everybody else is still there"
    assert state.numbers().num_people == 0


def test_nothing_is_left_while_others_go_on(state: State, settings: Settings) -> None:
    confide(state)
    done = threading.Event()
    started = threading.Barrier(4)
    failures: list[BaseException] = []

    def others(first: int) -> None:
        try:
            chance = Random(first)  # noqa: S311 - repeatable, not secret
            started.wait(10)
            for number in range(first, first + 4000, 5):
                live(state, BADR + first, chance, first=number, rounds=5)
                if done.is_set():
                    return
        except BaseException as error:  # noqa: BLE001  the test has to see whatever a thread died of
            failures.append(error)

    threads = [threading.Thread(target=others, args=(first,)) for first in (10_000, 20_000, 30_000)]
    for thread in threads:
        thread.start()
    started.wait(10)
    assert state.forget(ALIYA) == 8
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert_gone(state, settings)


def test_it_waits_for_who_is_reading(state: State, settings: Settings) -> None:
    confide(state)
    with a_reader(settings) as reader:
        release = threading.Timer(0.3, reader.rollback)
        release.start()
        state.forget(ALIYA)
        release.join()
        assert_gone(state, settings)


def test_who_reads_for_ever_delays_it_and_the_log_says_so(
    state: State, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(erasure, "_PATIENCE_S", 0.1)
    confide(state)
    with a_reader(settings) as reader, caplog.at_level(logging.WARNING):
        assert state.forget(ALIYA) == 8
        assert "deleted text is still in its files" in caplog.text
        assert str(ALIYA) not in caplog.text
        assert state.history(HOME) == (), "to the bot it is gone"
        assert state.take_in(question(1, BADR)), "and nobody is held up"
        assert traces(settings.home, CONFIDED)
        reader.rollback()
    state.purge()
    assert_gone(state, settings)


def test_what_a_kill_left_goes_with_the_next_opening(
    state: State, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    confide(state)
    with monkeypatch.context() as killed:
        killed.setattr(State, "erase", lambda self: None)
        state.forget(ALIYA)
        assert traces(settings.home, CONFIDED)
    again = open_state(settings)
    assert_gone(again, settings)


def test_two_bots_on_one_file_forget_for_each_other(state: State, settings: Settings) -> None:
    other = open_state(settings)
    confide(other)
    assert state.forget(ALIYA) == 8
    other.close()
    assert_gone(state, settings)


def test_what_is_purged_is_gone_from_the_files_too(state: State, settings: Settings, clock: Clock) -> None:
    ask(state, 1, BADR)
    confide(state)
    clock.now += 31 * DAY_S
    state.purge()
    assert traces(settings.home, CONFIDED, TOLD) == []


def test_an_answer_in_the_making_is_not_kept_for_who_was_forgotten(state: State, settings: Settings) -> None:
    asked = question(9001, text=CONFIDED, place=Place(GROUP, ALIYA))
    state.take_in(asked)
    state.begin(9001)
    state.forget(ALIYA)
    answer = kept(asked, quote=TOLD)
    state.keep_answer(answer, asked.message_id)
    state.answered(asked, answer, [5], status="answered", joins_history=True)
    assert state.numbers().num_answered == 1
    assert state.history(asked.place) == ()
    later = replace(asked, update_id=9002, message_id=999, text="سؤال جديد؟")
    state.take_in(later)
    state.answered(later, None, [6], status="failed", joins_history=True)
    assert state.history(asked.place) == ("سؤال جديد؟",)
    state.forget(ALIYA)
    assert_gone(state, settings)


def test_a_message_reworded_after_forgetting_is_a_question_again(state: State) -> None:
    asked = question(1)
    state.take_in(asked)
    state.forget(ALIYA)
    assert not state.take_in(asked), "Telegram may still hand it out again"
    state.finish(1)
    edit = replace(asked, update_id=2, is_edit=True)
    state.take_in(edit)
    state.keep_answer(kept(edit), edit.message_id)
    assert state.answer_to(HOME, edit.message_id) is not None


def test_what_was_spent_today_stays_spent(state: State) -> None:
    day = "2026-01-01"
    assert all(state.spend("user", ALIYA, day, 5) for _ in range(3))
    state.forget(ALIYA)
    assert [state.spend("user", ALIYA, day, 5) for _ in range(3)] == [True, True, False]
    state.forget(ALIYA)
    assert not state.spend("user", ALIYA, day, 5)
    assert state.spend("user", ALIYA, "2026-01-02", 5)
    assert state.spend("user", BADR, day, 5)


def test_forgetting_a_stranger_deletes_nothing(state: State) -> None:
    ask(state, 1, BADR, received_at=NOW)
    assert state.forget(ALIYA) == 0
    assert len(state.history(Place(BADR, BADR))) == 1


def test_who_only_ever_got_apologies_leaves_nothing_either(state: State, settings: Settings) -> None:
    """No row is left to delete, and yet the log that SQLite writes ahead may still hold the question."""
    asked = question(1, text=CONFIDED)
    state.take_in(asked)
    state.answered(asked, None, [5], status="failed", joins_history=False)
    assert traces(settings.home, CONFIDED)
    assert state.forget(ALIYA) == 0
    assert_gone(state, settings)
