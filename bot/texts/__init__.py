"""Every sentence the user can see, in Arabic and English; nothing else in `bot` holds prose.

`messages` is what commands and the chat say, `errors` what went wrong and what to do next, `help`
what `--help` shows. Between backticks stands what is typed or is a name: it is shown as one unit
whatever the direction of the sentence around it.
"""

from __future__ import annotations

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
    from bot.texts.messages import MESSAGES

    return fill(MESSAGES[key], lang, **values)
