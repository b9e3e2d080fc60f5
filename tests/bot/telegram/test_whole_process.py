"""Each command, each button and each way to ask, in both languages, as people see them."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.catalogue import link_of
from bot.cli import main
from bot.texts import LANGS, Lang
from bot.texts.counting import counted
from rag.index.status import load_status
from rag.text.normalise import has_arabic
from tests.bot.running import BRIDGE, MARKET
from tests.bot.telegram.whole import ANSWER, QUESTION, Whole, plain, told, whole_bot
from tests.corpus import PAGES, settings_for, write_pages
from tests.fake_telegram.people import Person, Room
from tests.fake_telegram.seen import Button, Seen

FOLLOW_UP = "وكم بلغت كلفته؟"
UNKNOWN = "من اخترع الهاتف المحمول في اليابان؟"
PER_MINUTE = 8
GROUPS = tuple(range(-1002500000029, -1002500000000))
ALLOWED = range(7340982651, 7340982651 + 7 * 200, 7)
"""The people of `Whole.numbers`."""
FIRE = "مقتل 12 شخصا في حريق بمصنع الصابون\n\nقُتل 12 شخصا في حريق اندلع بمصنع الصابون في مدينة الميناء فجر الأربعاء."
LONG = "عنوان طويل جدا " * 300
"""More than a message holds."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder = tmp_path_factory.mktemp("whole")
    (folder / "feed").mkdir()
    feed = "\n".join(
        json.dumps({"id": n, "title": f"{n} تقرير", "text": f"تقرير مطول رقم {n} عن الملاحة.", "date": f"2025-01-0{n}"})
        for n in range(1, 9)
    )
    feed += "\n" + json.dumps({"id": "long", "title": LONG, "text": "ازدهر صيد المرجان في دلتا الجنوب."})
    (folder / "feed" / "feed.jsonl").write_text(feed, "utf-8")
    write_pages(folder / "articles", {"first/bridge.txt": BRIDGE, "market.txt": MARKET, "fire.txt": FIRE} | PAGES)
    home = folder / "bot" / "home"
    assert main(["ingest", str(folder / "articles"), str(folder / "feed"), "--home", str(home), "--json"]) == 0
    settings = {
        "user_per_minute": str(PER_MINUTE),
        "allowed_users": ",".join(map(str, ALLOWED)),
        "allowed_groups": ",".join(map(str, GROUPS)),
    }
    with whole_bot(folder, home=home, **settings) as whole:
        whole.telegram.options.privacy = False
        yield whole
        assert "Traceback" not in whole.process.log
        assert " ERROR " not in whole.process.log


@pytest.fixture(params=LANGS)
def lang(request: pytest.FixtureRequest) -> Lang:
    return "ar" if request.param == "ar" else "en"


@pytest.fixture
def person(whole: Whole, lang: Lang) -> Person:
    return whole.someone(lang)


@pytest.fixture
def room(person: Person) -> Room:
    return person.private()


FREE_GROUPS = iter(GROUPS)


@pytest.fixture
def group(whole: Whole, person: Person) -> Room:
    return whole.telegram.group(next(FREE_GROUPS), title="Newsroom", person=person)


def num_articles(whole: Whole, lang: Lang) -> str:
    """How many there are now: other tests add some."""
    return counted(load_status(settings_for(whole.home)).num_articles, "articles", lang)


def hears_nothing(whole: Whole, room: Room, after: int) -> None:
    """Hold that nothing was said in a chat, once another has been served later."""
    whole.ask(whole.someone().private())
    assert [one for one in room.messages(by_bot=True) if one.order > after] == []


def pressed(whole: Whole, room: Room, seen: Seen, button: Button | str, toast: str = "") -> Seen:
    """What a button brings."""
    order = max(one.order for one in room.messages())
    assert whole.toast(room.press(seen, button)) == toast
    return whole.telegram.wait_for(lambda: next((one for one in room.messages(by_bot=True) if one.order > order), None))  # type: ignore[return-value]


def button_of(seen: Seen, kind: str) -> Button:
    return next(button for button in seen.buttons if button.data.startswith(kind))


def in_bold(seen: Seen) -> list[str]:
    text = seen.text.encode("utf-16-le")
    places = [(2 * one["offset"], 2 * one["length"]) for one in seen.entities if one["type"] == "bold"]
    return [text[start : start + length].decode("utf-16-le") for start, length in places]


# commands


def test_start_says_what_there_is_and_its_examples_are_answered(whole: Whole, room: Room, lang: Lang) -> None:
    start = whole.ask(room, "/start")
    assert num_articles(whole, lang) in start.text
    for number, noun in ((1, "outlets"), (30, "days")):
        assert counted(number, noun, lang) in start.text
    assert "2024-05-12" in start.text
    assert "2025-01-08" in start.text
    assert "/privacy" in start.text
    examples = [button for button in start.buttons if button.data.startswith("x:")]
    assert len(examples) == 3
    for example in examples:
        answer = pressed(whole, room, start, example)
        assert button_of(answer, "q:").text.startswith("1 · ")
        assert told("weak", lang) not in plain(answer.text)


def test_help_names_every_command_of_the_menu(whole: Whole, room: Room, lang: Lang) -> None:
    menu = room.menu()
    assert [one["command"] for one in menu][:4] == ["start", "help", "ask", "sources"]
    assert all(has_arabic(one["description"]) == (lang == "ar") for one in menu)
    text = plain(whole.ask(room, "/help").text)
    assert [one["command"] for one in menu if f"/{one['command']} " not in f"{text} /start /help "] == []
    assert "/stats" not in text


def test_ask_alone_asks_for_a_question_and_with_one_answers_it(whole: Whole, room: Room, lang: Lang) -> None:
    assert plain(whole.ask(room, "/ask").text) == told("bot.ask_empty", lang)
    assert whole.ask(room, f"/ask {QUESTION}").text.startswith(ANSWER)


def test_sources_are_those_of_the_last_answer_with_its_buttons(whole: Whole, room: Room, lang: Lang) -> None:
    assert plain(whole.ask(room, "/sources").text) == told("bot.sources_none", lang)
    answer = whole.ask(room)
    sources = whole.ask(room, "/sources")
    assert sources.text.splitlines()[0] == told("sources", lang)
    assert ANSWER not in sources.text
    assert sources.rows == answer.rows
    assert ANSWER in in_bold(pressed(whole, room, sources, sources.buttons[0]))


def test_the_latest_come_newest_first_in_pages_and_open(whole: Whole, room: Room, lang: Lang) -> None:
    latest = whole.ask(room, "/latest")
    assert latest.text.splitlines()[0] == told("bot.latest_title", lang)
    assert [button.text[:3] for button in latest.buttons][:8] == [f"{n} ·" for n in range(1, 9)]
    assert latest.text.index("2025-01-08") < latest.text.index("2025-01-01")
    opened = pressed(whole, room, latest, latest.buttons[0])
    assert "تقرير مطول رقم 8" in opened.text
    assert whole.toast(room.press(latest, button_of(latest, "p:"))) == ""
    second = whole.telegram.wait_for(
        lambda: [one for one in room.messages() if told("bot.latest_page", lang, page=2) in plain(one.text)]
    )
    assert "2024-05-12" in second[0].text


def test_the_language_is_chosen_by_button_and_by_word(whole: Whole, room: Room, lang: Lang) -> None:
    other: Lang = "en" if lang == "ar" else "ar"
    choose = whole.ask(room, "/lang")
    assert plain(choose.text) == told("bot.lang.choose", lang)
    assert whole.toast(room.press(choose, f"l:{other}")) == told("bot.lang.chosen", other)
    chosen = whole.telegram.wait_for(lambda: [one for one in room.messages(by_bot=True) if one.edited])
    assert (plain(chosen[0].text), chosen[0].buttons) == (told("bot.lang.chosen", other), ())
    assert plain(whole.ask(room, "/new").text) == told("bot.new", other)
    assert plain(whole.ask(room, f"/lang {lang}").text) == told("bot.lang.chosen", lang)
    assert plain(whole.ask(room, "/lang klingon").text) == told("bot.lang.unknown", lang)
    assert told("sources", lang) in whole.ask(room).text


def test_a_short_question_leans_on_the_one_before_until_a_new_conversation(
    whole: Whole, room: Room, lang: Lang
) -> None:
    whole.ask(room)
    followed = whole.ask(room, FOLLOW_UP)
    assert "3.5 مليون دينار" in followed.text
    assert plain(followed.text).startswith(told("bot.searched", lang, searched="").strip())
    assert plain(whole.ask(room, "/new").text) == told("bot.new", lang)
    assert told("bot.searched", lang, searched="").strip() not in plain(whole.ask(room, FOLLOW_UP).text)


def test_privacy_export_and_forget(whole: Whole, room: Room, lang: Lang) -> None:
    assert counted(30, "days", lang) in whole.ask(room, "/privacy").text
    assert plain(whole.ask(room, "/export").text) == told("bot.export_nothing", lang)
    answer = whole.ask(room)
    whole.settle()
    exported = whole.ask(room, "/export")
    assert exported.caption == told("bot.export_caption", lang)
    assert exported.document is not None
    content = json.loads(whole.telegram.world.files[exported.document["file_id"]].content)
    assert QUESTION in json.dumps(content, ensure_ascii=False)
    assert "Someone" not in json.dumps(content)
    forgotten = whole.ask(room, "/forget").text
    assert told("bot.forgotten_nothing", lang) != plain(forgotten)
    assert plain(whole.ask(room, "/forget").text) == told("bot.forgotten_nothing", lang)
    assert whole.toast(room.press(answer, answer.buttons[0])) == told("bot.toast.expired", lang)


def test_a_deep_link_opens_an_article(whole: Whole, room: Room, lang: Lang) -> None:
    assert "افتتاح جسر النهر" in whole.ask(room, f"/start a_{link_of('first/bridge.txt')}").text
    assert plain(whole.ask(room, "/start a_AAAAAAAAAAAA").text) == told("bot.article_gone", lang)
    assert num_articles(whole, lang) in whole.ask(room, "/start inline").text


# answers and their buttons


def test_an_answer_comes_after_a_sign_of_life_and_its_buttons_work(whole: Whole, room: Room, lang: Lang) -> None:
    said = room.say(QUESTION)
    answer = whole.after(room, said)[0]
    life = room.actions()
    assert [life[0].action, life[0].at - said.at < 0.5, life[0].at <= answer.at] == ["typing", True, True]
    assert ANSWER in answer.text
    assert all(
        part in plain(answer.text) for part in ("افتتاح جسر النهر", "وكالة الواحة", "2024-05-12", "first/bridge.txt")
    )
    assert not answer.preview
    quote = pressed(whole, room, answer, answer.buttons[0])
    assert quote.reply_to == answer.message_id
    assert in_bold(quote)[0] == ANSWER
    assert "وبلغت كلفته" in quote.text
    assert told("bot.copies_none", lang) in plain(quote.text)
    assert pressed(whole, room, answer, button_of(answer, "m:")).text.splitlines()[0] == told("bot.more_title", lang)
    more = whole.telegram.wait_for(lambda: room.messages()[-1] if room.messages()[-1].buttons else None)
    assert more is not None
    assert pressed(whole, room, more, more.buttons[0]).reply_to == more.message_id
    up, down = sorted((one for one in answer.buttons if one.data.startswith("v:")), key=lambda one: one.data)
    assert [up.text, down.text] == ["👍", "👎"]
    assert whole.toast(room.press(answer, up)) == told("bot.toast.thanks", lang)
    marked = whole.telegram.wait_for(lambda: button_texts(room, answer, "👍 ✓"))
    assert whole.toast(room.press(answer, down)) == told("bot.toast.changed", lang)
    assert "👎 ✓" not in marked
    whole.telegram.wait_for(lambda: button_texts(room, answer, "👎 ✓"))
    assert whole.toast(room.press(answer, up)) == told("bot.toast.changed", lang)


def button_texts(room: Room, answer: Seen, wanted: str) -> list[str]:
    now = next(one for one in room.messages() if one.message_id == answer.message_id)
    texts = [button.text for button in now.buttons]
    return texts if wanted in texts else []


def test_a_refusal_names_the_nearest_headlines_as_buttons(whole: Whole, room: Room, lang: Lang) -> None:
    refusal = whole.ask(room, "كم عدد سكان مدينة الواحة في السوق؟")
    assert told("nearest", lang) in refusal.text
    opened = pressed(whole, room, refusal, button_of(refusal, "n:"))
    assert opened.reply_to == refusal.message_id
    other = whole.ask(room, UNKNOWN)
    assert plain(other.text).startswith(told("refused.no_evidence", lang))
    assert not any(button.data.startswith(("q:", "v:")) for button in other.buttons)


def test_an_edited_question_is_answered_anew_in_place(whole: Whole, room: Room, lang: Lang) -> None:
    said = room.say(QUESTION)
    first = whole.after(room, said)[0]
    whole.settle()
    room.edit(said, "كم ارتفعت أسعار التمور في السوق؟")
    edited = whole.telegram.wait_for(lambda: [one for one in room.messages(by_bot=True) if "التمور" in one.text])
    assert [one.message_id for one in room.messages(by_bot=True)] == [first.message_id]
    assert edited[0].edited
    assert "التمور" in in_bold(pressed(whole, room, edited[0], edited[0].buttons[0]))[0]
    room.edit(said, UNKNOWN)
    refused = told("refused.no_evidence", lang)
    whole.telegram.wait_for(lambda: [one for one in room.messages() if plain(one.text).startswith(refused)])
    assert len(room.messages(by_bot=True)) == 2


def test_a_long_answer_comes_in_parts_with_the_keyboard_on_the_last(whole: Whole, room: Room) -> None:
    said = room.say("ما الذي ازدهر في دلتا الجنوب؟")
    parts = whole.after(room, said, 2)
    whole.settle()
    parts = whole.after(room, said, 2)
    assert parts[0].text.startswith("ازدهر صيد المرجان في دلتا الجنوب.")
    assert [bool(part.buttons) for part in parts] == [*[False] * (len(parts) - 1), True]
    room.edit(said, QUESTION)
    whole.telegram.wait_for(lambda: [one for one in room.messages(by_bot=True) if one.text.startswith(ANSWER)])
    whole.telegram.wait_for(lambda: len(room.messages(by_bot=True)) == 1)


# groups


def test_a_group_is_answered_where_the_bot_is_meant(whole: Whole, group: Room) -> None:
    asked = group.say(f"/ask {QUESTION}")
    answer = whole.after(group, asked)[0]
    assert (answer.text.startswith(ANSWER), answer.reply_to) == (True, asked.message_id)
    mention = group.say(f"@isnad_test_bot {QUESTION}")
    assert whole.after(group, mention)[0].reply_to == mention.message_id
    reply = group.say(FOLLOW_UP, reply_to=answer)
    assert "3.5 مليون دينار" in whole.after(group, reply)[0].text
    named = group.say(f"/ask@isnad_test_bot {QUESTION}")
    assert whole.after(group, named)[0].text.startswith(ANSWER)


def test_what_a_group_talks_about_is_neither_answered_nor_kept(whole: Whole, group: Room, lang: Lang) -> None:
    other = whole.someone(lang, first_name="Zubaydaxyz")
    answer = whole.after(group, group.say(f"/ask {QUESTION}"))[0]
    whole.settle()
    chatter = "سربطيخ جسر النهر"
    with whole.nothing_else():
        last = group.say(chatter, by=other)
        group.say(f"{chatter}؟ @another_bot", by=other)
        group.say(f"/ask@another_bot {chatter}", by=other)
        group.say(f"/weather {chatter}", by=other)
        group.say(chatter, reply_to=last, by=other)
        group.photo(caption=chatter, by=other)
        group.sticker(by=other)
        edited = group.say(chatter, by=other)
        group.edit(edited, f"{chatter} ثانية")
        group.send_document("note.txt", chatter.encode(), by=other)
        group.send(by=other, new_chat_title=chatter)
        last = group.say(chatter, by=other)
        whole.telegram.wait_until_acknowledged(last)
        assert group.messages(by_bot=True) == [answer]
    hears_nothing(whole, group, answer.order)
    kept = b"".join(path.read_bytes() for path in whole.home.glob("state.db*"))
    assert chatter.encode() not in kept
    assert not any(word in whole.process.log for word in (chatter, "Zubaydaxyz", str(other.id), str(group.id)))


def test_each_person_of_a_group_has_a_conversation_and_a_language_of_their_own(whole: Whole, group: Room) -> None:
    languages: tuple[Lang, ...] = ("ar", "en")
    for lang in languages:
        by = whole.someone(lang)
        assert plain(whole.after(group, group.say("/sources", by=by))[0].text) == told("bot.sources_none", lang)
        answer = whole.after(group, group.say(f"/ask {QUESTION}", by=by))[0]
        assert told("sources", lang) in answer.text
    follow = whole.after(group, group.say(f"/ask {FOLLOW_UP}", by=whole.someone("en")))[0]
    assert told("bot.searched", "en", searched="").strip() not in plain(follow.text)


def test_a_topic_keeps_its_answers(whole: Whole, person: Person) -> None:
    forum = whole.telegram.group(next(FREE_GROUPS), person=person, forum=True)
    one, other = forum.topic(5), forum.topic(9)
    answer = whole.after(one, one.say(f"/ask {QUESTION}"))[0]
    assert answer.thread_id == 5
    whole.settle()
    assert pressed(whole, one, answer, answer.buttons[0]).thread_id == 5
    follow = whole.after(other, other.say(f"/ask {FOLLOW_UP}"))[0]
    assert follow.thread_id == 9
    assert not any(word in follow.text for word in ("بحثت", "Searched"))


def test_private_commands_in_a_group_stay_private(whole: Whole, group: Room, lang: Lang) -> None:
    assert plain(whole.after(group, group.say("/export"))[0].text) == told("bot.private_only", lang)


# inline


def test_inline_mode_answers_from_the_index(whole: Whole, person: Person, lang: Lang) -> None:
    answer = whole.telegram.wait_for_inline(person.inline(QUESTION))
    assert answer["results"][0]["visible"].startswith(ANSWER)
    assert answer["is_personal"]
    latest = whole.telegram.wait_for_inline(person.inline(""))
    assert "2025-01-08" in json.dumps(latest["results"][0])
    assert latest["next_offset"]
    nothing = whole.telegram.wait_for_inline(person.inline(UNKNOWN))
    assert nothing["results"][0]["title"] == told("bot.inline.none_title", lang)


# who may, and how much


def test_who_is_not_let_in_is_told_once(whole: Whole, lang: Lang) -> None:
    stranger = whole.telegram.user(42_000_001 + LANGS.index(lang), language_code=lang)
    room = stranger.private()
    with whole.nothing_else(may_ask=True):
        first = whole.ask(room)
        assert plain(first.text) == told("bot.limit.not_allowed", lang)
        for text in (QUESTION, "/start", "/latest", "/strat", "/stats"):
            room.say(text)
        room.sticker()
        assert whole.telegram.wait_for_inline(stranger.inline(QUESTION))["results"] == []
        hears_nothing(whole, room, first.order)
    # what is kept of a stranger is theirs all the same
    assert plain(whole.ask(room, "/forget").text) == told("bot.forgotten_nothing", lang)


def test_a_strangers_group_is_told_once_and_a_known_one_lets_everybody_ask(
    whole: Whole, group: Room, lang: Lang
) -> None:
    stranger = whole.telegram.user(42_000_011 + LANGS.index(lang), language_code=lang)
    unknown = whole.telegram.group(-1002600000000 - LANGS.index(lang), person=stranger)
    assert plain(whole.after(unknown, unknown.say(f"/ask {QUESTION}"))[0].text) == told("bot.limit.not_allowed", lang)
    order = max(one.order for one in unknown.messages())
    unknown.say(f"/ask {QUESTION}")
    hears_nothing(whole, unknown, order)
    assert whole.after(group, group.say(f"/ask {QUESTION}", by=stranger))[0].text.startswith(ANSWER)


def test_too_many_questions_get_one_polite_line_and_then_silence(whole: Whole, room: Room, lang: Lang) -> None:
    said = room.say(QUESTION)
    for _ in range(PER_MINUTE + 3):
        room.say(QUESTION)
    found = whole.after(room, said, PER_MINUTE + 1)
    whole.settle()
    found = whole.after(room, said, PER_MINUTE + 1)
    assert [plain(one.text) for one in found].count(told("bot.limit.per_minute", lang)) == 1
    assert len(found) == PER_MINUTE + 1
    assert plain(whole.ask(room, "/new").text) == told("bot.new", lang)


def test_zero_means_none(tmp_path: Path) -> None:
    with whole_bot(tmp_path, user_per_day="0") as whole:
        for lang, room in whole.rooms().items():
            assert plain(whole.ask(room).text) == told("bot.limit.per_day", lang)
            room.say(QUESTION)
            room.say(f"/ask {QUESTION}")
            start = whole.ask(room, "/start")
            assert counted(2, "articles", lang) in start.text
            assert len(room.messages(by_bot=True)) == 2


# administrators


def test_administrators_have_four_commands_more(whole: Whole, lang: Lang) -> None:
    room = whole.admins()[lang]
    whole.ask(room, "/start")
    whole.telegram.wait_for(lambda: len(room.menu()) == 14)
    whole.telegram.wait_for(lambda: all(has_arabic(one["description"]) == (lang == "ar") for one in room.menu()))
    assert all(f"/{name} " in plain(whole.ask(room, "/help").text) for name in ("stats", "health", "reload", "ingest"))
    assert "👍" in whole.ask(room, "/stats").text
    health = whole.ask(room, "/health").text
    assert "python-telegram-bot 22.8" in health
    assert "hashing" in health
    assert str(whole.process.pid) not in health
    assert plain(whole.ask(room, "/ingest").text) == told("bot.upload.ask", lang, most_mb="5")
    status = load_status(settings_for(whole.home))
    reloaded = told("bot.reload.done", lang, num_articles=status.num_articles, generation=status.generation)
    assert plain(whole.ask(room, "/reload").text) == reloaded


def test_a_document_of_an_administrator_is_read_and_answers(whole: Whole, lang: Lang) -> None:
    room = whole.admins()[lang]
    name, day = {"ar": ("المتحف", "الخميس"), "en": ("المسرح", "السبت")}[lang]
    text = f"افتتاح {name}\n\nافتتح وزير الثقافة {name} الكبير يوم {day}."
    said = room.send_document(f"../{name}.txt", text.encode(), caption="/ingest")
    read = plain(whole.telegram.wait_for_answer(room, after=said, timeout=30).text)
    done = told("bot.upload.done", lang, name=f"{name}.txt", num_read=1, num_added=1, num_changed=0, num_unchanged=0)
    assert read == f"{done}\n• افتتاح {name}"
    reader = whole.someone(lang).private()
    answer = whole.ask(reader, f"متى افتتح وزير الثقافة {name} الكبير؟")
    assert answer.text.startswith(f"افتتح وزير الثقافة {name} الكبير يوم {day}.")
    assert name not in " ".join(path.name for path in (whole.home / "uploads").iterdir())


def test_a_new_generation_is_seen_within_ten_seconds(whole: Whole, tmp_path: Path) -> None:
    (tmp_path / "comet.txt").write_text("مذنب فوق الواحة\n\nشوهد المذنب الأخضر فوق الواحة فجر الجمعة.", "utf-8")
    command = [sys.executable, "-m", "bot", "ingest", str(tmp_path), "--home", str(whole.home), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    for number in itertools.count(1):
        text = whole.ask(whole.someone().private(), "متى شوهد المذنب الأخضر فوق الواحة؟").text
        if text.startswith("شوهد المذنب"):
            break
        assert number < 50
