from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.state.records import Place, Question
from bot.telegram.conversation import LAST_ATTEMPT, MAX_AGE_S, MAX_ATTEMPTS, answer_question
from bot.telegram.typing import typing
from bot.texts import Lang, plain, say
from rag.errors import ServerUnavailable, StoreUnusable
from rag.schema import Answer
from tests.bot.fakes import FIRST, FakePipeline, answered, refused
from tests.bot.telegram.small_bot import GROUP, PRIVATE, Recorder, SmallBot, small_bot, text_update


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[SmallBot]:
    with small_bot(tmp_path) as made:
        made.open()
        yield made


def question(number: int = 1, text: str = "متى افتتح الجسر؟", place: Place = PRIVATE, **changes: Any) -> Question:
    made = Question(number, place, number, text, time.time(), "ar")
    return replace(made, **changes)


def asked(bot: SmallBot, *questions: Question) -> None:
    """Take in and answer."""
    for one in questions:
        assert bot.app.state.take_in(one)
    bot.ask(*questions)


def counted(bot: SmallBot, status: str) -> float:
    return float(bot.app.metrics._questions.labels(status)._value.get())


def line(key: str, lang: Lang = "ar", **values: object) -> str:
    return plain(say(key, lang, **values))


def test_a_question_gets_one_answer_and_leaves_the_inbox(bot: SmallBot) -> None:
    asked(bot, question())
    sent = bot.outbox.only
    assert (sent.how, sent.place, sent.reply_to) == ("send", PRIVATE, None)
    assert FIRST in sent.text
    assert bot.waiting == []
    assert bot.app.state.history(PRIVATE) == ("متى افتتح الجسر؟",)
    assert counted(bot, "answered") == 1


def test_the_sign_of_life_comes_first(bot: SmallBot) -> None:
    asked(bot, question())
    assert bot.outbox.events == ["act", "acted", "send"]


def test_a_sign_of_life_that_hangs_holds_up_no_answer(bot: SmallBot) -> None:
    bot.outbox.before_act = asyncio.Event().wait
    asked(bot, question())
    assert bot.outbox.events == ["act", "send"]


def test_the_sign_of_life_is_kept_up_until_the_end() -> None:
    outbox, is_third = Recorder(), asyncio.Event()

    async def count() -> None:
        if outbox.events.count("act") == 3:
            is_third.set()

    async def work() -> None:
        outbox.before_act = count
        async with typing(outbox, PRIVATE, every_s=0.001):  # type: ignore[arg-type]
            await is_third.wait()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(work())


def test_its_buttons_are_kept_before_it_is_sent(bot: SmallBot, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    send = bot.outbox.send

    async def look_first(place: Place, outgoing: Any, **options: Any) -> tuple[int, ...]:
        answer_id = outgoing.keyboard[0][0].data.split(":")[1]
        loaded.append(bot.app.state.load_answer(answer_id))
        return await send(place, outgoing, **options)

    monkeypatch.setattr(bot.outbox, "send", look_first)
    asked(bot, question())
    kept = bot.app.state.answer_to(PRIVATE, 1)
    assert kept is not None
    assert loaded == [replace(kept, place=None, message_ids=())]
    assert kept.message_ids == bot.outbox.only.ids


def test_a_follow_up_knows_the_conversation_of_its_own_place(bot: SmallBot) -> None:
    topic = replace(GROUP, thread_id=3)
    asked(bot, question(1, "أ", GROUP), question(2, "ب", GROUP), question(3, "ج", topic), question(4, "د", PRIVATE))
    assert bot.pipeline.asked == [("أ", ()), ("ب", ("أ",)), ("ج", ()), ("د", ())]


@pytest.mark.parametrize("reason", ["not_understood", "empty_question", "empty_index"])
def test_what_was_no_question_joins_no_history(bot: SmallBot, reason: str) -> None:
    bot.pipeline.reply = lambda text: refused(reason, text)
    asked(bot, question(text="🙂"))
    assert bot.app.state.history(PRIVATE) == ()
    assert len(bot.outbox.sent) == 1
    assert counted(bot, "refused") == 1


def test_a_group_gets_replies(bot: SmallBot) -> None:
    asked(bot, question(5, place=GROUP))
    assert bot.outbox.only.reply_to == 5


def test_in_private_a_reply_says_which_of_several_is_answered(bot: SmallBot) -> None:
    bot.ask(*bot.take_in(text_update(1, "أ"), text_update(2, "ب")))
    (alone,) = bot.take_in(text_update(1005, "ج"))
    bot.ask(alone)
    assert [sent.reply_to for sent in bot.outbox.sent] == [1, 2, None]


def test_the_language_is_the_persons(bot: SmallBot) -> None:
    bot.pipeline.reply = lambda text: refused("no_evidence", text)
    asked(bot, question(1, language_code="en"), question(2, language_code="ar"))
    bot.app.state.choose_language(7, "ar")
    asked(bot, question(3, language_code="en"))
    lines = [line("refused.no_evidence", lang) for lang in ("en", "ar", "ar")]
    assert [said in sent.text for said, sent in zip(lines, bot.outbox.sent, strict=True)] == [True] * 3


def test_a_long_question_is_not_searched(bot: SmallBot) -> None:
    asked(bot, question(text="س" * 1001), question(2, text="س" * 1000))
    assert line("bot.too_long", letters=1000) in bot.outbox.sent[0].text
    assert [text for text, _ in bot.pipeline.asked] == ["س" * 1000]
    assert bot.waiting == []


@pytest.mark.parametrize(
    ("error", "key", "status"),
    [
        (ServerUnavailable("x"), "bot.failed", "failed"),
        (RuntimeError("سر"), "bot.failed", "failed"),
        (TimeoutError(), "bot.timeout", "timeout"),
    ],
)
def test_a_question_that_breaks_gets_one_apology(
    bot: SmallBot, caplog: pytest.LogCaptureFixture, error: Exception, key: str, status: str
) -> None:
    def fail(_: str) -> Answer:
        raise error

    bot.pipeline.reply = fail
    asked(bot, question(text="سؤال سري"))
    assert bot.outbox.only.text.endswith(line(key))
    assert bot.waiting == []
    assert counted(bot, status) == 1
    assert type(error).__name__ in caplog.text
    assert "سر" not in caplog.text
    bot.pipeline.reply = answered
    asked(bot, question(2))
    assert FIRST in bot.outbox.sent[-1].text


def test_a_late_answer_is_an_apology_in_time(tmp_path: Path) -> None:
    go_on = threading.Event()
    with small_bot(
        tmp_path, FakePipeline(lambda text: answered(text) if go_on.wait(20) else answered()), timeout_s=0.05
    ) as bot:
        asked(bot, question())
        go_on.set()
    assert bot.outbox.only.text.endswith(line("bot.timeout"))


@pytest.mark.parametrize("broken", ["begin", "history", "chosen_language", "keep_answer"])
def test_a_store_that_fails_is_apologised_for(bot: SmallBot, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(*_: object) -> None:
        raise StoreUnusable("x")

    asked_for = question()
    assert bot.app.state.take_in(asked_for)
    with monkeypatch.context() as patched:
        patched.setattr(type(bot.app.state), broken, fail)
        bot.ask(asked_for)
    assert bot.outbox.only.text.endswith(line("bot.failed"))
    assert bot.waiting == []


def test_what_fails_after_the_answer_leads_to_no_second_message(bot: SmallBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreUnusable("x")

    monkeypatch.setattr(type(bot.app.state), "answered", fail)
    asked(bot, question())
    assert FIRST in bot.outbox.only.text


def test_a_limit_is_told_once_and_then_kept_in_silence(tmp_path: Path) -> None:
    with small_bot(tmp_path, user_per_minute=1) as bot:
        asked(bot, *(question(number) for number in (1, 2, 3)))
        assert [sent.text for sent in bot.outbox.sent][1:] == [bot.outbox.sent[1].text]
        assert line("bot.limit.per_minute") in bot.outbox.sent[1].text
        assert bot.waiting == []
        assert bot.outbox.events.count("act") == 1
        assert (counted(bot, "answered"), counted(bot, "limited")) == (1, 2)


def test_who_may_not_ask_is_told_so(tmp_path: Path) -> None:
    with small_bot(tmp_path, allowed_users={8}) as bot:
        asked(bot, question(1), question(2))
        assert line("bot.limit.not_allowed") in bot.outbox.only.text
        assert bot.pipeline.asked == []


def test_the_budget_of_the_language_model_is_asked_for(tmp_path: Path) -> None:
    with small_bot(tmp_path, llm_per_day=1) as bot:
        asked(bot, question(1), question(2))
        assert [options["write"]() for options in bot.pipeline.options] == [True, False]


def test_a_question_begun_before_a_kill_is_answered_and_paid_once(tmp_path: Path) -> None:
    with small_bot(tmp_path, user_per_day=1) as bot:
        asked(bot, question(1))
        later = question(2, attempts=1)
        assert bot.app.state.take_in(later)
        bot.ask(later)
        assert [FIRST in sent.text for sent in bot.outbox.sent] == [True, True]
        assert bot.outbox.sent[1].reply_to == 2


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"attempts": MAX_ATTEMPTS}, "bot.interrupted"),
        ({"received_at": time.time() - MAX_AGE_S - 60}, "bot.interrupted"),
    ],
    ids=["too often", "too old"],
)
def test_what_cannot_be_answered_any_more_gets_an_apology(bot: SmallBot, changes: dict[str, Any], key: str) -> None:
    asked(bot, question(**changes))
    assert bot.outbox.only.text.endswith(line(key))
    assert bot.pipeline.asked == []
    assert bot.waiting == []


def test_a_question_that_waited_too_long_without_a_restart_is_apologised_for(bot: SmallBot) -> None:
    bot.app.inbox.opened_at -= 10_000
    asked(bot, question(received_at=time.time() - MAX_AGE_S - 1))
    assert line("bot.late") in bot.outbox.only.text


def test_what_ended_the_process_even_so_is_crossed_out_before_its_last_apology(
    bot: SmallBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_then = []
    send = bot.outbox.send

    async def look_first(place: Place, outgoing: Any, **options: Any) -> tuple[int, ...]:
        waiting_then.append(bot.waiting)
        return await send(place, outgoing, **options)

    monkeypatch.setattr(bot.outbox, "send", look_first)
    asked(bot, question(attempts=LAST_ATTEMPT))
    assert line("bot.interrupted") in bot.outbox.only.text
    assert waiting_then == [[]]


def test_an_edit_is_answered_in_place(bot: SmallBot) -> None:
    asked(bot, question(1, "أول"), question(2, "متا؟"), question(3, "آخر"))
    bot.pipeline.asked.clear()
    asked(bot, question(9, "متى؟", message_id=2, is_edit=True))
    first, edit = bot.outbox.sent[1], bot.outbox.sent[-1]
    assert (edit.how, edit.ids) == ("edit", first.ids)
    assert bot.pipeline.asked == [("متى؟", ("أول",))]
    assert bot.app.state.history(PRIVATE) == ("أول", "متى؟", "آخر")
    kept = bot.app.state.answer_to(PRIVATE, 2)
    assert kept is not None
    assert (kept.question, kept.message_ids) == ("متى؟", first.ids)
    assert edit.data[0].split(":")[1] == kept.answer_id != first.data[0].split(":")[1]


def test_an_edit_that_changes_nothing_does_nothing(bot: SmallBot) -> None:
    asked(bot, question(1), question(2, message_id=1, is_edit=True))
    assert len(bot.outbox.sent) == 1
    assert bot.waiting == []


def test_an_edit_of_what_was_no_question_is_answered_anew(bot: SmallBot) -> None:
    asked(bot, question(4, place=GROUP, is_edit=True))
    assert (bot.outbox.only.how, bot.outbox.only.reply_to) == ("send", 4)


def test_a_question_reworded_while_it_waits_is_answered_once(bot: SmallBot) -> None:
    edit = text_update(2, "متى؟", message_id=1, edit_date=1_700_000_001)
    bot.ask(*bot.take_in(text_update(1, "متا؟"), edit))
    assert [text for text, _ in bot.pipeline.asked] == ["متى؟"]
    assert len(bot.outbox.sent) == 1
    assert bot.waiting == []


def test_a_chat_that_cannot_be_reached_ends_its_question(bot: SmallBot) -> None:
    bot.outbox.is_lost = True
    asked(bot, question())
    assert bot.waiting == []


def test_a_question_that_is_stopped_waits_for_the_next_start(tmp_path: Path) -> None:
    go_on, begun = threading.Event(), threading.Event()

    def reply(text: str) -> Answer:
        begun.set()
        go_on.wait(20)
        return answered(text)

    with small_bot(tmp_path, FakePipeline(reply)) as bot:
        assert bot.app.state.take_in(question())

        async def stop() -> None:
            answering = asyncio.create_task(answer_question(bot.app, question()))
            await asyncio.to_thread(begun.wait, 20)
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering

        asyncio.run(stop())
        go_on.set()
        assert bot.outbox.sent == []
        assert [one.attempts for one in bot.waiting] == [1]
