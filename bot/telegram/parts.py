"""What the bot is made of besides Telegram."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.catalogue import Catalogue
from bot.state.store import State, open_state
from bot.telegram.answering import Answering
from bot.telegram.logs import describe
from rag.errors import IsnadError, LLMFailed
from rag.pipeline import Pipeline

if TYPE_CHECKING:
    from rag.settings import Settings

WORKERS = 8
"""Threads that answer; with a language model most of them wait for its server."""
_ANY_WORD = "خبر"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """All of them, open."""

    state: State
    pipeline: Pipeline
    catalogue: Catalogue
    answering: Answering

    def warm_up(self) -> None:
        """Load what the first question would wait for."""
        try:
            self.pipeline.search(_ANY_WORD, 1)
        except IsnadError as error:
            _log.warning("the index cannot be used for now (%s): questions get an apology", describe(error))

    def close(self) -> None:
        """Release everything; blocking."""
        self.answering.close()
        self.catalogue.close()
        self.pipeline.close()
        self.state.close()


def open_parts(settings: Settings) -> Parts:
    """Open everything; blocking.

    Raises:
        IsnadError: the state store, or the encoder of the settings, cannot be used.
    """
    state = open_state(settings)
    try:
        pipeline = Pipeline(settings, on_message=_say_rebuilding, on_llm_failure=_say_llm_failure)
    except BaseException:
        state.close()
        raise
    answering = Answering(pipeline, workers=WORKERS, timeout_s=settings.question_timeout_s)
    return Parts(state, pipeline, Catalogue(settings), answering)


def _say_rebuilding(detail: str) -> None:
    _log.info("the index is built again: %s", detail)


def _say_llm_failure(failure: LLMFailed) -> None:
    _log.warning("an answer stays quoted: %s", failure)  # its text is ours, and of the URL it has only the host
