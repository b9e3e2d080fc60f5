"""Everything that is no proper question: it gets its one answer in the person's language, and nothing else happens."""

from __future__ import annotations

import io
import itertools
import time
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.state.store import open_state
from bot.telegram import render
from bot.texts import LANGS, Lang
from tests.bot.running import BRIDGE
from tests.bot.telegram.whole import ANSWER, QUESTION, Rooms, Whole, plain, told, whole_bot
from tests.corpus import settings_for
from tests.fake_telegram.people import Room, Said
from tests.fake_telegram.seen import Seen

YEAR_S = 366 * 86400.0
MB = 1 << 20
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

Act = Callable[[Room], Said]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with whole_bot(tmp_path_factory.mktemp("bad"), upload_max_mb="5") as whole:
        yield whole
        assert "Traceback" not in whole.process.log
        assert " ERROR " not in whole.process.log


def each_gets(whole: Whole, rooms: Rooms, act: Act, key: str, **values: object) -> None:
    """One line each, and nothing else; then the next question is answered."""
    with whole.nothing_else():
        said = {lang: act(room) for lang, room in rooms.items()}
        found = [plain(one.text) for lang, room in rooms.items() for one in whole.after(room, said[lang])]
        assert found == [told(key, lang, **values) for lang in rooms]
    for lang, room in rooms.items():
        whole.works_on(room, said[lang], told(key, lang, **values))


# what is no text

OTHER: dict[str, Act] = {
    "sticker": lambda room: room.sticker(),
    "voice": lambda room: room.voice(),
    "photo": lambda room: room.photo(),
    "photo with a caption": lambda room: room.photo(caption=QUESTION),
    "photo with a command": lambda room: room.photo(caption="/start"),
    "forwarded photo": lambda room: room.send(
        photo=[{"file_id": "a", "file_unique_id": "a", "width": 9, "height": 9}],
        caption=QUESTION,
        forward_origin={"type": "hidden_user", "date": 1_700_000_000, "sender_user_name": "A channel"},
    ),
    "video": lambda room: room.video(caption=QUESTION),
    "location": lambda room: room.location(),
    "contact": lambda room: room.send(contact={"phone_number": "+96612345", "first_name": "Ana"}),
    "dice": lambda room: room.send(dice={"emoji": "🎲", "value": 6}),
    "of a kind nobody knows": lambda room: room.send(hologram={"file_id": "a"}),
    "empty": lambda room: room.send(),
}


@pytest.mark.parametrize("name", OTHER)
def test_what_is_no_text(whole: Whole, name: str) -> None:
    each_gets(whole, whole.rooms(), OTHER[name], "bot.only_text")


def test_what_telegram_notes_in_a_chat_needs_no_answer(whole: Whole) -> None:
    room = whole.someone().private()
    first = whole.ask(room)
    said = room.send(pinned_message=whole.telegram.room(room.id).chat.messages[first.message_id].as_json())
    whole.works_on(room, said)


# texts without a question

WORDLESS = {
    "zero-width": ZERO_WIDTH,
    "bidi controls": BIDI,
    "4096 bidi controls": "\u202e" * 4096,
    "blanks of other kinds": "\u2800\u3164\u115f\u3000",
    "emoji": "😀😀 ❤️ 🇸🇦",
    "joined emoji": "👨‍👩‍👧‍👦",
    "2048 emoji": "😀" * 2048,
    "punctuation": "؟؟؟ !!! …",
    "markup": "<> ** __ `` [] ()",
    "a tatweel": "ـــ",
    "marks alone": "ًٌٍَُِّْ",
}


@pytest.mark.parametrize("name", WORDLESS)
def test_a_text_without_words(whole: Whole, name: str) -> None:
    for lang, room in whole.rooms().items():
        possible = [
            shown(key, lang, letters=1000) for key in ("bot.no_words", "refused.not_understood", "bot.too_long")
        ]
        with whole.nothing_else(may_ask=True):
            said = room.say(WORDLESS[name])
            found = plain(whole.after(room, said)[0].text)
            assert found in possible
            whole.works_on(room, said, found)


def shown(key: str, lang: Lang, **values: object) -> str:
    """The line with its numbers and their nouns."""
    return plain(render.said(key, lang, (), **values).parts[0].plain)


@pytest.mark.parametrize("text", ["ا" * 4096, f"{QUESTION} " * 146, "a\n" * 2048], ids=["word", "questions", "lines"])
def test_4096_characters_get_the_line_that_says_how_many_may_be(whole: Whole, text: str) -> None:
    rooms = whole.rooms()
    with whole.nothing_else(may_ask=True):
        for lang, room in rooms.items():
            written, line = room.say(text[:4096]), shown("bot.too_long", lang, letters=1000)
            room.forward(text[:4096])
            whole.works_on(room, written, line, line)


# questions in disguise

DISGUISED = {
    "html": "<b>متى</b> افتتح <i>الوزير</i> <u>جسر</u> النهر؟",
    "markdown": "*متى* افتتح _الوزير_ `جسر` ||النهر||؟",
    "bidi controls": "\u202e" + QUESTION.replace(" ", "\u2067 \u2069") + "\u202c",
    "zero-width": "\u200b".join(QUESTION),
    "tatweel": QUESTION.replace("جسر", "جـــــسر"),
    "control characters": "\x07\x1b" + QUESTION.replace(" ", "\t") + "\x00",
    "lines": QUESTION.replace(" ", "\n\n\r\n"),
}


@pytest.mark.parametrize("name", DISGUISED)
def test_a_question_in_disguise_is_answered_as_it_is_without(whole: Whole, name: str) -> None:
    rooms = whole.rooms()
    with whole.nothing_else(may_ask=True):
        for room in rooms.values():
            said = room.say(DISGUISED[name])
            answer = whole.after(room, said)[0]
            assert answer.text.startswith(ANSWER)
            assert not {"\u202e", "\u2067", "\u200b", "\x1b"} & set(answer.text)
            whole.settle()
            assert len(whole.after(room, said)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "</b></i>افتتح<b",
        "&lt;&amp;&#0;&nope; افتتح",
        "<a href='tg://user?id=1'>افتتح</a>",
        "[افتتح](http://x.y)",
        "`افتتح",
    ],
)
def test_markup_is_text(whole: Whole, text: str) -> None:
    """One message, without anything of what was written in it."""
    for room in whole.rooms().values():
        with whole.nothing_else(may_ask=True):
            said = room.say(text, entities=[])
            found = whole.after(room, said)[0]
            assert not {"text_link", "text_mention", "url", "mention"} & {entity["type"] for entity in found.entities}
            assert not any(button.url for button in found.buttons)
            whole.settle()
            assert len(whole.after(room, said)) == 1


def test_a_forwarded_text_is_a_question_like_any_other(whole: Whole) -> None:
    for room in whole.rooms().values():
        with whole.nothing_else(may_ask=True):
            said = room.forward(QUESTION)
            assert whole.after(room, said)[0].text.startswith(ANSWER)
            whole.works_on(room, said, plain(whole.after(room, said)[0].text))


# commands

WRONG = (
    "/strat", "/ask_me متى", "/stats", "/health", "/reload", "/ingest", "/start1", "/quote 1", "/", "//", "/ start",
    "/مساعده", "/help@another_bot", f"/ask@another_bot {QUESTION}",
)  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_a_command_with_a_wrong_name(whole: Whole, text: str) -> None:
    each_gets(whole, whole.rooms(), lambda room: room.say(text), "bot.unknown_command")


# buttons


def answered(whole: Whole, room: Room) -> Seen:
    found = whole.ask(room)
    assert found.text.startswith(ANSWER)
    whole.settle()
    return found


FORGED = (
    "", "q", "q:", "x" * 64, "ا" * 32, "😀" * 16, "\u202e\x00", "{id}", "q:{id}:", "q:{id}:0", "q:{id}:99", "q:{id}:-1",
    "q:{id}:1 ", "q:{id}:١", "q:{id}:1;DROP TABLE bot_answers", "v:{id}:0", "v:{id}:*", "n:{id}:0", "o:{id}:9",
    "q:AAAAAAAAAA:1", "v:AAAAAAAAAA:+", "m:' OR 1=1 --", "x:0:abcdef", "x:9999:000000", "l:fr", "l:en", "p:1",
    "p:99999", "p:-1", "a:../../etc/p", "a:AAAAAAAAAAAA",
)  # fmt: skip


def test_forged_data_does_nothing(whole: Whole) -> None:
    for lang, room in whole.rooms().items():
        answer = answered(whole, room)
        answer_id = answer.buttons[0].data.split(":")[1]
        with whole.nothing_else():
            for data in FORGED:
                query = room.press(answer, forged=data.replace("{id}", answer_id))
                assert whole.toast(query) == told("bot.toast.unknown", lang), data
            assert room.messages(by_bot=True) == [answer]


def test_a_button_on_another_message_does_nothing(whole: Whole) -> None:
    for lang, room in whole.rooms().items():
        answer, other = answered(whole, room), answered(whole, room)
        with whole.nothing_else():
            for button in answer.buttons:
                query = room.press(other, forged=button.data)
                assert whole.toast(query) == told("bot.toast.unknown", lang)
            for gone in (other.message_id + 1000, 1):  # which nobody has: Telegram shows nothing of it
                query = room.press(gone, forged=answer.buttons[0].data)
                assert whole.toast(query) == told("bot.toast.expired", lang)
            assert room.messages(by_bot=True) == [answer, other]


def test_somebody_elses_button_does_nothing(whole: Whole) -> None:
    for lang in LANGS:
        asker, stranger = whole.someone("ar"), whole.someone(lang)
        group = whole.telegram.group(-1002340000000 - next(whole.numbers), person=asker)
        answer = whole.after(group, group.say(f"/ask {QUESTION}"))[0]
        whole.settle()
        with whole.nothing_else():
            for button in answer.buttons:
                query = group.press(answer, button, by=stranger)
                assert whole.toast(query) == told("bot.toast.not_yours", lang)
            assert group.messages(by_bot=True) == [answer]
        # nor in a chat of one's own, by its data
        own = stranger.private()
        mine = answered(whole, own)
        with whole.nothing_else():
            for data in (answer.buttons[0].data, answer.buttons[-1].data):
                assert whole.toast(own.press(mine, forged=data)) == told("bot.toast.unknown", lang)
                assert whole.toast(own.press(10**8, forged=data)) == told("bot.toast.not_yours", lang)
            assert own.messages(by_bot=True) == [mine]


def test_a_button_pressed_twice_at_once_does_it_once(whole: Whole) -> None:
    for lang, room in whole.rooms().items():
        answer = answered(whole, room)
        with whole.nothing_else():
            queries = [room.press(answer, answer.buttons[0]) for _ in range(3)]
            toasts = [whole.toast(query) for query in queries]
            assert sorted(toasts) == sorted(["", *[told("bot.toast.done", lang)] * 2])
            whole.telegram.wait_for_answers(room, 1, after=answer)
        room.say(QUESTION)
        whole.telegram.wait_for_answers(room, 2, after=answer)
        whole.settle()
        assert len(room.messages(by_bot=True)) == 3


def test_after_a_year_a_kept_answer_has_its_buttons_and_a_purged_one_says_to_ask_again(whole: Whole) -> None:
    rooms = whole.rooms()
    answers = {lang: answered(whole, room) for lang, room in rooms.items()}
    whole.telegram.advance(YEAR_S)
    try:
        for lang, room in rooms.items():
            query = room.press(answers[lang], answers[lang].buttons[0])
            assert ANSWER in whole.telegram.wait_for_answer(room, after=answers[lang]).text
            assert whole.toast(query) == ""
        state = open_state(settings_for(whole.home), clock=lambda: time.time() + YEAR_S)
        assert state.purge() > 0
        state.close()
        with whole.nothing_else():
            for lang, room in rooms.items():
                for button in answers[lang].buttons[1:]:  # the first was pressed a moment ago
                    query = room.press(answers[lang], button)
                    assert whole.toast(query) == told("bot.toast.expired", lang)
                assert len(room.messages(by_bot=True)) == 2
    finally:
        whole.telegram.advance(-YEAR_S)
    for room in rooms.values():
        assert whole.ask(room).text.startswith(ANSWER)


# documents


def word_bomb() -> bytes:
    """A Word document of 64 KB that unpacks to 64 MB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/document.xml", b" " * (64 * MB))
    return content.getvalue()


LAUGHS = "".join(f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in itertools.pairwise("abcdefghij"))
ENTITY_BOMB = f"<!DOCTYPE x [<!ENTITY a 'ha'>{LAUGHS}]><html><body><p>&j;</p></body></html>".encode()


@pytest.mark.parametrize("caption", ["", "/ingest", QUESTION], ids=["bare", "command", "question"])
def test_a_document_of_somebody_else_is_not_even_fetched(whole: Whole, caption: str) -> None:
    def send(room: Room) -> Said:
        return room.send_document("bridge.txt", BRIDGE.encode(), caption=caption)

    each_gets(whole, whole.rooms(), send, "bot.only_text")


UNSEEN: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    "declared too large": ("big.txt", {"size": 6 * MB}, "bot.upload.size", {"most_mb": "5"}),
    "declared 4 GB": ("big.jsonl", {"size": 4096 * MB}, "bot.upload.size", {"most_mb": "5"}),
    "of another kind": ("page.exe", {}, "bot.upload.kind", {}),
    "a program in disguise": ("bridge.txt.exe", {"mime_type": "text/plain"}, "bot.upload.kind", {}),
    "etc passwd": ("../../etc/passwd", {}, "bot.upload.kind", {}),
    "without a name": ("", {}, "bot.upload.kind", {}),
    "an ending alone": (".txt", {}, "bot.upload.kind", {}),
}


@pytest.mark.parametrize("case", UNSEEN)
def test_a_document_that_is_refused_without_a_look(whole: Whole, case: str) -> None:
    name, more, key, values = UNSEEN[case]
    each_gets(whole, whole.admins(), lambda room: room.send_document(name, BRIDGE.encode(), **more), key, **values)


BROKEN: dict[str, tuple[str, bytes, str]] = {
    "etc passwd as text": ("../../etc/passwd.txt", b"\x00\x01\x02", "binary"),
    "a word bomb as text": ("bomb.txt", word_bomb(), "binary"),
    "a word bomb": ("bomb.docx", word_bomb(), "bomb"),
    "an entity bomb": ("laughs.html", ENTITY_BOMB, "no_text"),
    "no pdf": ("report.pdf", b"%PDF-1.7\njunk", "broken"),
    "cut in a character": ("..\\cut.txt", BRIDGE.encode()[:101] + b"\xff\xfe\xd8", "bad_encoding"),
    "no record": ("list.jsonl", b'["text"]\n42\nnull\n', "bad_record"),
    "4 MB of brackets": ("deep.jsonl", b"[" * (4 * MB), "bad_json"),
    "20,000 bad lines": ("lines.jsonl", b"{\n" * 19_999, "bad_json"),
}


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=BROKEN)
def test_a_broken_document_is_not_kept(whole: Whole, number: int) -> None:
    """In either language by turns: a process of its own reads each."""
    name, content, reason = list(BROKEN.values())[number]
    lang = LANGS[number % 2]
    room, shown_name = whole.admins()[lang], name.rpartition("/")[2]
    with whole.nothing_else(may_ask=True, may_fetch=True):
        said = room.send_document(name, content)
        expected = told("bot.upload.nothing", lang, name=shown_name, reasons=told(f"skip.{reason}", lang))
        whole.works_on(room, said, expected)


def test_a_broken_document_that_two_send_at_once_is_told_to_both(whole: Whole) -> None:
    rooms = whole.admins()
    with whole.nothing_else(may_ask=True, may_fetch=True):
        sent = {lang: room.send_document("page.txt", b"\x00" * 100) for lang, room in rooms.items()}
        for lang, room in rooms.items():
            reasons = told("skip.binary", lang)
            whole.works_on(room, sent[lang], told("bot.upload.nothing", lang, name="page.txt", reasons=reasons))


FETCHED: dict[str, tuple[bytes, str, tuple[str, ...], dict[str, Any]]] = {
    "empty": (b"", "none.txt", ("bot.upload.empty",), {}),
    "larger than it says": (b"x" * (6 * MB), "lying.txt", ("bot.upload.size", "bot.upload.broken"), {"most_mb": "5"}),
    "a line feed bomb": (b"{\n" * 100_000, "many.jsonl", ("bot.upload.lines",), {"num_lines": "20,000"}),
}


@pytest.mark.parametrize("case", FETCHED)
def test_a_document_that_is_refused_at_a_look(whole: Whole, case: str) -> None:
    content, name, keys, values = FETCHED[case]
    with whole.nothing_else(may_ask=True, may_fetch=True):
        for lang, room in whole.admins().items():
            said = room.send_document(name, content, size=100)
            found = plain(whole.after(room, said)[0].text)
            assert found in {told(key, lang, **values) for key in keys}
            whole.works_on(room, said, found)
