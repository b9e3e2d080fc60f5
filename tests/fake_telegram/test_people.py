"""People, groups and topics: what the bot gets to know, and where it may write."""

from __future__ import annotations

import pytest

from tests.fake_telegram.conftest import Call
from tests.fake_telegram.fake import FakeTelegram


def test_a_private_message_carries_what_telegram_s_carry(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7, first_name="منى", username="mona", language_code="ar").private()
    said = chat.say("/start a_1")
    [update] = call("getUpdates")[1]
    message = update["message"]
    assert message.pop("date") > 1_700_000_000
    person = {"id": 7, "is_bot": False, "first_name": "منى", "username": "mona", "language_code": "ar"}
    assert message == {
        "message_id": said.message_id,
        "from": person,
        "chat": {"id": 7, "type": "private", "first_name": "منى", "username": "mona"},
        "text": "/start a_1",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }


def test_what_is_no_text(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    for send in (chat.sticker, chat.voice, chat.photo, chat.video, chat.location):
        send()
    chat.forward("خبر")
    chat.photo(caption="سؤال")
    updates = [one["message"] for one in call("getUpdates")[1]]
    kinds = ("sticker", "voice", "photo", "video", "location", "forward_origin", "caption")
    assert all(kind in message for kind, message in zip(kinds, updates, strict=True))
    for text in ("", "x" * 4097):
        with pytest.raises(ValueError, match="4096"):
            chat.say(text)


def test_edits_and_deletions(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    said = chat.say("قبل")
    edited = chat.edit(said, "بعد")
    first, second = call("getUpdates")[1]
    assert (first["message"]["text"], second["edited_message"]["text"]) == ("قبل", "بعد")
    assert second["edited_message"]["edit_date"]
    assert (edited.message_id, edited.order > said.order) == (said.message_id, True)
    chat.delete(said)
    assert chat.messages() == []


def test_replies_and_topics(server: FakeTelegram, call: Call) -> None:
    mona = server.user(7)
    forum = server.group(-1001, forum=True, person=mona)
    topic = forum.topic(5)
    said = topic.say("x")
    topic.say("y", reply_to=said)
    plain = server.group(-1002, person=mona)
    plain.say("b", reply_to=plain.say("a"))
    in_topic, reply, _, in_thread = (one["message"] for one in call("getUpdates")[1])
    assert (in_topic["message_thread_id"], in_topic["is_topic_message"]) == (5, True)
    assert reply["reply_to_message"]["message_id"] == said.message_id
    assert "reply_to_message" not in reply["reply_to_message"]
    # outside forums a reply has a thread too, to which nobody can send
    assert (in_thread["message_thread_id"], "is_topic_message" in in_thread) == (1, False)
    lost = call("sendMessage", chat_id=-1002, text="x", message_thread_id=1)
    assert lost == (400, "Bad Request: message thread not found")
    assert call("sendMessage", chat_id=-1001, text="z", message_thread_id=5)[1]["message_thread_id"] == 5
    assert [one.text for one in topic.messages()] == ["x", "y", "z"]


def test_supergroups_number_their_own_messages(server: FakeTelegram, call: Call) -> None:
    mona = server.user(7)
    private, group = mona.private(), server.group(-1002, person=mona)
    assert [private.say("a").message_id, private.say("b").message_id, group.say("c").message_id] == [1, 2, 1]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("كلام الناس", False),
        ("/ask ما", True),
        ("/ask@isnad_test_bot ما", True),
        ("/ask@other_bot ما", False),
        ("@isnad_test_bot ما", True),
        ("@other ما", False),
    ],
)
def test_privacy_mode(server: FakeTelegram, call: Call, text: str, passes: bool) -> None:  # noqa: FBT001 - a case
    group = server.group(-1002, person=server.user(7))
    assert group.say(text).update_id
    server.options.privacy = True
    assert bool(group.say(text).update_id) == passes
    sent = call("sendMessage", chat_id=-1002, text="x")[1]["message_id"]
    assert group.say(text, reply_to=sent).update_id
    assert call("getMe")[1]["can_read_all_group_messages"] is False


def test_who_blocks_the_bot_is_told_nothing(server: FakeTelegram, call: Call) -> None:
    mona = server.user(7)
    chat = mona.private()
    server.block(mona)
    blocked = (403, "Forbidden: bot was blocked by the user")
    assert call("sendMessage", chat_id=7, text="x") == blocked
    assert call("sendChatAction", chat_id=7, action="typing") == blocked
    [update] = call("getUpdates")[1]
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert chat.say("x").update_id is None
    server.unblock(mona)
    assert call("sendMessage", chat_id=7, text="x")[0] == 200


def test_who_never_wrote_can_not_be_written_to(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private(started=False)
    assert call("sendMessage", chat_id=7, text="x") == (403, "Forbidden: bot can't initiate conversation with a user")
    chat.say("/start")
    assert call("sendMessage", chat_id=7, text="x")[0] == 200
    chat.chat.deactivated = True
    assert call("sendMessage", chat_id=7, text="x") == (403, "Forbidden: user is deactivated")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("kicked", "Forbidden: bot was kicked from the supergroup chat"),
        ("left", "Forbidden: bot is not a member of the supergroup chat"),
    ],
)
def test_groups_that_the_bot_is_not_in(server: FakeTelegram, call: Call, status: str, said: str) -> None:
    group = server.group(-1002, person=server.user(7))
    group.bot_becomes(status)
    assert call("sendMessage", chat_id=-1002, text="x") == (403, said)
    assert group.say("x").update_id is None


def test_a_group_that_becomes_a_supergroup(server: FakeTelegram, call: Call) -> None:
    old = server.group(-55, kind="group", person=server.user(7))
    old.say("x")
    new = server.migrate(old)
    _, to, come = (one["message"] for one in call("getUpdates")[1])
    assert (to["chat"]["id"], to["migrate_to_chat_id"]) == (-55, new.id)
    assert (come["chat"]["id"], come["migrate_from_chat_id"]) == (new.id, -55)
    assert call("sendMessage", chat_id=-55, text="x") == (
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
    )
    assert server.transcript.calls[-1].error
    assert call("sendMessage", chat_id=new.id, text="x")[0] == 200


def test_waiting_says_what_was_there_instead(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    call("sendChatAction", chat_id=7, action="typing")
    with pytest.raises(TimeoutError, match="sendChatAction"):
        server.wait_for_answer(chat, timeout=0.05)


def test_answers_after_something(server: FakeTelegram, call: Call) -> None:
    chat = server.user(7).private()
    call("sendMessage", chat_id=7, text="before")
    said = chat.say("x")
    for text in ("one", "two"):
        call("sendMessage", chat_id=7, text=text)
    assert server.wait_for_answer(chat, after=said).text == "one"
    assert [one.text for one in server.wait_for_answers(chat, 2, after=said)] == ["one", "two"]
