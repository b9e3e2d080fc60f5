"""Methods about the bot itself and about chats: who it is, what its menu says, who is in a chat."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.fake_telegram.chats import Chat, User
from tests.fake_telegram.errors import Json, bad
from tests.fake_telegram.params import Params
from tests.fake_telegram.world import World

MAX_COMMANDS, MAX_DESCRIPTION = 100, 256
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2}")
PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
TEXTS = {"description": 512, "short_description": 120, "name": 64}
EMOJI = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\ufe0f\u200d🔥 "
    "🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 "
    "🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂\ufe0f 🤷 🤷\u200d♀\ufe0f 😡"
)
"""What a bot may react with."""


def get_me(world: World, params: Params) -> Json:
    """getMe."""
    return world.me.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.options.privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def language(params: Params) -> str:
    """The language that a menu or a description is for; "" for all others."""
    code = params.text("language_code")
    if code and not LANGUAGE.fullmatch(code):
        raise bad("language code is invalid")
    return code


def scope_of(world: World, params: Params) -> str:
    """Where a menu shows, as one string: "default", "chat:12", "chat_member:12:34"."""
    scope = params.structure("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in PLAIN_SCOPES:
        return str(kind)
    if kind not in CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    chat = world.reach(scope.get("chat_id"))
    if kind != "chat" and chat.is_private:
        raise bad("can't change commands in private chats by administrators or members")
    if kind == "chat_member":
        if int(scope.get("user_id", 0)) not in world.users:
            raise bad("invalid user_id specified")
        return f"chat_member:{chat.id}:{scope['user_id']}"
    return f"{kind}:{chat.id}"


def set_commands(world: World, params: Params) -> bool:
    """setMyCommands."""
    commands = params.structure("commands", "list of bot commands")
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    if len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    kept: list[Json] = []
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        description = str(command.get("description", "")).strip()
        if not COMMAND.fullmatch(name):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= MAX_DESCRIPTION:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name, "description": description})
    key = scope_of(world, params), language(params)
    world.profile.commands[key] = kept
    return True


def get_commands(world: World, params: Params) -> list[Json]:
    """getMyCommands: those of exactly this scope and language."""
    return world.profile.commands.get((scope_of(world, params), language(params)), [])


def delete_commands(world: World, params: Params) -> bool:
    """deleteMyCommands."""
    world.profile.commands.pop((scope_of(world, params), language(params)), None)
    return True


def menu(world: World, chat: Chat, user: User) -> list[Json]:
    """The commands that Telegram offers a person in a chat: the narrowest scope, in their language or in none."""
    if chat.is_private:
        scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
    else:
        chief = chat.statuses.get(user.id) in {"administrator", "creator"}
        chiefs = [f"chat_administrators:{chat.id}"] if chief else []
        scopes = [f"chat_member:{chat.id}:{user.id}", *chiefs, f"chat:{chat.id}"]
        scopes += [*(["all_chat_administrators"] if chief else []), "all_group_chats", "default"]
    for scope in scopes:
        for code in (user.language_code[:2], ""):
            if found := world.profile.commands.get((scope, code)):
                return found
    return []


def text_setter(kind: str) -> Callable[[World, Params], bool]:
    """setMyName, setMyDescription, setMyShortDescription."""

    def set_text(world: World, params: Params) -> bool:
        text = params.text(kind)
        if len(text) > TEXTS[kind]:
            raise bad(f"{kind.replace('_', ' ')} is too long")
        world.profile.texts[kind, language(params)] = text
        return True

    return set_text


def text_getter(kind: str) -> Callable[[World, Params], Json]:
    """getMyName, getMyDescription, getMyShortDescription: in this language, else in none."""

    def get_text(world: World, params: Params) -> Json:
        texts = world.profile.texts
        default = world.me.first_name if kind == "name" else ""
        return {kind: texts.get((kind, language(params))) or texts.get((kind, "")) or default}

    return get_text


def set_reaction(world: World, params: Params) -> bool:
    """setMessageReaction: one of the usual emoji, or none."""
    chat = world.reach(params.fields.get("chat_id"))
    reactions = params.structure("reaction") or []
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad("message to react not found")
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(one.get("type") != "emoji" or one.get("emoji") not in EMOJI.split() for one in reactions):
        raise bad("REACTION_INVALID")
    message.reactions = reactions
    return True


def get_chat(world: World, params: Params) -> Json:
    """getChat."""
    chat = world.reach(params.fields.get("chat_id"))
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    accepted = dict.fromkeys(gifts, False)
    return chat.as_json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": accepted}


def member_json(chat: Chat, user: User, status: str) -> Json:
    """The ChatMember of the Bot API."""
    found: Json = {"user": user.as_json(), "status": status}
    if status == "creator":
        found["is_anonymous"] = False
    elif status == "kicked":
        found["until_date"] = 0
    elif status == "administrator":
        rights = (
            "be_edited manage_chat delete_messages manage_video_chats restrict_members promote_members change_info "
            "invite_users post_stories edit_stories delete_stories"
        )
        found |= {f"can_{right}": False for right in rights.split()} | {"is_anonymous": False}
    return found


def get_chat_member(world: World, params: Params) -> Json:
    """getChatMember."""
    chat = world.reach(params.fields.get("chat_id"))
    user = world.users.get(params.integer("user_id"))
    if user is None:
        raise bad("invalid user_id specified")
    status = chat.bot_status if user is world.me else chat.statuses.get(user.id, "member")
    return member_json(chat, user, status)


def leave_chat(world: World, params: Params) -> bool:
    """leaveChat."""
    chat = world.reach(params.fields.get("chat_id"))
    if chat.is_private:
        raise bad("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    return True


PROFILE: dict[str, Callable[[World, Params], Any]] = {
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyDescription": text_setter("description"),
    "getMyDescription": text_getter("description"),
    "setMyShortDescription": text_setter("short_description"),
    "getMyShortDescription": text_getter("short_description"),
    "setMyName": text_setter("name"),
    "getMyName": text_getter("name"),
    "setMessageReaction": set_reaction,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
}
