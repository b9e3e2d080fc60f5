"""What the log and the files hold of people after a whole run: nothing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.texts import LANGS, Lang
from tests.bot.telegram.whole import ADMINS, ANSWER, QUESTION, Whole, told, whole_bot
from tests.fake_telegram.people import Person, Room

NAMES = {"first_name": "Zubaydaxyz", "last_name": "Qahtaniqq", "username": "zubayda_handle"}
TITLE = "Newsroomzz"
GROUP = -1002345678901
FILE = "leakedname"
FORGED = "q:forgeddata:1"
PHONE = "+966123454321"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with whole_bot(tmp_path_factory.mktemp("secrets"), poll_timeout_s="1") as whole:
        whole.telegram.options.privacy = False
        yield whole


def words_of(person: Person) -> str:
    """A question that nobody else asks; it is answered all the same."""
    return f"{QUESTION} سربطيخ{person.id}"


def bytes_of(number: int) -> Iterator[bytes]:
    """A number as a file may hold it: in digits, or as SQLite and others write it."""
    yield str(number).encode()
    for length in (6, 8):
        yield number.to_bytes(length, "big", signed=True)
        yield number.to_bytes(length, "little", signed=True)


def do_everything(whole: Whole, person: Person, group: Room) -> None:
    """Every kind of update that the bot gets of one person."""
    room, question = person.private(), words_of(person)
    answer = whole.ask(room, question)
    assert ANSWER in answer.text
    for button in answer.buttons:
        whole.toast(room.press(answer, button))
    whole.toast(room.press(answer, forged=FORGED))
    asked = room.say(question)
    whole.after(room, asked)
    whole.settle()
    room.edit(asked, f"{question} أيضا")
    for text in (
        "/start",
        "/help",
        "/latest",
        "/privacy",
        "/sources",
        "/export",
        "/strat",
        f"/ask {question}",
        "/stats",
        "/lang en",
    ):
        whole.ask(room, text)
    for act in (room.sticker, room.voice, room.photo, room.location):
        whole.after(room, act())
    whole.after(room, room.send(contact={"phone_number": PHONE, "first_name": NAMES["first_name"]}))
    whole.after(room, room.send_document(f"{FILE}.txt", question.encode(), caption=question))
    whole.after(room, room.forward(question))
    whole.telegram.wait_for_inline(person.inline(question))
    in_group = whole.after(group, group.say(f"/ask {question}", by=person))[0]
    whole.toast(group.press(in_group, in_group.buttons[0], by=person))
    group.say(f"{question} chatter", by=person)
    group.photo(caption=question, by=person)
    whole.settle()


def meet_faults(whole: Whole, person: Person) -> None:
    """What PTB and httpx would write of with addresses and bodies."""
    room, question = person.private(), words_of(person)
    for method, fault in (
        ("getUpdates", "garbage"),
        ("sendMessage", "internal"),
        ("sendMessage", "parse_error"),
        ("sendMessage", "flood"),
        ("sendChatAction", "dropped"),
        ("answerCallbackQuery", "bad_request"),
    ):
        whole.telegram.fail(method, fault)
        whole.after(room, room.say(question))
    answer = whole.ask(room, question)
    room.press(answer, answer.buttons[0])
    whole.telegram.block(person)
    room.say(question)
    whole.settle()
    whole.telegram.unblock(person)
    whole.ask(room, "/new")
    whole.settle()


def upload(whole: Whole, lang: Lang) -> None:
    room = whole.admins()[lang]
    for content in (b"\x00", "خبر المذنب\n\nشوهد المذنب الأخضر فجر الجمعة.".encode()):
        whole.telegram.wait_for_answer(room, after=room.send_document(f"{FILE}.txt", content), timeout=30)
    for command in ("/stats", "/health", "/reload"):
        whole.ask(room, command)


def test_neither_the_log_nor_after_forget_a_file_holds_anything_of_anybody(whole: Whole) -> None:
    people = {lang: whole.someone(lang, **NAMES) for lang in LANGS}
    group = whole.telegram.group(GROUP, title=TITLE)
    for person in people.values():
        do_everything(whole, person, group)
    meet_faults(whole, people["ar"])
    upload(whole, "en")
    assert held(whole.home, words_of(people["ar"]).encode()) != []  # the search finds what is there
    forget(whole, people["ar"], "ar")
    hold_nothing_of(whole.home, people["ar"])
    assert held(whole.home, words_of(people["en"]).encode()) != []
    forget(whole, people["en"], "en")
    for person in people.values():
        hold_nothing_of(whole.home, person)
    assert whole.rows("bot_answers") == whole.rows("bot_turns") == whole.rows("bot_people") == 0
    assert held(whole.home, ANSWER.encode(), "state.db*") == []
    assert whole.process.end(signal.SIGTERM) == 0
    for person in people.values():
        hold_nothing_of(whole.home, person)
    hold_the_log(whole, *people.values())


def forget(whole: Whole, person: Person, lang: Lang) -> None:
    room = person.private()
    assert told("bot.forgotten_nothing", lang) not in whole.ask(room, "/forget").text
    assert whole.ask(room, "/forget").text == told("bot.forgotten_nothing", lang)


def held(folder: Path, wanted: bytes, files: str = "*") -> list[str]:
    """The files that hold these bytes."""
    return [path.name for path in folder.rglob(files) if path.is_file() and wanted in path.read_bytes()]


def hold_nothing_of(home: Path, person: Person) -> None:
    question = f"سربطيخ{person.id}"
    texts = [question.encode(), question.encode("utf-16-le"), *(name.encode() for name in NAMES.values())]
    texts.append(ascii(question)[1:-1].encode())  # as JSON may write it
    for wanted in (*texts, *bytes_of(person.id), *bytes_of(GROUP)):
        assert held(home, wanted) == [], wanted


def hold_the_log(whole: Whole, *people: Person) -> None:
    log = whole.process.log
    assert log.count("\n") > 10
    ids = [str(person.id) for person in people]
    secrets = [
        whole.telegram.token,
        whole.telegram.token.partition(":")[2],
        FORGED,
        FILE,
        PHONE,
        TITLE,
        *NAMES.values(),
    ]
    words = ["سربطيخ", "جسر", "المذنب", "افتتح", str(abs(GROUP)), *ids, *map(str, ADMINS.values())]
    for wanted in (*secrets, *words, ascii("جسر")[1:-1], "Traceback"):
        assert wanted not in log, wanted
    assert not any("\u0600" <= letter <= "\u06ff" for letter in log)
    assert " ERROR " not in log
