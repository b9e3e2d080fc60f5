"""The settings: one frozen object, read once at the edge and passed down.

The only reader of the environment. Every variable begins with `ISNAD_`, but for the two that Telegram
bots share by custom; no other program's variable is ever read.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rag.addresses import HIDDEN, shown_address
from rag.errors import SettingsError
from rag.home import home_folder

PREFIX = "ISNAD_"
UNPREFIXED = ("telegram_bot_token", "telegram_api_base")
SECRETS = ("llm_api_key", "telegram_bot_token", "webhook_secret")

NEAR = 0.8
"""How alike a misspelt variable is to one of ours: two letters of ten."""
_OF_THE_BOT_API_SERVER = ("TELEGRAM_API_ID", "TELEGRAM_API_HASH")
"""What Telegram's own server takes, which may run beside the bot: they are near, and not misspelt."""

ADDRESSES = ("database_url", "state_url", "chroma_url", "llm_url", "telegram_api_base", "webhook_url")
"""Fields whose value may hold a password."""

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "0123456789" * 2 + ".")
_InAnyDigits = BeforeValidator(lambda value: value.translate(_DIGITS) if isinstance(value, str) else value)
Whole = Annotated[int, _InAnyDigits]
Real = Annotated[float, _InAnyDigits]

Lang = Annotated[Literal["ar", "en"], BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value)]

Ids = Annotated[frozenset[int] | None, NoDecode]
"""Telegram's numbers of people or groups; in the environment with commas between them."""


class Settings(BaseSettings):
    """What an operator can set; the defaults need no account, no key and no download."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    home: Path = Field(
        default_factory=lambda: user_data_path("isnad"),
        validate_default=True,
        description="Folder of the store and the index.",
    )
    lang: Lang = Field(default="ar", description="Language of everything Isnad itself says.")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the store; SQLite in the home folder where it is not set."
    )
    chroma_url: str | None = Field(
        default=None, description="A Chroma server; an embedded Chroma in the home folder where it is not set."
    )
    embed_model: str | None = Field(
        default=None,
        description="A sentence-transformers model: a folder or a name; feature hashing where it is not set.",
    )
    embed_weight: Real = Field(
        default=0.5, ge=0, le=1, description="Share of the dense score in the ranking when ISNAD_EMBED_MODEL is set."
    )
    llm_url: str | None = Field(
        default=None, description="Base URL of an OpenAI-compatible server that writes the answers."
    )
    llm_model: str | None = Field(default=None, description="Its model's name; answers are quoted where it is not set.")
    llm_api_key: SecretStr | None = Field(default=None, description="Its key, where it wants one.")
    llm_timeout_s: Real = Field(default=25.0, gt=0, le=600, description="Seconds an answer may take to be written.")

    telegram_bot_token: SecretStr | None = Field(
        default=None, validation_alias="TELEGRAM_BOT_TOKEN", description="The bot's token, from @BotFather."
    )
    telegram_api_base: str = Field(
        default="https://api.telegram.org",
        validation_alias="TELEGRAM_API_BASE",
        description="Root of the Telegram server: methods at /bot<token>/<method>, files at /file/bot<token>/<path>.",
    )
    state_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the bot's state; SQLite in the home folder where it is not set."
    )
    admins: Ids = Field(default=None, description="Who administers the bot: user ids with commas between them.")
    allowed_users: Ids = Field(
        default=None, description="Who may ask: user ids; anyone where neither users nor groups are set."
    )
    allowed_groups: Ids = Field(default=None, description="Groups whose members may ask in them: chat ids.")
    user_per_minute: Whole | None = Field(
        default=None, ge=0, description="Questions a person may ask in a minute; 0 is none, not set is no limit."
    )
    user_per_day: Whole | None = Field(default=None, ge=0, description="The same for a day (UTC).")
    llm_per_day: Whole | None = Field(
        default=None, ge=0, description="Answers the language model may write in a day for all; after that, quotes."
    )
    llm_group_per_day: Whole | None = Field(default=None, ge=0, description="The same for each group.")
    question_timeout_s: Real = Field(
        default=40.0, gt=0, le=600, description="Seconds until the bot apologises for a question without an answer."
    )
    stop_timeout_s: Real = Field(
        default=8.0,
        gt=0,
        le=600,
        description="Seconds it may take to stop; what is left waits for the next start.",
    )
    poll_timeout_s: Whole = Field(
        default=30,
        ge=1,
        le=50,
        description="Seconds one poll waits for news; 60 more in silence end the bot with 70.",
    )
    keep_days: Whole = Field(default=30, ge=1, le=3650, description="Days that questions, answers and votes are kept.")
    upload_max_mb: Real = Field(
        default=5.0, gt=0, le=20, description="Size of a document that an administrator may send; Telegram's end is 20."
    )
    webhook_url: str | None = Field(
        default=None, description="Public https address that Telegram calls; the bot polls where it is not set."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="What Telegram has to say with each call: 1 to 256 of A-Z a-z 0-9 _ -."
    )
    webhook_port: Whole = Field(default=8443, ge=1, le=65535, description="Port on the loopback that the proxy calls.")
    health_port: Whole | None = Field(
        default=None, ge=1, le=65535, description="Port on the loopback for /healthz and /metrics; none where not set."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much the bot says on standard error."
    )

    @field_validator("home")
    @classmethod
    def _a_folder(cls, value: Path) -> Path:
        return home_folder(value)

    @field_validator("admins", "allowed_users", "allowed_groups", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return frozenset(int(part) for part in re.split(r"[\s,،]+", value) if part)
        except ValueError as error:
            raise PydanticCustomError("ids", "it has to be numbers with commas between them") from error

    @field_validator("webhook_secret")
    @classmethod
    def _a_secret_telegram_takes(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise PydanticCustomError("secret", "it has to be 1 to 256 of A-Z a-z 0-9 _ -")
        return value

    @field_validator("chroma_url", "llm_url", "telegram_api_base", "webhook_url")
    @classmethod
    def _a_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        why = ""
        try:
            parts = urlsplit(value)
            good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError as error:  # even the form is broken
            good, why = False, "" if "'" in str(error) else f" ({error})"  # what it quotes may be of a password
        if not good:
            raise PydanticCustomError(
                "address", "it has to be an address like http://127.0.0.1:8000{why}", {"why": why}
            )
        return value

    @property
    def index_folder(self) -> Path:
        """The folder that holds the generations of the index."""
        return self.home / "index"

    @property
    def models_folder(self) -> Path:
        """Where `isnad model pull` puts models."""
        return self.home / "models"


def variable_of(name: str) -> str:
    """The environment variable of the field `name`."""
    return name.upper() if name in UNPREFIXED else PREFIX + name.upper()


def shown_value(name: str, value: object) -> object:
    """A field's value as it may be shown or kept: a secret hidden, an address without user, password and query."""
    if isinstance(value, SecretStr) or (name in SECRETS and value is not None):
        return HIDDEN
    return shown_address(value) if isinstance(value, str) and (name in ADDRESSES or "://" in value) else value


def stated_variables() -> dict[str, str]:
    """Every variable with a value that is ours, or looks so, and where it stands: `environment` or `.env`."""
    from dotenv import dotenv_values

    stated = {}
    with suppress(OSError, UnicodeDecodeError):  # `load_settings` says so
        stated = dict.fromkeys((name for name, value in dotenv_values(".env").items() if value), ".env")
    stated |= dict.fromkeys((name for name, value in os.environ.items() if value), "environment")  # noqa: TID251
    return {name.upper(): place for name, place in stated.items() if _looks_like_ours(name.upper())}


def _looks_like_ours(variable: str) -> bool:
    """Whether it has our prefix, or is one of the two without it, perhaps misspelt."""
    two = [name.upper() for name in UNPREFIXED]
    is_near = bool(get_close_matches(variable, two, n=1, cutoff=NEAR)) and variable not in _OF_THE_BOT_API_SERVER
    return variable.startswith(PREFIX) or is_near


def load_settings(**overrides: Any) -> Settings:
    """Read the settings from the environment and `.env`; `overrides` win over both.

    Raises:
        SettingsError: a value is not allowed; the message names the variable, the value and what is. What else
            is wrong stands in its `others`.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        raise _named(error) from error
    except UnicodeDecodeError as error:
        file = Path(".env").resolve()
        message = f"{file} is no text in UTF-8: save it in that encoding, or write it anew from .env.example."
        raise SettingsError(message, what="env_encoding", variable=".env", path=str(file)) from error
    except OSError as error:
        file, why = Path(".env").resolve(), error.strerror or type(error).__name__
        raise SettingsError(f"{file} cannot be read: {why}.", what="env_file", path=str(file), why=why) from error


class _Spoken(BaseSettings):
    model_config = Settings.model_config

    lang: Lang = "ar"


def load_lang() -> Literal["ar", "en"]:
    """The language to speak, whatever is wrong with the other settings; the default where nothing else can be read."""
    try:
        return _Spoken().lang
    except (ValidationError, OSError, UnicodeDecodeError):
        return "ar"


def _named(error: ValidationError) -> SettingsError:
    """The first thing that is wrong, with the others."""
    first, *others = map(_wrong_setting, error.errors())
    first.others = tuple(others)
    return first


def _wrong_setting(wrong: ErrorDetails) -> SettingsError:
    """One of them; `what` is pydantic's or our own name for it, with the limits that it names."""
    field = str(wrong["loc"][0]).lower() if wrong["loc"] else "?"
    variable = variable_of(field)
    value = str(shown_value(field, str(wrong.get("input"))))
    value = shown_address(value) if "@" in value else value
    allowed = wrong["msg"].removeprefix("Value error, ")
    context = wrong.get("ctx", {})
    limits = {name: f"{limit:g}" for name, limit in context.items() if isinstance(limit, int | float)}
    return SettingsError(
        f"{variable} is {value!r}: {allowed}.",
        what="lang" if field == "lang" else wrong["type"],
        variable=variable,
        value=value,
        allowed=allowed,
        expected=", ".join(re.findall("'([^']*)'", str(context.get("expected", "")))),
        **limits,
    )
