"""Every sentence the user can see, in Arabic and English; nothing else in `bot` holds prose.

`messages` is what commands and the chat say, `errors` what went wrong and what to do next, `help`
what `--help` shows, `telegram` and `telegram_admin` what the bot says (their keys begin with `bot.`). Between backticks stands what is typed or is a name: it is shown as one unit
whatever the direction of the sentence around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

Lang = Literal["ar", "en"]
LANGS: tuple[Lang, ...] = ("ar", "en")


class Text(NamedTuple):
    """One sentence in both languages, with the same `{placeholders}`."""

    ar: str
    en: str

    def in_(self, lang: Lang) -> str:
        """The sentence in `lang`."""
        return self.ar if lang == "ar" else self.en


def fill(text: Text, lang: Lang, **values: object) -> str:
    """The sentence in `lang` with its placeholders filled; a backtick in a value would end its unit, so it goes."""
    return text.in_(lang).format(**{name: str(value).replace("`", "'") for name, value in values.items()})


def plain(text: str) -> str:
    """`text` without its backticks, for where nothing is set apart."""
    return text.replace("`", "")


def say(key: str, lang: Lang, **values: object) -> str:
    """The message `key` in `lang`.

    Raises:
        KeyError: no such message, or a placeholder without a value.
    """
    if key.startswith("bot."):
        return _say_in_telegram(key, lang, values)
    if key.startswith("eval."):
        return fill(_evaluation()[key], lang, **values)
    from bot.texts.messages import MESSAGES

    return fill(MESSAGES[key], lang, **values)


@cache
def _evaluation() -> Mapping[str, Text]:
    from bot.texts.evaluation import EVALUATION
    from bot.texts.evaluation_report import REPORT
    from bot.texts.evaluation_tools import TOOLS

    return {**EVALUATION, **REPORT, **TOOLS}


def _say_in_telegram(key: str, lang: Lang, values: Mapping[str, object]) -> str:
    """The bot's message `key`; a number whose name is that of a noun is given with it."""
    from bot.texts.counting import NOUNS, counted
    from bot.texts.telegram import CONVERSATION
    from bot.texts.telegram_admin import ADMINISTRATION

    text = CONVERSATION[key] if key in CONVERSATION else ADMINISTRATION[key]
    spelt = {
        name: counted(value, name, lang) if name in NOUNS and isinstance(value, int) else value
        for name, value in values.items()
    }
    return fill(text, lang, **spelt)
