"""Methods that put something into a chat or change it there."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from tests.fake_telegram.chats import Action, Chat, Draft, Message
from tests.fake_telegram.entities import MAX_CAPTION, MAX_TEXT, HtmlText, is_blank, tidy, utf16
from tests.fake_telegram.errors import NOT_MODIFIED, Json, bad
from tests.fake_telegram.keyboards import read_markup
from tests.fake_telegram.params import Params
from tests.fake_telegram.world import World

DELETABLE_SECONDS = 48 * 3600
ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def read_text(params: Params, name: str = "text", entities: str = "entities") -> tuple[str, list[Json]]:
    """The visible text of a call and its entities, cleaned; limits are the caller's."""
    source, mode = params.text(name), params.text("parse_mode")
    if mode.lower() == "html":
        return tidy(*HtmlText(source).parse())
    if mode:
        raise bad(f"unsupported parse_mode (this server knows HTML alone, not {mode!r})")
    given = params.structure(entities, "entities")
    if given is not None and not isinstance(given, list):
        raise bad("entities must be an Array")
    return tidy(source, [_entity(one, utf16(source)) for one in given or []])


def _entity(given: Any, length: int) -> Json:
    if not isinstance(given, dict) or not isinstance(given.get("type"), str):
        raise bad("can't parse MessageEntity: it must be an Object with a type")
    if not isinstance(given.get("offset"), int) or not isinstance(given.get("length"), int):
        raise bad("can't parse MessageEntity: offset and length must be Integers")
    if given["offset"] < 0 or given["length"] < 1 or given["offset"] + given["length"] > length:
        raise bad("ENTITY_BOUNDS_INVALID")
    return given


def message_text(params: Params) -> tuple[str, list[Json]]:
    """The text of a message: not empty, at most 4096 UTF-16 units (the stricter of two readings of the limit)."""
    text, entities = read_text(params)
    if is_blank(text):
        raise bad("message text is empty")
    if utf16(text) > MAX_TEXT:
        raise bad("message is too long")
    return text, entities


def caption_of(params: Params) -> tuple[str, list[Json]]:
    """The caption of a file, perhaps empty."""
    caption, entities = read_text(params, "caption", "caption_entities")
    if utf16(caption) > MAX_CAPTION:
        raise bad("message caption is too long")
    return caption, entities


def topic(chat: Chat, params: Params) -> int:
    """The topic to send to; 0 for none."""
    thread_id = params.integer("message_thread_id")
    if thread_id and thread_id not in chat.topics:
        raise bad("message thread not found")
    return thread_id


def replied(chat: Chat, params: Params) -> Message | None:
    """The message that is replied to."""
    reply = params.structure("reply_parameters", "reply parameters") or {}
    if not isinstance(reply, dict):
        raise bad("reply parameters must be an Object")
    message_id = int(reply.get("message_id") or params.integer("reply_to_message_id"))
    if not message_id:
        return None
    found = chat.messages.get(message_id)
    if found is None and not (reply.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply")):
        raise bad("message to be replied not found")
    return found


def send_message(world: World, params: Params) -> Json:
    """sendMessage."""
    text, entities = message_text(params)
    return deliver(world, params, text=text, entities=entities)


def deliver(world: World, params: Params, **said: object) -> Json:
    """Send what was read to the call's chat; `said` are fields of Message."""
    markup = read_markup(params)
    preview = params.structure("link_preview_options", "link preview options") or {}
    chat = world.reach(params.fields.get("chat_id"))
    thread_id, reply_to = topic(chat, params), replied(chat, params)
    world.spend(chat)
    world.drafts.pop(chat.id, None)
    message = world.add_message(
        chat,
        world.me,
        markup=markup,
        reply_to=reply_to,
        thread_id=thread_id,
        preview=preview,
        silent=params.flag("disable_notification"),
        **said,
    )
    return message.as_json()


def send_draft(world: World, params: Params) -> bool:
    """sendMessageDraft: seen for half a minute, in private chats only, gone with the next message."""
    text, entities = read_text(params)
    if utf16(text) > MAX_TEXT:
        raise bad("message is too long")
    if not params.integer("draft_id"):
        raise bad("TEXTDRAFT_ID_INVALID")
    chat = world.reach(params.fields.get("chat_id"))
    if not chat.is_private:
        raise bad("TEXTDRAFT_PEER_INVALID")
    world.spend(chat)
    world.drafts[chat.id] = Draft(params.integer("draft_id"), text, tuple(entities), monotonic())
    return True


def editable(world: World, params: Params) -> Message:
    """The bot's own message that a call wants to change."""
    if params.text("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    chat = world.reach(params.fields.get("chat_id"))
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if message.sender is not world.me:
        raise bad("message can't be edited")
    return message


def edit_text(world: World, params: Params) -> Json:
    """editMessageText; without reply_markup the buttons go."""
    text, entities = message_text(params)
    markup = read_markup(params)
    message = editable(world, params)
    if not message.text:
        raise bad("there is no text in the message to edit")
    return changed(world, message, markup, text=text, entities=entities)


def edit_caption(world: World, params: Params) -> Json:
    """editMessageCaption."""
    caption, entities = caption_of(params)
    message = editable(world, params)
    if message.text:
        raise bad("there is no caption in the message to edit")
    return changed(world, message, read_markup(params), caption=caption, caption_entities=entities)


def edit_markup(world: World, params: Params) -> Json:
    """editMessageReplyMarkup."""
    markup = read_markup(params)
    return changed(world, editable(world, params), markup)


def changed(world: World, message: Message, markup: Json, **said: object) -> Json:
    """The message with its new content, unless nothing about it is new."""
    if markup == message.markup and all(getattr(message, name) == value for name, value in said.items()):
        raise bad(NOT_MODIFIED)
    world.spend(message.chat)
    message.versions.append(message.text or message.caption)
    message.markup, message.edit_date = markup, int(world.now())
    for name, value in said.items():
        setattr(message, name, value)
    return message.as_json()


def delete_message(world: World, params: Params) -> bool:
    """deleteMessage."""
    chat = world.reach(params.fields.get("chat_id"))
    remove(world, chat, params.integer("message_id"))
    return True


def delete_messages(world: World, params: Params) -> bool:
    """deleteMessages: those that are not there are skipped."""
    chat = world.reach(params.fields.get("chat_id"))
    ids = params.structure("message_ids") or []
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad("too many messages to delete" if ids else "message identifiers are not specified")
    for message_id in ids:
        if int(message_id) in chat.messages:
            remove(world, chat, int(message_id))
    return True


def remove(world: World, chat: Chat, message_id: int) -> None:
    """Delete one message: the bot's own or, in a private chat, anybody's, for 48 hours."""
    message = chat.messages.get(message_id)
    if message is None:
        raise bad("message to delete not found")
    if world.now() - message.date > DELETABLE_SECONDS:
        raise bad("message can't be deleted for everyone")
    if message.sender is not world.me and not chat.is_private and chat.bot_status != "administrator":
        raise bad("message can't be deleted")
    del chat.messages[message_id]


def send_action(world: World, params: Params) -> bool:
    """sendChatAction."""
    chat = world.reach(params.fields.get("chat_id"))
    if params.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.actions[chat.id].append(Action(params.text("action"), monotonic(), topic(chat, params)))
    return True


SENDING: dict[str, Callable[[World, Params], Any]] = {
    "sendMessage": send_message,
    "sendMessageDraft": send_draft,
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "sendChatAction": send_action,
}
