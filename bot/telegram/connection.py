"""The way to Telegram: the bot object, reaching it at the start, polling or a webhook."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.telegram.delivery import RateLimiter
from bot.telegram.monitoring import LOOPBACK
from bot.telegram.polling import BeatRequest, Pulse, SendRequest, kind_of, note_poll_fault, token_refused
from rag.errors import SettingsError

if TYPE_CHECKING:
    from telegram.ext import Updater

    from rag.settings import Settings

ALLOWED_UPDATES = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)
_CONNECT_S, _READ_S, _POLL_SLACK_S, _POOL_S = 10.0, 20.0, 15.0, 5.0
_CONNECTIONS = 64
_LONGEST_PAUSE_S = 30.0

T = TypeVar("T")
_log = logging.getLogger(__name__)


def token_of(settings: Settings) -> str:
    """The bot's token.

    Raises:
        SettingsError: there is none, or it cannot be one.
    """
    token = settings.telegram_bot_token.get_secret_value().strip() if settings.telegram_bot_token else ""
    if not token:
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is not set: get a token from @BotFather in Telegram and put it there or into .env.",
            what="no_token",
        )
    if not re.fullmatch(r"[A-Za-z0-9_:-]+", token):  # it becomes part of a URL
        raise SettingsError(
            "TELEGRAM_BOT_TOKEN is no token: it looks like 123456:ABC-def, as @BotFather gives it.", what="bad_token"
        )
    return token


def connect(settings: Settings, token: str, pulse: Pulse) -> ExtBot[Any]:
    """The bot object; nothing is sent yet. No proxy or certificate of other programs' variables is used."""
    root = settings.telegram_api_base.rstrip("/")
    times = {"connect_timeout": _CONNECT_S, "write_timeout": _READ_S, "pool_timeout": _POOL_S}
    ours_alone = {"trust_env": False}
    sending: dict[str, Any] = {
        "connection_pool_size": _CONNECTIONS,
        "read_timeout": _READ_S,
        "httpx_kwargs": ours_alone,
        **times,
    }
    return ExtBot(
        token,
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=SendRequest(pulse if settings.webhook_url else None, **sending),
        get_updates_request=BeatRequest(
            pulse, connection_pool_size=1, read_timeout=_POLL_SLACK_S, httpx_kwargs=ours_alone, **times
        ),
        rate_limiter=RateLimiter(max_retries=0),
    )


async def until_it_works(
    what: str, action: Callable[[], Awaitable[T]], sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> T:
    """What `action` returns, once Telegram can be reached: one line in the log for each time that it cannot.

    Raises:
        TokenRefused: it can, and does not know the token.
        BadRequest: it does not take what it was asked.
    """
    pause = 1.0
    while True:
        try:
            return await action()
        except InvalidToken:
            raise token_refused() from None  # its text holds the token
        except BadRequest:
            raise
        except TelegramError as error:
            wait = error._retry_after.total_seconds() if isinstance(error, RetryAfter) else pause  # noqa: SLF001  see Delivery
            _log.warning("%s: Telegram cannot be reached (%s), trying again in %d s", what, kind_of(error), wait)
        await sleep(wait)
        pause = min(2 * pause, _LONGEST_PAUSE_S)


async def listen(updater: Updater, settings: Settings) -> None:
    """Begin to fetch updates, or to be called with them.

    Raises:
        SettingsError: the webhook's address or port cannot be used.
        TokenRefused: Telegram does not know the token.
    """
    if settings.webhook_url is None:
        await until_it_works("polling", lambda: _poll(updater, settings))
        return
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    if not secret:
        secret = secrets.token_urlsafe(32)
        _log.info("ISNAD_WEBHOOK_SECRET is not set: one was made for this run")
    try:
        await until_it_works("webhook", lambda: _serve(updater, settings, secret))
    except BadRequest as error:
        raise SettingsError(
            "Telegram does not take ISNAD_WEBHOOK_URL: it has to be a public https address.", what="webhook"
        ) from error
    except OSError as error:
        raise port_taken("ISNAD_WEBHOOK_PORT", settings.webhook_port) from error


def port_taken(variable: str, port: int) -> SettingsError:
    """The error for a port that cannot be listened on."""
    return SettingsError(
        f"{variable} is {port}: it cannot be listened on, another program may have it.",
        what="port_taken",
        variable=variable,
        port=port,
    )


async def _poll(updater: Updater, settings: Settings) -> None:
    await updater.start_polling(
        timeout=settings.poll_timeout_s,
        allowed_updates=ALLOWED_UPDATES,
        drop_pending_updates=False,
        error_callback=note_poll_fault,
    )


async def _serve(updater: Updater, settings: Settings, secret: str) -> None:
    await updater.start_webhook(
        listen=LOOPBACK,
        port=settings.webhook_port,
        url_path=re.escape(urlsplit(settings.webhook_url or "").path.strip("/")),
        webhook_url=settings.webhook_url,
        secret_token=secret,
        allowed_updates=ALLOWED_UPDATES,
        drop_pending_updates=False,
    )
