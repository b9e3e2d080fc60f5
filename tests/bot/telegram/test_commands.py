from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.catalogue import link_of
from bot.state.database import Database
from bot.telegram.erasing import Eraser
from bot.telegram.fair_queue import FairProcessor
from bot.telegram.handlers import COMMANDS, turn_away
from bot.texts import LANGS, Lang, say
from rag.ingest import ingest
from tests.bot.telegram.live import ADMIN, Live, live_bot
from tests.corpus import settings_for, write_pages
from tests.fake_telegram.people import Room
from tests.fake_telegram.seen import Seen

MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u2068\u2069`"))


@pytest.fixture(scope="module")
def pages_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    ingest([write_pages(tmp_path_factory.mktemp("pages"))], settings_for(home))
    return home


@pytest.fixture(scope="module")
def bot(pages_home: Path) -> Iterator[Live]:
    with live_bot(pages_home) as live:
        yield live


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Live]:
    with live_bot(tmp_path / "home") as live:
        yield live


NUMBERS = iter(range(1000, 100_000))


def somebody(live: Live, lang: Lang = "ar", user_id: int | None = None) -> Room:
    return live.telegram.user(user_id or next(NUMBERS), language_code=lang).private()


def group(live: Live, lang: Lang = "ar") -> Room:
    person = live.telegram.user(next(NUMBERS), language_code=lang)
    return live.telegram.group(-next(NUMBERS), person=person)


def bare(text: str) -> str:
    """A text without its marks, as it is read."""
    return text.translate(MARKS)


def only(found: list[Seen]) -> Seen:
    assert len(found) == 1
    return found[0]


def told(lang: Lang, key: str, **values: object) -> str:
    return bare(say(key, lang, **values))


@pytest.mark.parametrize("lang", LANGS)
def test_start_says_what_there_is_and_offers_examples_and_languages(bot: Live, lang: Lang) -> None:
    room = somebody(bot, lang)
    seen = only(bot.say(room, "/start"))
    assert told(lang, "bot.start_privacy", days=30) in bare(seen.text)
    assert told(lang, "bot.start_articles", articles=3).splitlines()[1] in bare(seen.text)
    examples = [row[0] for row in seen.rows if row[0].data.startswith("x:")]
    assert examples
    assert all(len(row) == 1 for row in seen.rows if row[0].data.startswith("x:"))
    assert {button.data for button in seen.rows[-1]} == {"l:ar", "l:en"}
    room.press(seen, examples[0])
    bot.handle()
    answer = room.messages(by_bot=True)[-1]
    assert any(button.data.startswith("q:") for button in answer.buttons)


@pytest.mark.parametrize("lang", LANGS)
def test_start_of_an_empty_bot_says_so_and_tells_administrators_how_to_fill_it(empty: Live, lang: Lang) -> None:
    seen = only(empty.say(somebody(empty, lang), "/start"))
    assert bare(seen.text) == told(lang, "bot.start_empty")
    seen = only(empty.say(somebody(empty, lang, ADMIN), "/start"))
    assert told(lang, "bot.start_fill") in bare(seen.text)


def test_a_deep_link_opens_an_article(bot: Live) -> None:
    seen = only(bot.say(somebody(bot), f"/start a_{link_of('harvest.txt')}"))
    assert seen.text.translate(MARKS).startswith("موسم الزيتون يبدأ في سهل النور")
    assert "سامر الحلبي" in seen.text


def test_a_deep_link_to_nothing_says_so(bot: Live) -> None:
    assert bare(only(bot.say(somebody(bot), "/start a_AAAAAAAAAAAA")).text) == told("ar", "bot.article_gone")


@pytest.mark.parametrize("payload", ["a_x", "inline", "a_../../etc/pwd", "a_" + "A" * 300, "a_AAAAAAAAAAAA x", "💥"])
def test_any_other_payload_is_passed_over(bot: Live, payload: str) -> None:
    assert "x:0:" in only(bot.say(somebody(bot), f"/start {payload}")).rows[0][0].data


def test_help_names_commands_and_to_administrators_theirs(bot: Live) -> None:
    assert "/ingest" not in only(bot.say(somebody(bot), "/help")).text
    assert "/ingest" in only(bot.say(somebody(bot, user_id=ADMIN), "/help")).text


def test_ask_without_words_says_what_to_write(bot: Live) -> None:
    for text in ("/ask", "/ask@isnad_test_bot", "/اسأل", "/ASK   "):
        assert bare(only(bot.say(somebody(bot), text)).text) == told("ar", "bot.ask_empty")


def test_sources_come_again_with_their_buttons(bot: Live) -> None:
    room = somebody(bot)
    assert bare(only(bot.say(room, "/sources")).text) == told("ar", "bot.sources_none")
    answer = only(bot.say(room, "كم يبلغ طول جسر الوادي الجديد؟"))
    again = only(bot.say(room, "/sources"))
    assert "bridge.txt" in again.text
    assert [button.data for button in again.buttons] == [button.data for button in answer.buttons]
    room.press(again, again.buttons[0])
    bot.handle()
    assert "340" in room.messages(by_bot=True)[-1].text


def test_the_latest_come_in_pages(bot: Live) -> None:
    room = somebody(bot, "en")
    seen = only(bot.say(room, "/latest"))
    assert {button.data for button in seen.buttons} == {
        f"a:{link_of(source)}" for source in ("bridge.txt", "harvest.txt", "sub/match.txt")
    }
    assert told("en", "bot.latest_end") in bare(only(bot.say(room, "/latest 2")).text)
    for words in ("0", "-1", "x", "99999", "1 2"):
        assert "1. " in only(bot.say(room, f"/latest {words}")).text
    room.press(seen, seen.buttons[0])
    bot.handle()
    assert room.messages(by_bot=True)[-1].text


@pytest.mark.parametrize(
    ("words", "chosen"), [("ar", "ar"), ("EN", "en"), ("العربية", "ar"), ("English", "en"), ("إنجليزي", "en")]
)
def test_a_language_is_chosen_and_stays(bot: Live, words: str, chosen: Lang) -> None:
    room = somebody(bot, "en" if chosen == "ar" else "ar")
    assert bare(only(bot.say(room, f"/lang {words}")).text) == told(chosen, "bot.lang.chosen")
    assert bare(only(bot.say(room, "/new")).text) == told(chosen, "bot.new")


def test_lang_offers_the_two(bot: Live) -> None:
    room = somebody(bot)
    assert {button.data for button in only(bot.say(room, "/lang")).buttons} == {"l:ar", "l:en"}
    assert bare(only(bot.say(room, "/lang klingon")).text) == told("ar", "bot.lang.unknown")


def test_new_forgets_the_conversation_here(bot: Live) -> None:
    room = somebody(bot)
    bot.say(room, "كم يبلغ طول جسر الوادي الجديد؟")
    assert bare(only(bot.say(room, "/new")).text) == told("ar", "bot.new")
    assert bare(only(bot.say(room, "/sources")).text) == told("ar", "bot.sources_none")


@pytest.mark.parametrize("lang", LANGS)
def test_privacy_names_the_days(bot: Live, lang: Lang) -> None:
    assert bare(only(bot.say(somebody(bot, lang), "/privacy")).text) == told(lang, "bot.privacy", days=30)


def test_export_sends_what_is_kept_as_a_file(bot: Live) -> None:
    room = somebody(bot)
    assert bare(only(bot.say(room, "/export")).text) == told("ar", "bot.export_nothing")
    bot.say(room, "كم يبلغ طول جسر الوادي الجديد؟")
    sent = only(bot.say(room, "/export"))
    assert sent.document is not None
    assert sent.document["file_name"] == "isnad-export.json"
    assert sent.caption == say("bot.export_caption", "ar")
    content = bot.telegram.world.files[sent.document["file_id"]].content.decode()
    assert json.loads(content)["history"][0]["question"] == "كم يبلغ طول جسر الوادي الجديد؟"
    assert "\n  " in content
    assert "طول" in content


def test_forget_deletes_at_once(bot: Live) -> None:
    room = somebody(bot)
    assert bare(only(bot.say(room, "/forget")).text) == told("ar", "bot.forgotten_nothing")
    bot.say(room, "كم يبلغ طول جسر الوادي الجديد؟")
    assert told("ar", "bot.forgotten", records="X").split("X")[0] in bare(only(bot.say(room, "/forget")).text)
    assert bare(only(bot.say(room, "/export")).text) == told("ar", "bot.export_nothing")


def test_forgetting_over_and_over_makes_the_files_anew_once(bot: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[float] = []
    erase = Database.erase

    def counted(database: Database, patience_s: float) -> bool:
        begun.append(patience_s)
        return erase(database, patience_s)

    monkeypatch.setattr(Database, "erase", counted)
    stranger, room = somebody(bot), somebody(bot)
    for _ in range(5):
        assert bare(only(bot.say(stranger, "/forget")).text) == told("ar", "bot.forgotten_nothing")
    assert begun == []
    bot.say(room, "كم يبلغ طول جسر الوادي الجديد؟")
    for _ in range(5):
        bot.say(room, "/forget")
    assert len(begun) == 1


def test_a_reply_to_forgetting_waits_for_the_files_and_holds_up_nothing(
    bot: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        time_comes = asyncio.Event()

        async def erase(*_: object) -> None:
            await time_comes.wait()

        monkeypatch.setattr(Eraser, "erase", erase)
        processor, application = FairProcessor(partial(turn_away, bot.app)), bot.application
        updates = await bot.bot.get_updates(offset=bot._offset, timeout=0)
        bot._offset = updates[-1].update_id + 1
        forgetting, asking = updates

        async def handle(update: object) -> None:
            await processor.process_update(update, application.process_update(update))

        await handle(forgetting)
        rest = asyncio.create_task(handle(bot.app.inbox.get_nowait()))
        await handle(asking)
        assert [bare(one.text) for one in room.messages(by_bot=True)] == [told("ar", "bot.new")]
        time_comes.set()
        await rest

    room = somebody(bot)
    room.say("/forget")
    room.say("/new")
    bot.run(test())
    assert bare(room.messages(by_bot=True)[-1].text) == told("ar", "bot.forgotten_nothing")


def test_in_a_group_a_reply_is_to_the_message_and_nothing_private_is_shown(bot: Live) -> None:
    room = group(bot)
    for text, key in (("/new", "bot.new"), ("/export", "bot.private_only"), ("/forget", "bot.forgotten_nothing")):
        said = room.say(text)
        seen = only(bot.after(room, said))
        assert bare(seen.text) == told("ar", key)
        assert seen.reply_to == said.message_id
    assert "/stats" not in only(bot.say(room, "/help")).text


def test_in_a_topic_the_reply_stays_there(bot: Live) -> None:
    person = bot.telegram.user(next(NUMBERS), language_code="ar")
    topic = bot.telegram.group(-next(NUMBERS), forum=True, person=person).topic(44)
    assert only(bot.say(topic, "/new")).thread_id == 44


@pytest.mark.parametrize(
    "text", ["/nothing", "/", "/start_", "/ask_", "/مجهول", "/stats", "/HEALTH", "/reload", "/ingest"]
)
def test_an_unknown_command_gets_a_line_in_private_and_silence_in_groups(bot: Live, text: str) -> None:
    assert bare(only(bot.say(somebody(bot), text)).text) == told("ar", "bot.unknown_command")
    room = group(bot)
    assert bot.say(room, text) == []


@pytest.mark.parametrize("text", ["/nothing@isnad_test_bot", "/stats@ISNAD_TEST_BOT", "/ingest@isnad_test_bot"])
def test_an_unknown_command_that_names_the_bot_gets_a_line_in_groups_too(bot: Live, text: str) -> None:
    assert bare(only(bot.say(group(bot), text)).text) == told("ar", "bot.unknown_command")


@pytest.mark.parametrize("text", ["/start@other_bot", "/nothing@other_bot", "/ask@other_bot ما الخبر؟", "/stats@other"])
def test_what_is_for_another_bot_is_passed_over_where_there_may_be_another(bot: Live, text: str) -> None:
    bot.telegram.options.privacy = False
    try:
        assert bot.say(group(bot), text) == []
        assert bare(only(bot.say(somebody(bot), text)).text) == told("ar", "bot.unknown_command")
    finally:
        bot.telegram.options.privacy = True


@pytest.mark.parametrize("text", ["/START", "/Start@Isnad_Test_Bot", "/ابدأ"])
def test_a_command_may_be_written_in_any_way(bot: Live, text: str) -> None:
    assert "x:0:" in only(bot.say(somebody(bot), text)).rows[0][0].data


@pytest.mark.parametrize(
    ("text", "key"),
    [("/مساعدة", "bot.help"), ("/جديد", "bot.new"), ("/الخصوصية", "bot.privacy"), ("/امح", "bot.forgotten_nothing")],
)
def test_commands_can_be_typed_in_arabic(bot: Live, text: str, key: str) -> None:
    assert bare(only(bot.say(somebody(bot), text)).text) == told("ar", key, days=30)


@pytest.mark.parametrize("kind", ["sticker", "voice", "photo", "video", "location"])
def test_what_cannot_be_read_gets_one_line_in_private_and_silence_in_groups(bot: Live, kind: str) -> None:
    room = somebody(bot)
    assert bare(only(bot.after(room, getattr(room, kind)())).text) == told("ar", "bot.only_text")
    room = group(bot)
    assert bot.after(room, getattr(room, kind)()) == []


def test_what_was_sent_together_gets_one_line(bot: Live) -> None:
    room = somebody(bot)
    for number in range(10):
        said = room.send(photo=[room._media("photos", width=9, height=6)], media_group_id="4711")
        assert [bare(one.text) for one in bot.after(room, said)] == (
            [told("ar", "bot.only_text")] if not number else []
        )
    assert len(bot.after(room, room.photo())) == 1


def test_every_command_and_more_in_quick_succession_is_answered_and_a_flood_is_told_once(
    bot: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(bot.app.limits, "_clock", lambda: now[0])
    room, other = somebody(bot), somebody(bot)
    for text in [f"/{name}" for name in COMMANDS] * 4:
        assert len(bot.say(room, text)) == 1
    flood = [one for _ in range(20) for one in bot.after(room, room.sticker())]
    replies = [bare(one.text) for one in flood]
    assert replies == [told("ar", "bot.only_text")] * 4 + [told("ar", "bot.limit.pace")]
    for text in ("/start", "/export", "/forget", "/privacy", "/latest", "/unknown"):
        assert bot.say(room, text) == []
    assert len(bot.say(room, "كم يبلغ طول جسر الوادي الجديد؟")) == 1, "questions have limits of their own"
    assert len(bot.say(other, "/start")) == 1
    now[0] += 61
    assert len(bot.say(room, "/start")) == 1


def test_what_is_for_other_bots_in_a_group_counts_for_nothing(bot: Live) -> None:
    room = group(bot)
    for _ in range(70):
        assert bot.say(room, "/roll@dice_bot") == []
    assert len(bot.say(room, "/new")) == 1


def test_who_is_not_on_the_list_is_told_once_and_keeps_the_right_to_be_forgotten(pages_home: Path) -> None:
    with live_bot(pages_home, allowed_users=frozenset({5})) as live:
        room = somebody(live)
        assert bare(only(live.say(room, "/start")).text) == told("ar", "bot.limit.not_allowed")
        assert [live.say(room, text) for text in ("/start", "/latest", "/nothing", "/stats", "/sources")] == [[]] * 5
        assert live.after(room, room.sticker()) == []
        assert bare(only(live.say(room, "/forget")).text) == told("ar", "bot.forgotten_nothing")
        assert bare(only(live.say(room, "/privacy")).text) == told("ar", "bot.privacy", days=30)
        assert only(live.say(somebody(live, user_id=5), "/start")).rows
        assert only(live.say(somebody(live, user_id=ADMIN), "/start")).rows


def test_a_greeting_does_not_wait_for_its_examples(bot: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def slow(_: object, answer: object) -> tuple[str, ...]:
        release.wait(10)
        return ()

    monkeypatch.setattr("bot.catalogue.Catalogue.examples", slow)
    monkeypatch.setattr("bot.telegram.commands.EXAMPLES_WITHIN_S", 0.01)
    try:
        seen = only(bot.say(somebody(bot), "/start"))
    finally:
        release.set()
    assert told("ar", "bot.start_ask") in bare(seen.text)
