"""What every handler gets: the parts of the running bot, made once and passed along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.recent import Recent
from bot.telegram.erasing import Eraser

if TYPE_CHECKING:
    from bot.catalogue import Catalogue
    from bot.limits import Limits
    from bot.state.store import State
    from bot.telegram.answering import Answering
    from bot.telegram.inbox import InboxQueue
    from bot.telegram.monitoring import Metrics
    from bot.telegram.outbox import Outbox
    from bot.texts import Lang
    from rag.settings import Settings


_ALBUMS = 1000


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is in Telegram."""

    user_id: int
    username: str
    """Without the @."""


@dataclass(frozen=True, slots=True)
class AppContext:
    """The parts of the running bot."""

    settings: Settings
    state: State
    limits: Limits
    outbox: Outbox
    answering: Answering
    catalogue: Catalogue
    me: Identity
    metrics: Metrics
    inbox: InboxQueue
    """The queue of updates: a button asks a question here too."""
    eraser: Eraser = field(default_factory=Eraser)
    albums: Recent[str, None] = field(default_factory=lambda: Recent(_ALBUMS))
    """Photos and the like that were sent together: one reply is for all of them."""

    def lang(self, user_id: int, language_code: str | None) -> Lang:
        """The language to speak with that person: chosen, else Telegram's, else the settings'.

        Blocking: it reads one row. Of Telegram's languages Arabic counts as Arabic, every other as English.
        """
        chosen = self.state.chosen_language(user_id)
        if chosen is not None:
            return chosen
        if language_code:
            return "ar" if language_code.lower().split("-")[0] == "ar" else "en"
        return self.settings.lang
