"""What is sent arrives once, whatever Telegram and the network do: the real PTB against the fake server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from bot.state.records import Place
from bot.telegram.connection import connect
from bot.telegram.delivery import NotDelivered, Unreachable
from bot.telegram.keyboards import Button
from bot.telegram.monitoring import Metrics
from bot.telegram.outbox import Outbox
from bot.telegram.outgoing import Outgoing
from bot.telegram.polling import Pulse
from bot.telegram.split import Part
from rag.settings import load_settings
from tests.fake_telegram.fake import FakeTelegram
from tests.fake_telegram.faults import EVERY_FAULT, Fault
from tests.fake_telegram.people import Room

T = TypeVar("T")
Test = Callable[["Sender"], Coroutine[Any, Any, T]]
KEYBOARD = ((Button("الأول", "q:abc:1"),), (Button("الرابط", url="https://example.org/"),))


@dataclass
class Sender:
    """An outbox whose waits take no time."""

    outbox: Outbox
    room: Room
    now: float = 0.0
    waits: list[float] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    moved: list[tuple[int, int]] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return Place(self.room.id, 7)


@pytest.fixture(autouse=True)
def _no_deprecation(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB warns of its own future at every flood limit unless it is there already."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram:
        yield telegram


def run(telegram: FakeTelegram, test: Test[T], room: Room | None = None) -> T:
    """Do `test` with an outbox for `room`, a private chat unless one is given."""

    async def work() -> T:
        settings = load_settings(telegram_bot_token=telegram.token, telegram_api_base=telegram.url)
        bot = connect(settings, telegram.token, Pulse(lambda _: None))
        sender: Sender

        async def sleep(seconds: float) -> None:
            sender.waits.append(seconds)
            sender.now += seconds

        async def lose(chat_id: int) -> None:
            sender.lost.append(chat_id)

        async def follow(old_id: int, new_id: int) -> None:
            sender.moved.append((old_id, new_id))

        outbox = Outbox(bot, lose, follow, metrics=Metrics(), clock=lambda: sender.now, sleep=sleep)
        sender = Sender(outbox, room or telegram.user(7).private())
        await bot.initialize()
        try:
            return await test(sender)
        finally:
            await bot.shutdown()

    return asyncio.run(work())


def outgoing(*texts: str, keyboard: Any = ()) -> Outgoing:
    return Outgoing(tuple(Part(f"<b>{text}</b>", text) for text in texts), keyboard)


def texts(room: Room) -> list[str]:
    return [message.text for message in room.messages(by_bot=True)]


def test_parts_arrive_in_order_the_keyboard_on_the_last_the_reply_on_the_first(telegram: FakeTelegram) -> None:
    said = telegram.user(7).private().say("سؤال")

    async def test(sender: Sender) -> tuple[int, ...]:
        return await sender.outbox.send(
            sender.place, outgoing("أول", "ثان", keyboard=KEYBOARD), reply_to=said.message_id
        )

    ids = run(telegram, test)
    first, last = telegram.user(7).private().messages(by_bot=True)
    assert ids == (first.message_id, last.message_id)
    assert (first.text, last.text) == ("أول", "ثان")
    assert (first.reply_to, last.reply_to) == (said.message_id, None)
    assert first.rows == ()
    assert [(button.data, button.url) for button in last.buttons] == [("q:abc:1", ""), ("", "https://example.org/")]
    assert [entity["type"] for entity in first.entities] == ["bold"]
    assert not first.preview


def test_a_reply_to_what_is_gone_is_sent_all_the_same(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> None:
        await sender.outbox.send(sender.place, outgoing("جواب"), reply_to=999)

    run(telegram, test)
    assert texts(telegram.room(7)) == ["جواب"]


@pytest.mark.parametrize(
    ("fault", "arrived", "calls"),
    [
        ("internal", 1, 2),
        ("unauthorized", 1, 2),
        ("not_found", 1, 2),
        ("conflict", 1, 2),
        ("bad_gateway", 1, 2),
        ("flood", 1, 2),
        ("parse_error", 1, 2),
        ("dropped_unread", 0, 1),
        ("dropped", 0, 1),
        ("dropped_after_effect", 1, 1),
        ("half", 1, 1),
        ("garbage", 1, 1),
    ],
)
def test_what_may_have_arrived_is_not_sent_again(telegram: FakeTelegram, fault: str, arrived: int, calls: int) -> None:
    telegram.fail("sendMessage", fault)

    async def test(sender: Sender) -> tuple[int, ...]:
        return await sender.outbox.send(sender.place, outgoing("جواب"))

    run(telegram, test)
    assert texts(telegram.room(7)) == ["جواب"] * arrived
    assert len(telegram.transcript.of("sendMessage")) == calls


def test_a_send_that_timed_out_is_not_sent_again(telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.connection._READ_S", 0.2)
    telegram.fail("sendMessage", replace(EVERY_FAULT["slow_answer"], delay_after=0.6))

    async def test(sender: Sender) -> tuple[int, ...]:
        return await sender.outbox.send(sender.place, outgoing("جواب"))

    assert run(telegram, test) == ()
    assert len(telegram.transcript.of("sendMessage")) == 1


@pytest.mark.parametrize(("status", "copies"), [(500, 3), (502, 3), (503, 3), (504, 1), (520, 1)])
def test_what_a_5xx_denies_and_did_all_the_same_arrives_three_times_at_most(
    telegram: FakeTelegram, status: int, copies: int
) -> None:
    telegram.fail("sendMessage", replace(EVERY_FAULT["bad_gateway_after_effect"], status=status), times=None)

    async def test(sender: Sender) -> None:
        assert await sender.outbox.deliver(sender.place, outgoing("جواب")) == ()

    run(telegram, test)
    assert texts(telegram.room(7)) == ["جواب"] * copies


def test_after_a_5xx_not_even_a_lost_connection_is_certain(telegram: FakeTelegram) -> None:
    telegram.fail("sendMessage", "bad_gateway_after_effect")

    async def test(sender: Sender) -> None:
        async def sleep(seconds: float) -> None:
            sender.now += seconds
            await asyncio.to_thread(telegram.refuse_connections)

        sender.outbox._delivery._sleep = sleep
        assert await sender.outbox.deliver(sender.place, outgoing("جواب")) == ()
        await asyncio.to_thread(telegram.accept_connections)

    run(telegram, test)
    assert texts(telegram.room(7)) == ["جواب"]


def test_a_429_without_a_time_is_waited_for(telegram: FakeTelegram) -> None:
    telegram.fail("sendMessage", Fault(status=429))

    async def test(sender: Sender) -> list[float]:
        assert await sender.outbox.deliver(sender.place, outgoing("جواب"))
        return sender.waits

    assert run(telegram, test)[0] == pytest.approx(5, abs=0.1)
    assert texts(telegram.room(7)) == ["جواب"]


def test_what_surely_was_not_sent_is_told_with_what_was(telegram: FakeTelegram) -> None:
    telegram.fail("sendMessage", replace(EVERY_FAULT["flood"], retry_after=400), skip=1)

    async def test(sender: Sender) -> None:
        with pytest.raises(NotDelivered) as raised:
            await sender.outbox.deliver(sender.place, outgoing("أول", "ثان", "ثالث", keyboard=KEYBOARD))
        assert (len(raised.value.sent), raised.value.num_parts) == (1, 1)
        assert raised.value.wait_s == pytest.approx(400)

    run(telegram, test)
    assert texts(telegram.room(7)) == ["أول"]
    assert len(telegram.transcript.of("sendMessage")) == 2


def test_what_is_kept_makes_way_after_half_a_minute(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> list[float]:
        await asyncio.to_thread(telegram.refuse_connections)
        with pytest.raises(NotDelivered):
            await sender.outbox.deliver(sender.place, outgoing("جواب"))
        await asyncio.to_thread(telegram.accept_connections)
        return sender.waits

    assert run(telegram, test) == [1, 2, 4, 8]


@pytest.mark.parametrize(
    "reason",
    [
        "not enough rights to send text messages to the chat",
        "have no rights to send a message",
        "CHAT_WRITE_FORBIDDEN",
        "TOPIC_CLOSED",
        "CHAT_SEND_PLAIN_FORBIDDEN",
        "need administrator rights in the channel chat",
    ],
)
def test_where_the_bot_may_not_write_no_other_words_are_tried(telegram: FakeTelegram, reason: str) -> None:
    telegram.fail("sendMessage", Fault(status=400, description=f"Bad Request: {reason}"), times=None)

    async def test(sender: Sender) -> list[int]:
        with pytest.raises(Unreachable):
            await sender.outbox.deliver(sender.place, outgoing("جواب", keyboard=KEYBOARD))
        return sender.lost

    assert run(telegram, test) == [7]
    assert len(telegram.transcript.of("sendMessage")) == 1


def test_a_server_that_is_not_there_is_tried_again_and_then_given_up(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> tuple[int, ...]:
        await asyncio.to_thread(telegram.refuse_connections)
        assert await sender.outbox.send(sender.place, outgoing("ضائع")) == ()
        assert sender.waits[:7] == [1, 2, 4, 8, 16, 30, 30]
        assert 240 < sum(sender.waits) <= 300
        await asyncio.to_thread(telegram.accept_connections)
        return await sender.outbox.send(sender.place, outgoing("جواب"))

    assert len(run(telegram, test)) == 1
    assert texts(telegram.room(7)) == ["جواب"]


def test_what_telegram_does_not_take_for_a_reason_of_its_own_arrives_bare(telegram: FakeTelegram) -> None:
    telegram.fail("sendMessage", "bad_request")

    async def test(sender: Sender) -> None:
        await sender.outbox.send(sender.place, Outgoing((Part("<b>جواب</b>", "جواب"),), KEYBOARD))

    run(telegram, test)
    (message,) = telegram.room(7).messages(by_bot=True)
    assert (message.text, message.buttons) == ("جواب", ())


def test_text_that_telegram_cannot_parse_arrives_plain(telegram: FakeTelegram) -> None:
    broken = Outgoing((Part("<b>جواب", "جواب"),), KEYBOARD)

    async def test(sender: Sender) -> None:
        await sender.outbox.send(sender.place, broken)

    run(telegram, test)
    (message,) = telegram.room(7).messages(by_bot=True)
    assert (message.text, message.entities) == ("جواب", ())
    assert len(message.buttons) == 2


def test_text_that_is_too_long_arrives_in_pieces_with_all_its_words(telegram: FakeTelegram) -> None:
    text = " ".join(f"كلمة{number}" for number in range(1500))

    async def test(sender: Sender) -> None:
        await sender.outbox.send(sender.place, Outgoing((Part(text, text),), KEYBOARD))

    run(telegram, test)
    messages = telegram.room(7).messages(by_bot=True)
    assert len(messages) > 1
    assert " ".join(message.text.strip() for message in messages).split() == text.split()
    assert [bool(message.buttons) for message in messages] == [False] * (len(messages) - 1) + [True]


def test_a_flooded_chat_waits_alone(telegram: FakeTelegram) -> None:
    flooded, other = telegram.user(7).private(), telegram.user(8).private()
    telegram.fail("sendMessage", replace(EVERY_FAULT["flood"], retry_after=40), chat=flooded)

    async def test(sender: Sender) -> None:
        held = asyncio.Event()
        begun = asyncio.Event()

        async def sleep(seconds: float) -> None:
            begun.set()
            await held.wait()
            sender.now += seconds

        sender.outbox._delivery._sleep = sleep
        waiting = asyncio.create_task(sender.outbox.send(sender.place, outgoing("لاحقا")))
        await begun.wait()
        await sender.outbox.act(sender.place)
        assert await sender.outbox.send(Place(8, 8), outgoing("الآن"))
        assert texts(flooded) == []
        held.set()
        assert await waiting

    run(telegram, test)
    assert texts(flooded) == ["لاحقا"]
    assert texts(other) == ["الآن"]
    assert flooded.actions() == []


def test_a_chat_that_is_held_back_for_too_long_is_given_up(telegram: FakeTelegram) -> None:
    telegram.fail("sendMessage", replace(EVERY_FAULT["flood"], retry_after=400))

    async def test(sender: Sender) -> list[float]:
        assert await sender.outbox.send(sender.place, outgoing("جواب")) == ()
        return sender.waits

    assert run(telegram, test) == []


@pytest.mark.parametrize("fault", ["forbidden", "chat_not_found"])
def test_who_blocked_the_bot_is_noted(telegram: FakeTelegram, fault: str) -> None:
    telegram.fail("sendMessage", fault, times=None)

    async def test(sender: Sender) -> list[int]:
        assert await sender.outbox.send(sender.place, outgoing("جواب")) == ()
        return sender.lost

    assert run(telegram, test) == [7]
    assert len(telegram.transcript.of("sendMessage")) == 1


def test_a_group_that_became_a_supergroup_is_followed(telegram: FakeTelegram) -> None:
    person = telegram.user(7)
    group = telegram.group(-500, kind="group", person=person)
    new = telegram.migrate(group)

    async def test(sender: Sender) -> list[tuple[int, int]]:
        assert await sender.outbox.send(sender.place, outgoing("جواب"))
        assert await sender.outbox.send(sender.place, outgoing("آخر"))
        return sender.moved

    assert run(telegram, test, group) == [(-500, new.id)]
    assert texts(new) == ["جواب", "آخر"]


def test_a_topic_that_is_gone_gets_its_answer_in_the_group(telegram: FakeTelegram) -> None:
    group = telegram.group(-1000500, forum=True, person=telegram.user(7))

    async def test(sender: Sender) -> None:
        await sender.outbox.send(replace(sender.place, thread_id=77), outgoing("جواب"))

    run(telegram, test, group)
    assert texts(group) == ["جواب"]


def test_an_edit_takes_the_place_of_what_was_there(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> None:
        outbox, place = sender.outbox, sender.place
        ids = await outbox.send(place, outgoing("أول", "ثان", keyboard=KEYBOARD))
        assert await outbox.edit(place, ids, outgoing("أول", "ثان", keyboard=KEYBOARD)) == ids
        assert await outbox.edit(place, ids, outgoing("قصير", keyboard=KEYBOARD)) == ids[:1]
        assert texts(sender.room) == ["قصير"]
        assert len(sender.room.messages(by_bot=True)[0].buttons) == 2
        longer = await outbox.edit(place, ids[:1], outgoing("أ", "ب", "ج", keyboard=KEYBOARD))
        assert longer[0] == ids[0]
        assert texts(sender.room) == ["أ", "ب", "ج"]
        assert [len(message.buttons) for message in sender.room.messages(by_bot=True)] == [0, 0, 2]

    run(telegram, test)


def test_an_edit_of_what_is_gone_is_sent_anew(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> None:
        ids = await sender.outbox.send(sender.place, outgoing("قديم"))
        sender.room.delete(ids[0])
        new = await sender.outbox.edit(sender.place, ids, outgoing("جديد"))
        assert new != ids
        assert texts(sender.room) == ["جديد"]
        await sender.outbox.edit_keyboard(sender.place, ids[0], KEYBOARD)

    run(telegram, test)


def test_an_edit_is_tried_again_after_any_fault_of_the_network(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> None:
        ids = await sender.outbox.send(sender.place, outgoing("قديم"))
        for fault in ("dropped", "dropped_after_effect", "bad_gateway", "half"):
            telegram.fail("editMessageText", fault)
            assert await sender.outbox.edit(sender.place, ids, outgoing(fault)) == ids
            assert texts(sender.room) == [fault]

    run(telegram, test)


def test_an_edit_that_did_not_get_through_is_told_and_can_be_done_later(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> None:
        ids = await sender.outbox.send(sender.place, outgoing("قديم"))
        telegram.fail("editMessageText", "internal", times=4)
        with pytest.raises(NotDelivered) as raised:
            await sender.outbox.deliver(sender.place, outgoing("جديد"), in_place_of=ids)
        assert raised.value.is_doubtful
        assert texts(sender.room) == ["قديم"]
        assert await sender.outbox.deliver(sender.place, outgoing("جديد"), in_place_of=ids) == ids
        assert texts(sender.room) == ["جديد"]

    run(telegram, test)


def test_an_edit_that_is_not_taken_in_any_words_is_sent_as_a_reply(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> None:
        ids = await sender.outbox.send(sender.place, outgoing("قديم"))
        telegram.fail("editMessageText", "bad_request", times=None)
        new = await sender.outbox.deliver(sender.place, outgoing("جديد"), in_place_of=ids, reply_to=ids[0])
        assert new != ids
        assert texts(sender.room) == ["قديم", "جديد"]
        assert sender.room.messages(by_bot=True)[-1].reply_to == ids[0]

    run(telegram, test)


@pytest.mark.parametrize("fault", ["bad_request", "flood", "forbidden", "bad_gateway", "dropped", "garbage"])
def test_nothing_that_telegram_does_is_raised(telegram: FakeTelegram, fault: str) -> None:
    async def test(sender: Sender) -> None:
        outbox, place = sender.outbox, sender.place
        ids = await outbox.send(place, outgoing("نص", keyboard=KEYBOARD))
        telegram.fail("*", replace(EVERY_FAULT[fault], retry_after=200 if fault == "flood" else 0), times=None)
        await outbox.act(place)
        await outbox.toast("77", "نص")
        await outbox.edit_keyboard(place, ids[0], ())
        await outbox.edit(place, ids, outgoing("آخر"))
        await outbox.send_file(place, "a.json", b"{}")
        assert await outbox.fetch("no-such-file", 10) is None

    run(telegram, test)


def test_a_press_is_answered_and_one_that_is_too_old_disturbs_nobody(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> None:
        (message_id,) = await sender.outbox.send(sender.place, outgoing("نص", keyboard=KEYBOARD))
        query = sender.room.press(message_id, "الأول")
        telegram.fail("answerCallbackQuery", "bad_gateway")
        await sender.outbox.toast(query, "ب" * 300)
        assert telegram.toast(query) == {"text": "ب" * 200, "show_alert": False, "url": ""}
        late = sender.room.press(message_id, "الأول")
        telegram.advance(3600)
        await sender.outbox.toast(late, "نص")
        assert telegram.toast(late) is None

    run(telegram, test)


def test_a_file_is_sent_and_one_is_fetched_but_never_more_of_it_than_allowed(telegram: FakeTelegram) -> None:
    room = telegram.user(7).private()
    room.send_document("a.txt", b"x" * 5000)
    room.send_document("b.txt", b"y" * 5000, size=10)
    honest, lying = (message.document["file_id"] for message in room.messages() if message.document)

    async def test(sender: Sender) -> None:
        await sender.outbox.send_file(sender.place, "export.json", b"{}", caption="نسخة")
        assert await sender.outbox.fetch(honest, 5000) == b"x" * 5000
        assert await sender.outbox.fetch(honest, 4999) is None
        assert await sender.outbox.fetch(lying, 100) is None

    run(telegram, test)
    sent = room.messages(by_bot=True)[0]
    assert sent.document is not None
    assert (sent.document["file_name"], sent.caption) == ("export.json", "نسخة")


def test_of_a_file_is_told_whether_it_surely_did_not_arrive(telegram: FakeTelegram) -> None:
    async def test(sender: Sender) -> None:
        for fault, is_sent in (("bad_request", False), ("dropped_after_effect", True), ("forbidden", True)):
            telegram.fail("sendDocument", fault)
            assert await sender.outbox.send_file(sender.place, "a.json", b"{}") is is_sent
        telegram.fail("sendDocument", replace(EVERY_FAULT["flood"], retry_after=400))
        assert not await sender.outbox.send_file(sender.place, "a.json", b"{}")

    run(telegram, test)


def test_a_file_that_comes_in_drops_is_not_waited_for(telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telegram.outbox._FETCH_WITHIN_S", 0.3)

    async def test(sender: Sender) -> bytes | None:
        is_closed = asyncio.Event()

        async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            with suppress(ConnectionError):
                while not writer.is_closing():
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.02)
            with suppress(ConnectionError):
                writer.close()
                await writer.wait_closed()
            is_closed.set()

        async with await asyncio.start_server(drip, "127.0.0.1", 0) as server, asyncio.timeout(5):
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

            async def get_file(_: str) -> SimpleNamespace:
                return SimpleNamespace(file_path=url, file_size=None)

            monkeypatch.setattr(sender.outbox, "_bot", SimpleNamespace(get_file=get_file))
            fetched = await sender.outbox.fetch("7", 1_000_000)
            await is_closed.wait()
            return fetched

    assert run(telegram, test) is None


def test_signs_of_life_that_hang_leave_connections_for_messages(telegram: FakeTelegram) -> None:
    telegram.fail("sendChatAction", "never_answered", times=None)

    async def test(sender: Sender) -> None:
        signs = [asyncio.create_task(sender.outbox.act(Place(chat, chat))) for chat in range(100, 180)]
        await asyncio.to_thread(telegram.wait_for, lambda: len(telegram.transcript.of("sendChatAction")) >= 24)
        async with asyncio.timeout(2):
            assert await sender.outbox.deliver(sender.place, outgoing("جواب"))
        assert len(telegram.transcript.of("sendChatAction")) == 24
        for sign in signs:
            sign.cancel()
        await asyncio.gather(*signs, return_exceptions=True)

    run(telegram, test)


def test_signs_of_life_do_not_use_up_what_a_group_may_be_sent(telegram: FakeTelegram) -> None:
    group = telegram.group(-1000500, person=telegram.user(7))

    async def test(sender: Sender) -> None:
        async with asyncio.timeout(5):
            for _ in range(25):
                await sender.outbox.act(sender.place)
            await sender.outbox.send(sender.place, outgoing("جواب"))

    run(telegram, test, group)
    assert len(group.actions()) == 25
