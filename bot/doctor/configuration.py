"""The settings: what is set and where, what is misspelt, what fits together. Nobody is called, no secret is shown."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from bot.doctor.finding import Finding, found
from bot.env_file import unread_lines
from bot.texts.errors import explain_error
from rag.addresses import HIDDEN, shown_address, shown_place
from rag.errors import SettingsError
from rag.settings import (
    ADDRESSES,
    NEAR,
    PREFIX,
    SECRETS,
    Settings,
    load_settings,
    shown_value,
    stated_variables,
    variable_of,
)

if TYPE_CHECKING:
    from bot.texts import Lang

_PRIVATE = ("admins", "allowed_users", "allowed_groups")
"""Numbers of people: how many is all that is shown."""
_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
_TOKEN_LETTERS = re.compile(r"[A-Za-z0-9_:-]+")
_LONG = 16
"""Letters from which on a secret is hidden inside of other words too."""
_SHORT = 6
"""Letters below which a secret alone is left: it would be hidden in what is none."""
_NEEDED = {
    "embed_weight": "embed_model",
    "llm_api_key": "llm_url",
    "llm_timeout_s": "llm_url",
    "webhook_secret": "webhook_url",
    "webhook_port": "webhook_url",
}
"""What a setting has no effect without."""
_LOCAL = ("127.0.0.1", "localhost", "::1")


def check_variables(lang: Lang) -> Iterator[Finding]:
    """Variables that look like ours and are not, lines of `.env` that set nothing, and one that others can read."""
    stated = stated_variables()
    for variable, near in unknown_variables(stated):
        key = "variable.unknown" if near else "variable.unknown.far"
        yield found("settings", "warning", key, lang, variable=variable, place=stated[variable], near=near)
    for number in unread_lines():
        yield found("settings", "warning", "env.line", lang, number=number)
    file = Path(".env")
    secret = any(stated.get(variable_of(name)) == ".env" for name in SECRETS)
    if secret and file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield found("settings", "warning", "env.open", lang, path=file.resolve())


def unknown_variables(stated: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Those of the stated variables that look like ours and are not, each with the one that may be meant, or ""."""
    names = [variable_of(name) for name in Settings.model_fields]
    for variable in sorted(set(stated) - set(names)):
        near = get_close_matches(variable, names, n=1, cutoff=NEAR)
        if variable.startswith(PREFIX) or not stated.keys() & near:  # else what it may stand for is there
            yield variable, "".join(near)


def check_settings(settings: Settings) -> Iterator[Finding]:
    """How many are set, and those that belong together; also what is wrong with one that an option stands in for."""
    lang = settings.lang
    try:
        load_settings()
    except SettingsError as error:
        yield from wrong_settings(error, lang)
    else:
        yield found("settings", "ok", "settings", lang, number=len(shown_settings(settings)))
    for name, other in _NEEDED.items():
        if name in settings.model_fields_set and getattr(settings, other) is None:
            names = {"variable": variable_of(name), "other": variable_of(other)}
            yield found("settings", "warning", "variable.idle", lang, **names)
    yield _language_model(settings)
    yield from _telegram(settings)


def wrong_settings(error: SettingsError, lang: Lang) -> Iterator[Finding]:
    """One problem for each setting that has a value which is not allowed, also where an option stands in for it."""
    errors = [error, *error.others]
    try:
        load_settings()
    except SettingsError as all_of_them:
        errors += [all_of_them, *all_of_them.others]
    for one in {str(error): error for error in errors}.values():
        yield Finding("settings", "problem", explain_error(one, lang))


def shown_settings(settings: Settings) -> dict[str, str]:
    """What is set, as it may be shown to anyone: no secret, no password, nobody's number."""
    shown = {}
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        if name in settings.model_fields_set and value is not None and value != field.default:
            shown[variable_of(name)] = _masked(name, value)
    return shown


def without_secrets(text: str, settings: Settings) -> str:
    """`text` without anything secret that the settings hold, wherever it came from; other words stay as they are."""
    secrets = {secret for name in Settings.model_fields for secret in _secrets(name, getattr(settings, name))}
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _LONG:
            text = text.replace(secret, HIDDEN)
        elif len(secret) >= _SHORT:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
        else:
            text = text.replace(f":{secret}@", f":{HIDDEN}@")
    return text


def _masked(name: str, value: object) -> str:
    if name in _PRIVATE:
        return f"({len(value)})" if isinstance(value, frozenset) else HIDDEN
    shown = str(shown_value(name, str(value) if isinstance(value, Path) else value))
    if name != "webhook_url":
        return shown
    scheme, _, rest = shown.partition("://")
    place, _, path = rest.partition("/")
    return f"{scheme}://{place}/{HIDDEN}" if path else shown


def _secrets(name: str, value: object) -> Iterator[str]:
    """What of a setting's value nobody else may know: a user's name is no secret."""
    if isinstance(value, SecretStr):
        yield from filter(None, (value.get_secret_value(), value.get_secret_value().strip()))
    elif isinstance(value, str) and (name in ADDRESSES or "://" in value):
        rest = value.partition("://")[2] or value
        if shown_address(value).endswith(HIDDEN):
            yield from filter(None, (rest.partition("?")[2], rest.partition("#")[2]))
        for end in (rest.find("@"), rest.rfind("@")):  # a password with `@` in it is read in both ways
            password = rest[: max(end, 0)].partition(":")[2]
            pieces = re.split(r"[/?#@:\[\]]", password)  # what a library names of an address that it read otherwise
            yield from filter(None, (password, unquote(password), *pieces))


def _language_model(settings: Settings) -> Finding:
    from rag.answer.generate import is_configured

    lang = settings.lang
    try:
        if not is_configured(settings):
            return found("llm", "off", "llm.off", lang)
    except SettingsError as error:
        return Finding("llm", "problem", explain_error(error, lang))
    parts = urlsplit(settings.llm_url or "")
    values: Mapping[str, object] = {"host": shown_place(settings.llm_url or ""), "model": settings.llm_model}
    if settings.llm_api_key and parts.scheme == "http" and parts.hostname not in _LOCAL:
        return found("llm", "warning", "llm.open", lang, **values)
    return found("llm", "ok", "llm", lang, **values)


def _telegram(settings: Settings) -> Iterator[Finding]:
    lang = settings.lang
    if settings.webhook_url and urlsplit(settings.webhook_url).scheme != "https":
        yield found("telegram", "problem", "telegram.webhook", lang)
    token = settings.telegram_bot_token.get_secret_value().strip() if settings.telegram_bot_token else ""
    if not token:
        yield found("telegram", "off", "telegram.off", lang)
        return
    if not _TOKEN_LETTERS.fullmatch(token):
        yield found("telegram", "problem", "telegram.wrong", lang)
    elif not _TOKEN.fullmatch(token):
        yield found("telegram", "warning", "telegram.odd", lang)
    else:
        yield found("telegram", "ok", "telegram", lang)
    if not settings.admins:
        yield found("telegram", "warning", "telegram.no_admins", lang)
