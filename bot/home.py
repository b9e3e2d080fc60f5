"""What the commands that are named to a person need besides, where their home is not the one they would take."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from bot.render import message
from bot.screen import Screen
from bot.texts import Lang, say
from bot.texts.errors import explain_error
from rag.errors import IsnadError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rag.settings import Settings

_COMMAND = re.compile(r"\bisnad [a-z]")


def home_option(settings: Settings) -> str:
    """` --home DIR` for commands that are to be typed, where the home is not the one that they would take."""
    from rag.errors import SettingsError
    from rag.settings import load_settings

    try:
        usual = load_settings().home
    except SettingsError:
        usual = None
    return "" if settings.home == usual else f" --home {shlex.quote(str(settings.home))}"


def prune_command(places: Sequence[Path], at: str) -> str:
    """What drops the articles that stay though these places are gone or empty; `at` is as `home_option` gives it."""
    return f"isnad ingest {shlex.join(map(str, places))} --prune{at}"


def say_home(settings: Settings) -> None:
    """Say on standard error what a command that was named just now needs besides, for this home."""
    if option := home_option(settings).strip():
        Screen.err().write(message(say("home.to_add", settings.lang, option=option)))


def explain_with_home(error: Exception, option: str, lang: Lang) -> str:
    """What went wrong; the commands that it names bring `option`, and where they cannot, it stands in a line below."""
    explained = explain_error(error, lang)
    num_named = len(_COMMAND.findall(explained))
    if not option or not num_named or "--home" in explained:
        return explained
    filled, num_filled = _filled(explained, error, option)
    return filled if num_filled == num_named else f"{explained}\n{say('home.to_add', lang, option=option)}"


def _filled(explained: str, error: Exception, option: str) -> tuple[str, int]:
    """`explained` with `option` behind each command of the error's details, and how many they are."""
    details = error.details.values() if isinstance(error, IsnadError) else ()
    commands = [value for value in details if isinstance(value, str) and _COMMAND.match(value)]
    if not commands:
        return explained, 0
    longest_first = sorted(map(re.escape, commands), key=len, reverse=True)  # one may be how another begins
    return re.subn("|".join(longest_first), lambda found: f"{found[0]} {option}", explained)
