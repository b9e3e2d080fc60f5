"""A question whose message surely was not sent keeps its place until it is: the real state, the fake Telegram."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.state.records import KeptAnswer
from bot.telegram.conversation import MAX_AGE_S, MAX_ATTEMPTS, UNDELIVERED
from bot.telegram.delivery import TRY_AGAIN_S
from bot.telegram.outgoing import Outgoing
from bot.telegram.split import Part
from bot.texts import plain, say
from rag.errors import StoreUnusable
from rag.ingest import ingest
from tests.bot.telegram.live import Live, live_bot
from tests.corpus import settings_for, write_pages
from tests.fake_telegram.faults import EVERY_FAULT
from tests.fake_telegram.people import Room

BRIDGE, OLIVES = "كم يبلغ طول جسر الوادي الجديد؟", "متى يبدأ موسم الزيتون في سهل النور؟"
HELD = replace(EVERY_FAULT["flood"], retry_after=400)


@dataclass
class Hours:
    """Time that passes when a test lets it."""

    live: Live
    now: float = 0.0
    timers: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def later(self, seconds: float, work: Callable[[], None]) -> Hours:
        self.timers.append((self.now + seconds, work))
        return self

    def cancel(self) -> None:
        """Timers that are called off do no harm here: their line is gone."""

    def let_pass(self, seconds: float) -> None:
        """Let time pass, and the bot do what it is time for."""
        self.now += seconds
        due = [work for when, work in self.timers if when <= self.now]
        self.timers = [timer for timer in self.timers if timer[0] > self.now]
        for work in due:
            work()
        self.live.handle()


@pytest.fixture(autouse=True)
def _no_deprecation(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB warns of its own future at every flood limit unless it is there already."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    ingest([write_pages(tmp_path_factory.mktemp("pages"))], settings_for(home))
    return home


@contextmanager
def live_hours(home: Path, **values: Any) -> Iterator[Hours]:
    for file in home.glob("state.db*"):
        file.unlink()
    with live_bot(home, **values) as live:
        hours = Hours(live)
        delivery = live.app.outbox._delivery
        delivery._clock, delivery._sleep = lambda: hours.now, hours.sleep
        live.app.inbox.postponed._later = hours.later
        yield hours


@pytest.fixture
def hours(home: Path) -> Iterator[Hours]:
    with live_hours(home) as hours:
        yield hours


def person(hours: Hours) -> Room:
    return hours.live.telegram.user(7, language_code="ar").private()


def texts(room: Room) -> list[str]:
    return [message.text for message in room.messages(by_bot=True)]


def ended(hours: Hours) -> dict[str, int]:
    """How many questions ended how."""
    with closing(sqlite3.connect(hours.live.app.settings.home / "state.db")) as database:
        return dict(database.execute("SELECT status, number FROM bot_tally").fetchall())


def in_two_parts(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> None:
    def split(_: object, kept: KeptAnswer) -> Outgoing:
        return Outgoing((Part("", f"أول {kept.question}"), Part("", f"ثان {kept.question}")))

    monkeypatch.setattr("bot.telegram.conversation.answer_outgoing", split)


def test_a_chat_that_is_held_back_gets_its_answer_when_it_is_free(hours: Hours) -> None:
    room = person(hours)
    hours.live.telegram.fail("sendMessage", HELD)
    assert hours.live.say(room, BRIDGE) == []
    assert len(hours.live.app.state.waiting()) == 1
    assert ended(hours) == {}
    hours.let_pass(399)
    assert texts(room) == []
    hours.let_pass(2)
    assert "340" in texts(room)[0]
    assert hours.live.app.state.waiting() == []
    assert ended(hours) == {"answered": 1}


def test_an_outage_of_an_hour_costs_no_question_and_keeps_their_order(hours: Hours) -> None:
    room, live = person(hours), hours.live
    other = live.telegram.user(8, language_code="ar").private()
    room.say(BRIDGE)
    room.say(OLIVES)
    other.say(OLIVES)
    updates = live.run(live.bot.get_updates(timeout=0))
    live.telegram.refuse_connections()
    turns = counted_turns(live)

    async def take_in() -> None:
        for update in updates:
            live._offset = update.update_id + 1
            await live.app.inbox.put(update)

    live.run(take_in())
    live.run(answer_all(live))
    for _ in range(6):
        hours.now += 600
        due, hours.timers = hours.timers, []
        for _, work in due:
            work()
        live.run(answer_all(live))
    assert len(turns) == 2  # one for each chat is worked out, and once
    assert [question.attempts for question in live.app.state.waiting()] == [1, 0, 1]
    live.telegram.accept_connections()
    hours.let_pass(TRY_AGAIN_S)
    assert ["340" in text for text in texts(room)] == [True, False]
    assert len(texts(other)) == 1
    assert live.app.state.waiting() == []


def counted_turns(live: Live) -> list[str]:
    turns: list[str] = []
    turn = live.app.answering.turn

    async def count(text: str, *args: Any, **options: Any) -> Any:
        turns.append(text)
        return await turn(text, *args, **options)

    object.__setattr__(live.app.answering, "turn", count)
    return turns


async def answer_all(live: Live) -> None:
    while not live.app.inbox.empty():
        await live.application.process_update(live.app.inbox.get_nowait())


def test_what_comes_while_others_wait_lines_up_behind_them(hours: Hours) -> None:
    room = person(hours)
    hours.live.telegram.fail("sendMessage", HELD)
    hours.live.say(room, BRIDGE)
    assert hours.live.say(room, OLIVES) == []
    hours.let_pass(401)
    assert ["340" in text for text in texts(room)] == [True, False]


def test_a_message_in_parts_goes_on_where_it_ended(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> None:
    in_two_parts(hours, monkeypatch)
    room = person(hours)
    hours.live.telegram.fail("sendMessage", HELD, skip=1)
    hours.live.say(room, BRIDGE)
    assert texts(room) == [f"أول {BRIDGE}"]
    hours.let_pass(401)
    assert texts(room) == [f"أول {BRIDGE}", f"ثان {BRIDGE}"]
    assert ended(hours) == {"answered": 1}


def test_after_a_restart_the_parts_that_were_sent_are_replaced(
    hours: Hours, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_two_parts(hours, monkeypatch)
    live, room = hours.live, person(hours)
    live.telegram.fail("sendMessage", HELD, skip=1)
    live.say(room, BRIDGE)
    (question,) = live.app.state.waiting()
    assert question.attempts == 1
    inbox = type(live.app.inbox)()
    object.__setattr__(live.app, "inbox", inbox)
    hours.now += 401
    assert live.run(inbox.open(live.app.state, live.app.me)) == 1
    live.run(answer_all(live))
    assert texts(room) == [f"أول {BRIDGE}", f"ثان {BRIDGE}"]
    assert live.app.state.waiting() == []


def test_an_outage_makes_no_attempt_count(hours: Hours) -> None:
    live, room = hours.live, person(hours)
    live.telegram.fail("sendMessage", HELD, times=MAX_ATTEMPTS + 2)
    live.say(room, BRIDGE)
    for _ in range(MAX_ATTEMPTS + 1):
        inbox = type(live.app.inbox)()
        inbox.postponed._later = hours.later
        object.__setattr__(live.app, "inbox", inbox)
        hours.now += 401
        hours.timers.clear()
        live.run(inbox.open(live.app.state, live.app.me))
        live.run(answer_all(live))
    assert texts(room) == []
    hours.let_pass(401)
    assert "340" in texts(room)[0]


def test_a_line_of_ours_waits_too_and_is_the_same_then(home: Path) -> None:
    with live_hours(home, user_per_minute=1) as hours:
        live, room = hours.live, person(hours)
        live.say(room, BRIDGE)
        live.telegram.fail("sendMessage", HELD)
        live.say(room, OLIVES)
        assert len(live.app.state.waiting()) == 1
        hours.let_pass(401)
        assert plain(say("bot.limit.per_minute", "ar")) in texts(room)[-1]
        assert live.app.state.waiting() == []


def test_who_waited_too_long_behind_others_is_told_so(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> None:
    room = person(hours)
    hours.live.telegram.fail("sendMessage", HELD)
    hours.live.say(room, BRIDGE)
    hours.live.say(room, OLIVES)
    monkeypatch.setattr("bot.telegram.conversation.MAX_AGE_S", -1.0)
    hours.let_pass(401)
    assert "340" in texts(room)[0]  # it was ready
    assert plain(say("bot.late", "ar")) in texts(room)[1]
    assert MAX_AGE_S > 400


def test_a_question_in_other_words_takes_the_place_of_what_waits(hours: Hours) -> None:
    room = person(hours)
    hours.live.telegram.fail("sendMessage", HELD)
    said = room.say(BRIDGE)
    hours.live.handle()
    room.edit(said, OLIVES)
    hours.live.handle()
    hours.let_pass(401)
    assert len(texts(room)) == 1
    assert "340" not in texts(room)[0]
    assert hours.live.app.state.waiting() == []


# edits


def test_an_edit_that_did_not_get_through_is_done_later(hours: Hours) -> None:
    room = person(hours)
    said = room.say(BRIDGE)
    hours.live.handle()
    hours.live.telegram.fail("editMessageText", "internal", times=4)
    room.edit(said, OLIVES)
    hours.live.handle()
    assert "340" in texts(room)[0]
    assert len(hours.live.app.state.waiting()) == 1
    hours.let_pass(TRY_AGAIN_S)
    assert len(texts(room)) == 1
    assert "340" not in texts(room)[0]
    assert hours.live.app.state.waiting() == []


def test_an_edit_that_never_gets_through_is_given_up_and_can_be_asked_for_again(hours: Hours) -> None:
    room = person(hours)
    said = room.say(BRIDGE)
    hours.live.handle()
    hours.live.telegram.fail("editMessageText", "internal", times=16)
    room.edit(said, OLIVES)
    hours.live.handle()
    for _ in range(4):
        hours.let_pass(TRY_AGAIN_S)
    assert "340" in texts(room)[0]
    assert hours.live.app.state.waiting() == []
    assert ended(hours) == {"answered": 1, UNDELIVERED: 1}
    room.edit(said, OLIVES)
    hours.live.handle()
    assert "340" not in texts(room)[0]
    assert len(texts(room)) == 1


def test_an_edit_takes_the_place_of_an_apology_too(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> None:
    room = person(hours)
    for wrong in ("س" * 1001, BRIDGE):
        said = room.say(wrong)
        with monkeypatch.context() as patched:
            if wrong == BRIDGE:
                patched.setattr("bot.telegram.conversation.kept_from", None)
            hours.live.handle()
        assert "340" not in texts(room)[-1]
        room.edit(said, f"{BRIDGE} أخبرني")
        hours.live.handle()
        assert "340" in texts(room)[-1]
    assert len(texts(room)) == 2


def test_edits_that_change_nothing_cost_nothing(home: Path) -> None:
    with live_hours(home, user_per_day=2) as hours:
        live, room = hours.live, person(hours)
        said = room.say(BRIDGE)
        live.handle()
        for _ in range(3):
            room.edit(said, BRIDGE)
            live.handle()
        assert len(texts(room)) == 1
        live.say(room, OLIVES)
        assert plain(say("bot.limit.per_day", "ar")) not in texts(room)[-1]
        room.edit(said, f"{BRIDGE} أخبرني")
        live.handle()
        assert "340" in texts(room)[0]  # the answer stays, the limit is told beside it
        assert plain(say("bot.limit.per_day", "ar")) in texts(room)[-1]


def test_of_people_whom_the_bot_is_not_for_nothing_is_kept(home: Path) -> None:
    with live_hours(home, allowed_users=frozenset({8})) as hours:
        live, room = hours.live, person(hours)
        assert len(live.say(room, BRIDGE)) == 1
        assert live.app.state.export(7)["answers"] == []


# what became of it


def test_a_note_that_failed_is_written_as_soon_as_it_can_be(
    hours: Hours, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    live, room = hours.live, person(hours)
    live.app.state._database._engine.dispose()
    monkeypatch.setattr("bot.state.database._PRAGMAS", ("busy_timeout=20", "journal_mode=WAL"))
    notes, is_waiting, go_on = live.app.inbox.notes, asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        is_waiting.set()
        await go_on.wait()

    monkeypatch.setattr(notes, "_sleep", sleep)
    with closing(sqlite3.connect(live.app.settings.home / "state.db", isolation_level=None)) as backup:
        deliver = live.app.outbox.deliver

        async def lock_and_deliver(*args: Any, **options: Any) -> Any:
            backup.execute("BEGIN IMMEDIATE")
            return await deliver(*args, **options)

        monkeypatch.setattr(live.app.outbox, "deliver", lock_and_deliver)
        assert len(live.say(room, BRIDGE)) == 1
        live.run(is_waiting.wait())
        assert len(live.app.state.waiting()) == 1
        backup.execute("ROLLBACK")

        trying = notes._trying
        assert trying is not None

        async def written() -> None:
            go_on.set()
            await trying

        live.run(written())
    assert live.app.state.waiting() == []
    assert ended(hours) == {"answered": 1}
    assert "trying again" in caplog.text


def test_a_note_that_failed_is_tried_once_more_at_the_end(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> None:
    live, room = hours.live, person(hours)
    answered, is_broken = live.app.state.answered, [True]

    def note(*args: Any, **options: Any) -> None:
        if is_broken:
            raise StoreUnusable("x")
        answered(*args, **options)

    monkeypatch.setattr(live.app.state, "answered", note)
    assert len(live.say(room, BRIDGE)) == 1
    assert len(live.app.state.waiting()) == 1
    is_broken.clear()
    live.run(live.app.inbox.finish())
    assert live.app.state.waiting() == []
    assert ended(hours) == {"answered": 1}
