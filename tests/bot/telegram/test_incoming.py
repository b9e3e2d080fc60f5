from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.state.records import Place, Question
from bot.telegram.context import Identity
from bot.telegram.incoming import cleaned, question_of

ME = Identity(user_id=99, username="IsnadBot")
ANA = {"id": 7, "is_bot": False, "first_name": "Ana", "language_code": "ar"}
BEN = {"id": 8, "is_bot": False, "first_name": "Ben"}
BOT = {"id": 99, "is_bot": True, "first_name": "Isnad", "username": "IsnadBot"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ana"}
GROUP = {"id": -100, "type": "supergroup", "title": "G"}
ASKED = 1_700_000_000


def message(text: str | None = None, **changes: Any) -> dict[str, Any]:
    made = {"message_id": 5, "date": ASKED, "chat": PRIVATE, "from": ANA, "text": text, **changes}
    return {name: value for name, value in made.items() if value is not None}


def in_group(text: str | None = None, **changes: Any) -> dict[str, Any]:
    return message(text, **{"chat": GROUP, **changes})


def replied(text: str | None = "نص", sender: dict[str, Any] = BEN, **changes: Any) -> dict[str, Any]:
    return in_group(text, **{"message_id": 4, "from": sender, **changes})


def mention(text: str, name: str = "@isnadbot", **changes: Any) -> dict[str, Any]:
    """An entity over `name` in `text`, in Telegram's units."""
    before = text[: text.index(name)].encode("utf-16-le", "surrogatepass")
    return {"type": "mention", "offset": len(before) // 2, "length": len(name), **changes}


def ask(sent: dict[str, Any], kind: str = "message") -> Question | None:
    update = Update.de_json({"update_id": 3, kind: sent}, bot=None)
    return question_of(update, ME, now=12.5)


def words(sent: dict[str, Any], kind: str = "message") -> str | None:
    question = ask(sent, kind)
    return question.text if question else None


def test_a_private_text_is_a_question() -> None:
    place = Place(chat_id=7, user_id=7)
    assert ask(message("متى افتتح الجسر؟")) == Question(3, place, 5, "متى افتتح الجسر؟", 12.5, "ar")


def test_a_topic_of_a_group_has_its_own_conversation() -> None:
    topic = in_group("/ask متى؟", message_thread_id=31, is_topic_message=True)
    replies = in_group("/ask متى؟", message_thread_id=31)
    assert [question and question.place for question in map(ask, (topic, replies))] == [
        Place(-100, 7, 31),
        Place(-100, 7),
    ]


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (message("/ask متى افتتح؟"), "متى افتتح؟"),
        (message("/ask@isnadbot\nمتى؟"), "متى؟"),
        (message("/ASK متى؟"), "متى؟"),
        (message("/اسأل متى؟"), "متى؟"),
        (message("سؤال معاد", forward_origin={"type": "hidden_user", "sender_user_name": "x", "date": 1}), "سؤال معاد"),
        (message("🙂🙂"), "🙂🙂"),
        (message("\u200b\u202e"), ""),
        (message("@IsnadBot متى؟", entities=[mention("@IsnadBot متى؟", "@IsnadBot")]), "متى؟"),
        (in_group("/ask متى؟"), "متى؟"),
        (in_group("/ask@IsnadBot متى؟"), "متى؟"),
        (in_group("ومتى؟", reply_to_message=replied(sender=BOT)), "ومتى؟"),
        (in_group("/ask", reply_to_message=replied("من فاز؟")), "من فاز؟"),
        (in_group("/ask", reply_to_message=replied(None, caption="من فاز؟", photo=[])), "من فاز؟"),
        (
            in_group("/ask", reply_to_message=replied("قيل. من فاز؟"), quote={"text": "من فاز؟", "position": 5}),
            "من فاز؟",
        ),
        (in_group("/ask متى؟", reply_to_message=replied("من فاز؟")), "متى؟"),
        (in_group("@isnadbot متى؟", entities=[mention("@isnadbot متى؟")]), "متى؟"),
        (in_group("😀😀 متى @isnadbot افتتح؟", entities=[mention("😀😀 متى @isnadbot افتتح؟")]), "😀😀 متى افتتح؟"),
        (in_group("@isnadbot", entities=[mention("@isnadbot")]), ""),
        (in_group("@isnadbot", entities=[mention("@isnadbot")], reply_to_message=replied("من فاز؟")), "من فاز؟"),
        (in_group("إسناد متى؟", entities=[mention("إسناد متى؟", "إسناد", type="text_mention", user=BOT)]), "متى؟"),
    ],
)
def test_what_is_a_question_and_its_words(sent: dict[str, Any], text: str) -> None:
    assert words(sent) == text


@pytest.mark.parametrize(
    "sent",
    [
        message("/start"),
        message("/asking متى؟"),
        message("/مصادر"),
        message(" /help"),
        message("/ask"),
        message("/ask \u200b"),
        message("/ask@other متى؟"),
        message(None, dice={"value": 1, "emoji": "🎲"}),
        message(None, caption="متى؟"),
        message("متى؟", via_bot={"id": 4, "is_bot": True, "first_name": "b"}),
        in_group("متى؟"),
        in_group("/ask"),
        in_group("/ask@other_bot متى؟"),
        in_group("/ask", reply_to_message=replied(sender=BOT)),
        in_group("/ask", reply_to_message=replied(None)),
        in_group("متى؟", reply_to_message=replied()),
        in_group("متى؟", reply_to_message=replied(None, BOT, forum_topic_created={"name": "t", "icon_color": 1})),
        in_group("@other متى؟", entities=[mention("@other متى؟", "@other")]),
        in_group("@isnadbot متى؟"),
        in_group("بن متى؟", entities=[mention("بن متى؟", "بن", type="text_mention", user=BEN)]),
        in_group("/ask متى؟", **{"from": {**BEN, "is_bot": True}}),
        in_group("/ask متى؟", sender_chat={"id": -55, "type": "channel", "title": "c"}, is_automatic_forward=True),
        message("متى؟", chat={"id": -55, "type": "channel", "title": "c"}),
    ],
)
def test_what_is_none(sent: dict[str, Any]) -> None:
    assert ask(sent) is None


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
def test_a_channel_asks_nothing(kind: str) -> None:
    channel = {"id": -55, "type": "channel", "title": "c"}
    assert ask({"message_id": 1, "date": 1, "chat": channel, "text": "/ask متى؟"}, kind) is None


def test_an_anonymous_administrator_asks_as_the_group() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    question = ask(in_group("/ask متى؟", sender_chat=GROUP, **{"from": anonymous}))
    assert question is not None
    assert (question.place, question.language_code) == (Place(-100, -100), None)


def test_an_edit_is_a_question_for_two_days() -> None:
    two_days = 48 * 3600
    question = ask(message("متى؟", edit_date=ASKED + two_days), "edited_message")
    assert question is not None
    assert question.is_edit
    assert ask(message("متى؟", edit_date=ASKED + two_days + 1), "edited_message") is None
    assert ask(message("/start", edit_date=ASKED), "edited_message") is None


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("  متى \t افتتح\x00؟ ", "متى افتتح؟"),
        ("متى\r\n\r\n \nافتتح", "متى\nافتتح"),
        ("\u202eمتى\u2066 \u200fاف\u200bتتح\ufeff", "متى افتتح"),
        ("a\ud83d b", "a b"),
        ("كم \u0661\u0662\u06dd؟", "كم \u0661\u0662\u06dd؟"),
        ("a\u2028b\x85c", "a\nb\nc"),
    ],
)
def test_what_cannot_be_seen_goes(text: str, seen: str) -> None:
    assert cleaned(text) == seen


@given(st.text(st.characters(), max_size=60))
def test_whatever_is_written_comes_out_clean(text: str) -> None:
    seen = cleaned(text)
    assert seen == cleaned(seen)
    seen.encode("utf-8")
    assert not any(character < " " and character != "\n" for character in seen)


@given(st.text(st.characters(), max_size=30), st.text(st.characters(), max_size=30))
def test_a_mention_is_cut_out_wherever_it_stands(before: str, after: str) -> None:
    text = f"{before} @isnadbot {after}"
    entity = mention(text, " @isnadbot ")
    asked = words(in_group("x" + text, entities=[{**entity, "offset": entity["offset"] + 2, "length": 9}]))
    assert asked == cleaned(f"x{before}  {after}")
