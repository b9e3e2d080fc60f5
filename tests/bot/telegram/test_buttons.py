from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.catalogue import Catalogue, link_of
from bot.state.records import KeptAnswer, Place, Question
from bot.telegram.buttons import Presses
from bot.telegram.keyboards import Button, Keyboard, example_check, example_keyboard, language_keyboard
from bot.telegram.render import latest_outgoing
from bot.texts import Lang, plain, say
from rag.errors import StoreUnusable
from rag.ingest import ingest
from rag.pipeline import Pipeline
from rag.schema import Nearest
from tests.bot.telegram.small_bot import GROUP, PRIVATE, Sent, SmallBot, small_bot
from tests.corpus import settings_for, write_pages

KNOWN = "كم يبلغ طول جسر الوادي الجديد؟"
QUOTE = "ويبلغ طول الجسر 340 مترا، وبلغت كلفته 12 مليون درهم."
NUMBERS = itertools.count(100)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("buttons")
    ingest([write_pages(folder / "pages")], settings_for(folder / "home"))
    return folder / "home"


@pytest.fixture
def bot(home: Path, tmp_path: Path) -> Iterator[SmallBot]:
    with Pipeline(settings_for(home)) as pipeline, small_bot(home, pipeline, state_url=state_at(tmp_path)) as made:
        made.open()
        yield made


def state_at(folder: Path) -> str:
    return f"sqlite:///{folder}/state.db"


def said(key: str, lang: Lang = "ar", **values: object) -> str:
    return plain(say(key, lang, **values))


def ask(bot: SmallBot, place: Place = PRIVATE, text: str = KNOWN) -> Sent:
    """What answers a question."""
    bot.ask(Question(next(NUMBERS), place, 5, text, time.time(), "ar"))
    return bot.outbox.sent.pop()


def kept_of(bot: SmallBot, place: Place = PRIVATE) -> KeptAnswer:
    kept = bot.app.state.answer_to(place, 5)
    assert kept is not None
    return kept


def seen(place: Place, message_id: int, keyboard: Keyboard, **changes: Any) -> dict[str, Any]:
    """A message of the bot as a press shows it."""
    chat = {"id": place.chat_id, "type": "private" if place.is_private else "supergroup"}
    rows = [[{"text": button.text, "callback_data": button.data} for button in row] for row in keyboard]
    message = {"message_id": message_id, "chat": chat, "date": 1_700_000_000, "text": "…"}
    return {**message, "reply_markup": {"inline_keyboard": rows}, **changes}


def press(data: str, message: dict[str, Any] | None, by: int = 7, lang: str = "ar") -> Update:
    number = next(NUMBERS)
    user = {"id": by, "is_bot": False, "first_name": "x", "language_code": lang}
    query = {"id": f"c{number}", "from": user, "chat_instance": "1", "data": data, "message": message}
    sent = {name: value for name, value in query.items() if value is not None}
    return Update.de_json({"update_id": number, "callback_query": sent}, bot=None)


def pressed(bot: SmallBot, *updates: Update, presses: Presses | None = None) -> None:
    presses = presses or Presses()

    async def work() -> None:
        for update in updates:
            await presses.pressed(bot.app, update)

    bot.outbox.events.clear()
    asyncio.run(work())


def under(sent: Sent, **changes: Any) -> dict[str, Any]:
    return seen(sent.place, sent.ids[-1], sent.keyboard, **changes)


def button(sent: Sent, letter: str) -> str:
    """What the first button of that kind carries."""
    return next(data for data in sent.data if data.startswith(letter + ":"))


def test_a_quote_comes_as_a_reply_with_its_paragraph_and_file(bot: SmallBot) -> None:
    answer = ask(bot)
    pressed(bot, press(button(answer, "q"), under(answer)))
    quote = bot.outbox.only
    assert bot.outbox.events == ["toast", "send"]
    assert QUOTE in quote.text
    assert "افتتح وزير النقل" in quote.text
    assert "bridge.txt" in quote.text
    assert quote.reply_to == answer.ids[-1]


def test_a_quote_of_an_article_that_is_gone_stands_alone(bot: SmallBot, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ask(bot)
    monkeypatch.setattr(Catalogue, "text", lambda *_: None)
    pressed(bot, press(button(answer, "q"), under(answer)))
    assert QUOTE in bot.outbox.only.text
    assert said("bot.quote_gone") in bot.outbox.only.text


def with_more(bot: SmallBot) -> KeptAnswer:
    """The answer with articles that it does not cite."""
    near = (Nearest("harvest.txt", "موسم الزيتون يبدأ في سهل النور"), Nearest("gone.txt", "مقال ذهب"))
    kept = replace(kept_of(bot), more=near, nearest=near, place=PRIVATE)
    bot.app.state.keep_answer(kept, 5)
    return kept


def one(data: str) -> Keyboard:
    return ((Button("x", data),),)


def test_more_sources_open_one_by_one(bot: SmallBot) -> None:
    answer = ask(bot)
    kept = with_more(bot)
    data = f"m:{kept.answer_id}"
    pressed(bot, press(data, seen(PRIVATE, answer.ids[-1], one(data))))
    more = bot.outbox.sent.pop()
    assert more.data == [f"o:{kept.answer_id}:0"]
    pressed(bot, press(more.data[0], under(more)))
    assert "بدأ المزارعون" in bot.outbox.only.text
    assert "harvest.txt" in bot.outbox.only.text


@pytest.mark.parametrize(("number", "text"), [(0, "بدأ المزارعون"), (1, said("bot.article_gone"))])
def test_a_headline_opens_its_article(bot: SmallBot, number: int, text: str) -> None:
    answer = ask(bot)
    data = f"n:{with_more(bot).answer_id}:{number}"
    pressed(bot, press(data, seen(PRIVATE, answer.ids[-1], one(data))))
    assert text in bot.outbox.only.text


def test_a_vote_is_kept_shown_and_may_change(bot: SmallBot) -> None:
    answer = ask(bot)
    up, down = (next(data for data in answer.data if data.endswith(sign)) for sign in "+-")
    presses = Presses()
    pressed(bot, *(press(data, under(answer)) for data in (up, down)), presses=presses)
    assert bot.outbox.toasts == [said("bot.toast.thanks"), said("bot.toast.changed")]
    assert [(sent.how, sent.ids) for sent in bot.outbox.sent] == [("edit_keyboard", answer.ids)] * 2
    assert kept_of(bot).vote == -1
    pressed(bot, press(down, under(answer)))
    assert bot.outbox.toasts[-1] == said("bot.toast.same")
    assert len(bot.outbox.sent) == 2


def test_after_a_restart_the_buttons_work(bot: SmallBot, home: Path, tmp_path: Path) -> None:
    answer = ask(bot)
    with small_bot(home, state_url=state_at(tmp_path)) as again:
        pressed(again, press(button(answer, "q"), under(answer)))
        assert QUOTE in again.outbox.only.text


def test_nobody_else_may_press(bot: SmallBot) -> None:
    answer = ask(bot, GROUP)
    pressed(bot, *(press(data, under(answer), by=8, lang="en") for data in answer.data))
    assert bot.outbox.toasts == [said("bot.toast.not_yours", "en")] * len(answer.data)
    assert bot.outbox.sent == []
    assert kept_of(bot, GROUP).vote == 0


def test_the_same_person_may_not_press_it_in_another_chat(bot: SmallBot) -> None:
    answer = ask(bot, GROUP)
    pressed(bot, press(button(answer, "q"), seen(PRIVATE, answer.ids[-1], answer.keyboard)))
    assert bot.outbox.toasts == [said("bot.toast.not_yours")]


def test_what_an_anonymous_administrator_asked_the_group_may_press(bot: SmallBot) -> None:
    answer = ask(bot, Place(-100, -100))
    pressed(bot, press(button(answer, "q"), under(answer), by=8))
    assert QUOTE in bot.outbox.only.text


@pytest.mark.parametrize(
    "data", ["", "q", "q:abc:1", "x:0:zzzzzz", "l:fr", "q:aaaaaaaaaa:1:2", "مرحبا", "p:-1", "v:aaaaaaaaaa:2", "'; --"]
)
def test_a_forged_button_does_nothing(bot: SmallBot, data: str) -> None:
    pressed(bot, press(data, seen(PRIVATE, 1, one(data))))
    assert bot.outbox.toasts == [said("bot.toast.unknown")]
    assert bot.outbox.sent == []


@pytest.mark.parametrize("data", ["q:{}:99", "n:{}:0", "o:{}:7", "m:{}"])
def test_a_button_for_what_the_answer_has_not_does_nothing(bot: SmallBot, data: str) -> None:
    answer = ask(bot)
    bot.app.state.keep_answer(replace(kept_of(bot), more=(), nearest=()), 5)
    data = data.format(kept_of(bot).answer_id)
    pressed(bot, press(data, seen(PRIVATE, answer.ids[-1], one(data))))
    assert bot.outbox.toasts == [said("bot.toast.unknown")]
    assert bot.outbox.sent == []


def test_a_button_on_a_message_that_does_not_carry_it_does_nothing(bot: SmallBot) -> None:
    answer = ask(bot)
    pressed(bot, *(press(data, seen(PRIVATE, 3, language_keyboard("ar"))) for data in (*answer.data, "p:0")))
    assert set(bot.outbox.toasts) == {said("bot.toast.unknown")}
    assert bot.outbox.sent == []


@pytest.mark.parametrize("how", ["unknown", "forgotten"])
def test_an_answer_that_is_not_kept_says_to_ask_again(bot: SmallBot, how: str) -> None:
    answer = ask(bot)
    data = button(answer, "q")
    if how == "unknown":
        data = "q:aaaaaaaaaa:1"
    else:
        bot.app.state.forget(7)
    pressed(bot, press(data, seen(PRIVATE, answer.ids[-1], one(data))))
    assert bot.outbox.toasts == [said("bot.toast.expired")]
    assert bot.outbox.sent == []


def test_a_year_later_the_message_cannot_be_seen_but_its_answer_may_be_kept(bot: SmallBot) -> None:
    answer = ask(bot)
    old = {"message_id": answer.ids[-1], "chat": {"id": 7, "type": "private"}, "date": 0}
    pressed(bot, press(button(answer, "q"), old), press(button(answer, "v"), old))
    assert [sent.how for sent in bot.outbox.sent] == ["send"]
    assert kept_of(bot).vote != 0
    pressed(bot, press(button(answer, "q"), {**old, "message_id": 2}))
    assert bot.outbox.toasts[-1] == said("bot.toast.expired")


def test_a_press_without_a_message_is_answered(bot: SmallBot) -> None:
    pressed(bot, press("l:ar", None))
    assert (bot.outbox.toasts, bot.outbox.sent) == ([""], [])


def test_twice_at_once_is_once(bot: SmallBot) -> None:
    now = [0.0]
    presses = Presses(clock=lambda: now[0])
    answer = ask(bot)
    tap = press(button(answer, "q"), under(answer))

    async def both() -> None:
        await asyncio.gather(presses.pressed(bot.app, tap), presses.pressed(bot.app, tap))

    asyncio.run(both())
    assert sorted(bot.outbox.toasts) == ["", said("bot.toast.done")]
    assert len(bot.outbox.sent) == 1
    now[0] = 6.0
    pressed(bot, tap, presses=presses)
    assert len(bot.outbox.sent) == 2


def test_who_may_not_use_the_bot_presses_in_vain(home: Path, tmp_path: Path, bot: SmallBot) -> None:
    answer = ask(bot)
    with small_bot(home, state_url=state_at(tmp_path), allowed_users={8}) as closed:
        pressed(closed, press(button(answer, "q"), under(answer)), press("l:en", seen(PRIVATE, 1, one("l:en"))))
        assert closed.outbox.toasts == [said("bot.limit.not_allowed")] * 2
        assert closed.outbox.sent == []
        assert closed.app.state.chosen_language(7) is None


def test_a_language_is_chosen_in_its_own_words(bot: SmallBot) -> None:
    pressed(bot, press("l:en", seen(PRIVATE, 40, language_keyboard("ar"))))
    assert bot.app.state.chosen_language(7) == "en"
    assert bot.outbox.toasts == [said("bot.lang.chosen", "en")]
    assert (bot.outbox.only.how, bot.outbox.only.ids) == ("edit", (40,))
    assert said("bot.lang.chosen", "en") in bot.outbox.only.text


def test_choosing_a_language_takes_nothing_else_away(bot: SmallBot) -> None:
    pressed(bot, press("l:en", seen(PRIVATE, 40, (*example_keyboard([KNOWN]), *language_keyboard("ar")))))
    assert (bot.outbox.only.how, bot.outbox.only.reply_to) == ("send", 40)


def test_the_latest_are_paged_in_place_and_open(bot: SmallBot) -> None:
    cards, _ = bot.app.catalogue.latest(0)
    shown = latest_outgoing(cards, 1, "ar", more_follow=False)
    pressed(bot, press("p:0", seen(PRIVATE, 40, shown.keyboard)))
    page = bot.outbox.sent.pop()
    assert (page.how, page.ids) == ("edit", (40,))
    assert f"a:{link_of('bridge.txt')}" in page.data
    pressed(bot, press(f"a:{link_of('bridge.txt')}", under(page)))
    assert "افتتح وزير النقل" in bot.outbox.only.text


def test_a_page_that_cannot_be_edited_is_sent(bot: SmallBot) -> None:
    pressed(bot, press("p:0", {"message_id": 40, "chat": {"id": 7, "type": "private"}, "date": 0}))
    assert bot.outbox.only.how == "send"


def test_a_list_that_somebody_else_asked_for_stays_as_it_is(bot: SmallBot) -> None:
    asked = {"message_id": 4, "date": 1, "chat": {"id": -100, "type": "supergroup"}, "text": "/latest"}
    asked["from"] = {"id": 8, "is_bot": False, "first_name": "Ben"}
    page = seen(GROUP, 40, one("p:1"), reply_to_message=asked)
    pressed(bot, press("p:1", page))
    assert (bot.outbox.toasts, bot.outbox.sent) == ([said("bot.toast.not_yours")], [])
    pressed(bot, press("p:1", page, by=8))
    assert bot.outbox.only.how == "edit"


def test_an_example_becomes_a_question_that_is_kept_and_answered_with_a_message(bot: SmallBot) -> None:
    shown = seen(PRIVATE, 40, example_keyboard(["متى؟", KNOWN]))
    tap = press(f"x:1:{example_check(KNOWN)}", shown)
    assert bot.take_in(tap) == [tap]
    pressed(bot, tap)
    (question,) = bot.waiting
    assert (question.text, question.update_id, question.place) == (KNOWN, tap.update_id, PRIVATE)
    pressed(bot, tap)  # delivered again
    assert bot.app.inbox.qsize() == 1
    queued = bot.app.inbox.get_nowait()
    assert isinstance(queued, Question)
    bot.ask(queued)
    assert QUOTE in bot.outbox.only.text


def test_an_example_that_no_button_can_hold_is_looked_up(bot: SmallBot, monkeypatch: pytest.MonkeyPatch) -> None:
    long = f"{KNOWN} " * 3
    monkeypatch.setattr(Catalogue, "examples", lambda *_: (long,))
    pressed(bot, press(f"x:0:{example_check(long)}", seen(PRIVATE, 40, example_keyboard([long]))))
    assert [question.text for question in bot.waiting] == [long]


def test_an_old_example_asks_nothing_else(bot: SmallBot) -> None:
    data = f"x:0:{example_check('سؤال آخر')}"
    pressed(bot, press(data, seen(PRIVATE, 40, one(data))))
    assert bot.waiting == []
    assert said("bot.toast.unknown") in bot.outbox.only.text


@pytest.mark.parametrize("broken", ["load_answer", "vote"])
def test_a_press_that_breaks_says_so_and_may_be_pressed_again(
    bot: SmallBot, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: object) -> None:
        raise StoreUnusable("x")

    answer, presses = ask(bot), Presses(clock=lambda: 0.0)
    vote = press(button(answer, "v"), under(answer))
    with monkeypatch.context() as breaking:
        breaking.setattr(type(bot.app.state), broken, fail)
        pressed(bot, vote, presses=presses)
    assert len(bot.outbox.toasts) == 1
    assert said("bot.toast.failed") in "".join([*bot.outbox.toasts, *(sent.text for sent in bot.outbox.sent)])
    assert kept_of(bot).vote == 0
    pressed(bot, vote, presses=presses)
    assert bot.outbox.toasts[-1] == said("bot.toast.thanks")
    assert kept_of(bot).vote != 0
    pressed(bot, vote, presses=presses)
    assert bot.outbox.toasts[-1] == said("bot.toast.done")


def test_what_was_not_sent_may_be_pressed_again(bot: SmallBot) -> None:
    presses, answer = Presses(clock=lambda: 0.0), ask(bot)
    tap = press(button(answer, "q"), under(answer))
    bot.outbox.is_lost = True
    pressed(bot, tap, presses=presses)
    bot.outbox.is_lost = False
    pressed(bot, tap, tap, presses=presses)
    assert bot.outbox.toasts == ["", "", said("bot.toast.done")]
    assert [bool(sent.ids) for sent in bot.outbox.sent] == [False, True]


def test_twice_is_once_however_long_the_first_takes(bot: SmallBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    presses, answer = Presses(clock=lambda: now[0]), ask(bot)
    tap = press(button(answer, "q"), under(answer))
    send = type(bot.outbox).send

    async def slow(*args: Any, **more: Any) -> tuple[int, ...]:
        now[0] += 90.0  # Telegram held the chat back
        return await send(*args, **more)

    monkeypatch.setattr(type(bot.outbox), "send", slow)
    pressed(bot, tap, tap, presses=presses)
    assert bot.outbox.toasts == ["", said("bot.toast.done")]
    assert len(bot.outbox.sent) == 1


def test_another_button_between_makes_it_a_press_again(bot: SmallBot) -> None:
    presses, answer = Presses(clock=lambda: 0.0), ask(bot)
    up, down = (press(data, under(answer)) for data in answer.data if data.startswith("v:"))
    pressed(bot, up, down, up, presses=presses)
    assert said("bot.toast.done") not in bot.outbox.toasts
    assert kept_of(bot).vote == (1 if str(up.callback_query.data).endswith("+") else -1)  # type: ignore[union-attr]


def test_who_presses_on_and_on_is_told_once_and_every_press_is_answered(bot: SmallBot) -> None:
    answer = ask(bot)
    ups_and_downs = [press(data, under(answer)) for data in answer.data if data.startswith("v:")]
    pressed(bot, *ups_and_downs * 40)
    assert len(bot.outbox.toasts) == 80
    assert bot.outbox.toasts.count(said("bot.limit.pace")) == 1
    assert bot.outbox.toasts[-1] == ""
    assert len(bot.outbox.sent) < 65


def test_a_press_is_answered_where_no_language_can_be_read(bot: SmallBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StoreUnusable("x")

    answer = ask(bot)
    monkeypatch.setattr(type(bot.app.state), "chosen_language", fail)
    pressed(bot, press(button(answer, "q"), under(answer), lang="en"))
    assert QUOTE in bot.outbox.only.text
