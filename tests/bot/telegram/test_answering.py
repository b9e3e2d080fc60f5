from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from bot.telegram.answering import Answering
from rag.errors import StoreUnusable
from rag.schema import Answer
from tests.bot.fakes import FakePipeline, answered


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def answering(pipeline: FakePipeline) -> Iterator[Answering]:
    made = Answering(pipeline, workers=2, timeout_s=20)
    yield made
    made.close()


def test_a_turn_runs_on_another_thread_with_its_history(answering: Answering, pipeline: FakePipeline) -> None:
    threads: list[threading.Thread] = []

    def reply_to(question: str) -> Answer:
        threads.append(threading.current_thread())
        return answered(question)

    pipeline.reply = reply_to
    reply = asyncio.run(answering.turn("ومتى افتتح؟", ("أين الجسر؟",), may_write=False))
    assert reply.answer == answered("ومتى افتتح؟")
    assert (pipeline.asked, pipeline.options) == ([("ومتى افتتح؟", ("أين الجسر؟",))], [{"write": False}])
    assert threads != [threading.main_thread()]


@pytest.mark.parametrize("text", ["/sources", " //sources", "/\nsources"])
def test_a_command_of_the_chat_is_a_question_here(answering: Answering, pipeline: FakePipeline, text: str) -> None:
    reply = asyncio.run(answering.turn(text, (), may_write=True))
    assert (reply.kind, pipeline.asked) == ("answer", [("sources", ())])


def test_a_question_without_a_conversation_is_never_written(answering: Answering, pipeline: FakePipeline) -> None:
    assert answering.quoted("متى؟") == answered("متى؟")
    assert (pipeline.asked, pipeline.options) == ([("متى؟", ())], [{"write": False}])


def test_what_breaks_is_raised(answering: Answering, pipeline: FakePipeline) -> None:
    def fail(_: str) -> Answer:
        raise StoreUnusable("no")

    pipeline.reply = fail
    with pytest.raises(StoreUnusable):
        asyncio.run(answering.turn("سؤال", (), may_write=True))


def test_a_late_turn_times_out_and_holds_up_no_other() -> None:
    go_on = threading.Event()
    pipeline = FakePipeline(lambda question: answered(question) if question != "بطيء" or go_on.wait(20) else answered())
    answering = Answering(pipeline, workers=2, timeout_s=0.1)

    async def ask() -> None:
        with pytest.raises(TimeoutError):
            await answering.turn("بطيء", (), may_write=True)
        assert (await answering.turn("سريع", (), may_write=True)).answer == answered("سريع")

    try:
        asyncio.run(ask())
    finally:
        go_on.set()
        answering.close()


def test_waiting_for_a_thread_counts_towards_the_limit() -> None:
    go_on = threading.Event()
    pipeline = FakePipeline()
    answering = Answering(pipeline, workers=1, timeout_s=0.05)

    async def ask() -> None:
        blocked = asyncio.ensure_future(answering.call(go_on.wait, 20))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await answering.turn("سؤال", (), may_write=True)
        go_on.set()
        assert await blocked

    asyncio.run(ask())
    answering.close()
    assert pipeline.asked == []


def test_what_many_want_at_once_is_done_once(answering: Answering) -> None:
    go_on = threading.Event()
    done: list[str] = []

    def work(name: str) -> str:
        go_on.wait(20)
        done.append(name)
        return name

    async def want() -> None:
        first = asyncio.ensure_future(answering.shared(work, "a"))
        with pytest.raises(TimeoutError):  # who stops waiting does not stop it for the others
            async with asyncio.timeout(0.01):
                await answering.shared(work, "a")
        others = [asyncio.ensure_future(answering.shared(work, "a")) for _ in range(5)]
        another = asyncio.ensure_future(answering.shared(work, "b"))
        go_on.set()
        assert await asyncio.gather(first, *others, another) == ["a"] * 6 + ["b"]
        assert sorted(done) == ["a", "b"]
        assert await answering.shared(work, "a") == "a"
        assert sorted(done) == ["a", "a", "b"]

    asyncio.run(want())


def test_nothing_is_done_after_it_is_closed(answering: Answering) -> None:
    answering.close()
    with pytest.raises(RuntimeError):
        asyncio.run(answering.call(len, "x"))
