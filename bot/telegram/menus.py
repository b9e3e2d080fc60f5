"""What Telegram shows of the bot beside its messages: the menus of commands, its name and descriptions.

Telegram keeps them, so what has not changed since the last start is not sent again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.telegram.polling import kind_of
from bot.texts import Lang, say

if TYPE_CHECKING:
    from telegram import Bot

    from bot.telegram.context import AppContext

IN_PRIVATE = ("start", "help", "ask", "sources", "latest", "lang", "new", "privacy", "export", "forget")
IN_GROUPS = ("ask", "sources", "latest", "new", "lang", "help", "privacy")
FOR_ADMINS = ("stats", "health", "reload", "ingest")
FILE = "menus.json"
"""What was sent last, by a hash of each call; without it everything is sent again."""

_LANGUAGES: tuple[tuple[str | None, Lang], ...] = ((None, "en"), ("ar", "ar"), ("en", "en"))
"""Telegram's code and the language of ours that goes there; None is for whoever has neither."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Call:
    """One thing to tell Telegram."""

    kind: str
    key: str
    """A keyed hash of what it is about: who has the file cannot try whose number it is."""
    digest: str
    """A hash of what it says."""
    send: Callable[[], Awaitable[object]]


async def publish(app: AppContext, bot: Bot, *, is_forced: bool = False) -> None:
    """Tell Telegram what has changed since the last time, or all of it where `is_forced`.

    What it does not take is one line in the log, and is tried again at the next start.
    """
    file = app.settings.home / FILE
    sent = {} if is_forced else await asyncio.to_thread(_read, file)
    told: dict[str, str] = {}
    held_back: set[str] = set()
    for call in _calls(bot, sorted(app.settings.admins or ()), app.state.digest):
        is_known = sent.get(call.key) == call.digest
        if not is_known and call.kind in held_back:
            continue
        try:
            if not is_known:
                await call.send()
        except TelegramError as error:
            is_stranger = isinstance(error, BadRequest) and "chat not found" in error.message.lower()
            why = "an administrator has not written to it yet" if is_stranger else kind_of(error)
            _log.info("Telegram does not take the bot's %s (%s)", call.kind, why)
            held_back |= {call.kind} if isinstance(error, RetryAfter) else set()
        else:
            told[call.key] = call.digest
    if told != sent:
        await asyncio.to_thread(_write, file, told)


def _calls(bot: Bot, admins: list[int], digest: Callable[[str], str]) -> Iterator[_Call]:
    """What there is to tell. The hashes are this bot's: with another token it is another one, told nothing."""

    def call(name: str, content: str, send: Callable[[], Awaitable[object]]) -> _Call:
        key, whole = (digest("\0".join([str(bot.id), *parts])) for parts in ((name,), (name, content)))
        return _Call(name.partition(":")[0], key, whole, send)

    scopes: list[tuple[str, BotCommandScope | None, tuple[str, ...]]] = [
        ("default", None, IN_PRIVATE),
        ("private", BotCommandScopeAllPrivateChats(), IN_PRIVATE),
        ("groups", BotCommandScopeAllGroupChats(), IN_GROUPS),
        *((f"admin:{one}", BotCommandScopeChat(one), IN_PRIVATE + FOR_ADMINS) for one in admins),
    ]
    for code, lang in _LANGUAGES:
        for where, scope, names in scopes:
            text, send = _commands(bot, scope, names, (code, lang))
            yield call(f"commands:{where}:{code}", text, send)
        for method, key, argument in (
            (bot.set_my_description, "bot.description", "description"),
            (bot.set_my_short_description, "bot.short_description", "short_description"),
            (bot.set_my_name, "bot.name", "name"),
        ):
            text = say(key, lang)
            yield call(f"{argument}:{code}", text, _bound(method, **{argument: text, "language_code": code}))


def _commands(
    bot: Bot, scope: BotCommandScope | None, names: tuple[str, ...], language: tuple[str | None, Lang]
) -> tuple[str, Callable[[], Awaitable[object]]]:
    """What a menu says, and the call that tells Telegram."""
    code, lang = language
    commands = [BotCommand(name, say(f"bot.command.{name}", lang)) for name in names]
    text = json.dumps([(one.command, one.description) for one in commands])
    return text, _bound(bot.set_my_commands, commands=commands, scope=scope, language_code=code)


def _bound(method: Callable[..., Awaitable[object]], **arguments: object) -> Callable[[], Awaitable[object]]:
    return lambda: method(**arguments)


def _read(file: Path) -> dict[str, str]:
    try:
        read = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _write(file: Path, told: dict[str, str]) -> None:
    unfinished = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as written:  # noqa: PTH123  Path.open takes no descriptor
            json.dump(told, written)
        unfinished.replace(file)
    except OSError as error:
        _log.warning("what was told to Telegram cannot be noted: %s", error.strerror)
