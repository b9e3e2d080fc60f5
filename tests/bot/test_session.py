from __future__ import annotations

import pytest

from bot.session import MAX_TURNS, Session
from rag.schema import Answer
from tests.bot.fakes import SECOND, FakePipeline, answered, refused


def test_a_question_gets_its_answer_and_becomes_history() -> None:
    pipeline = FakePipeline()
    session = Session(pipeline)
    reply = session.turn("  متى افتتح الجسر؟ ")
    session.turn("ومن حضر؟")
    assert (reply.kind, reply.answer) == ("answer", answered())
    assert pipeline.asked == [("متى افتتح الجسر؟", ()), ("ومن حضر؟", ("متى افتتح الجسر؟",))]


def test_only_the_last_questions_are_kept() -> None:
    session = Session(FakePipeline(), history=["قديم"])
    for number in range(MAX_TURNS):
        session.turn(f"سؤال {number}")
    assert session.history == tuple(f"سؤال {number}" for number in range(MAX_TURNS))


@pytest.mark.parametrize("reason", ["empty_question", "not_understood", "empty_index"])
def test_what_was_no_question_is_not_remembered(reason: str) -> None:
    session = Session(FakePipeline(lambda question: refused(reason)))
    session.turn("؟؟؟")
    assert session.history == ()


def test_a_refused_question_is_remembered() -> None:
    session = Session(FakePipeline(lambda question: refused()))
    session.turn("ما عاصمة اليابان؟")
    assert session.history == ("ما عاصمة اليابان؟",)


def test_a_turn_that_breaks_changes_nothing() -> None:
    def break_on_second(question: str) -> Answer:
        if question == "ب":
            raise RuntimeError
        return answered(question)

    session = Session(FakePipeline(break_on_second))
    session.turn("ا")
    with pytest.raises(RuntimeError):
        session.turn("ب")
    assert session.history == ("ا",)
    assert session.turn("/sources").answer == answered("ا")


@pytest.mark.parametrize("command", ["/sources", "/مصادر", "/المصادر", "/مصدر", "/SOURCES", " /sources ", "/ مصادر"])
def test_sources_of_the_last_answer_that_has_some(command: str) -> None:
    answers = iter([answered("ا"), refused()])
    session = Session(FakePipeline(lambda question: next(answers)))
    assert session.turn(command).kind == "nothing_yet"
    session.turn("ا")
    session.turn("ب")
    reply = session.turn(command)
    assert (reply.kind, reply.answer) == ("sources", answered("ا"))


@pytest.mark.parametrize("command", ["/quote 2", "/quote  2 ", "/إقتباس 2", "/quote ٢", "/quote [2]", "/quote ۲"])
def test_a_quote_by_its_number_in_any_digits(command: str) -> None:
    session = Session(FakePipeline())
    session.turn("سؤال")
    reply = session.turn(command)
    assert reply.kind == "quote"
    assert reply.citation is not None
    assert (reply.citation.number, reply.citation.quote) == (2, SECOND)


@pytest.mark.parametrize(
    "command", ["/quote", "/quote 0", "/quote 4", "/quote -1", "/quote x", "/quote ²", "/quote " + "9" * 5000]
)
def test_a_wrong_number_says_which_there_are(command: str) -> None:
    session = Session(FakePipeline())
    session.turn("سؤال")
    reply = session.turn(command)
    assert (reply.kind, reply.numbers) == ("which_quote", (1, 2, 3))


def test_the_only_quote_needs_no_number() -> None:
    one = answered(sentences=answered().sentences[1:], citations=answered().citations[1:2])
    session = Session(FakePipeline(lambda question: one))
    session.turn("سؤال")
    assert session.turn("/quote").citation == one.citations[0]


@pytest.mark.parametrize("command", ["/new", "/جديد"])
def test_a_new_conversation_forgets_questions_and_sources(command: str) -> None:
    session = Session(FakePipeline())
    session.turn("سؤال")
    assert session.turn(command).kind == "new"
    assert session.history == ()
    assert session.turn("/sources").kind == "nothing_yet"


def test_after_a_refusal_the_sources_are_missed_in_other_words() -> None:
    session = Session(FakePipeline(lambda question: refused()))
    session.turn("ما عاصمة اليابان؟")
    assert session.turn("/quote 9").kind == session.turn("/sources").kind == "nothing_cited"
    session.turn("/new")
    assert session.turn("/quote 9").kind == "nothing_yet"


@pytest.mark.parametrize("command", ["/help", "/مساعدة", "/مساعده"])
def test_help(command: str) -> None:
    assert Session(FakePipeline()).turn(command).kind == "help"


@pytest.mark.parametrize(("typed", "command"), [("/", "/"), ("/drop table", "/drop"), ("/quotes 2", "/quotes")])
def test_an_unknown_command_is_no_question(typed: str, command: str) -> None:
    pipeline = FakePipeline()
    reply = Session(pipeline).turn(typed)
    assert (reply.kind, reply.command) == ("unknown_command", command)
    assert pipeline.asked == []
