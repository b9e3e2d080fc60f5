"""One turn of a conversation with no transport: text in, Reply out. The chat and the bot both run it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from rag.schema import Answer, Citation
from rag.text.normalise import normalise

MAX_TURNS = 4
"""Earlier questions that a new one may lean on."""

ReplyKind = Literal[
    "answer", "sources", "quote", "new", "help", "nothing_yet", "nothing_cited", "which_quote", "unknown_command"
]

COMMANDS: dict[str, ReplyKind] = {
    "sources": "sources",
    "مصادر": "sources",
    "المصادر": "sources",
    "مصدر": "sources",
    "quote": "quote",
    "اقتباس": "quote",
    "new": "new",
    "جديد": "new",
    "help": "help",
    "مساعدة": "help",
}
_COMMANDS = {normalise(name): kind for name, kind in COMMANDS.items()}


def command_named(name: str) -> ReplyKind | None:
    """The command called `name`, however its hamza or its ta marbuta is written."""
    return _COMMANDS.get(normalise(name))


def quote_number(typed: str) -> int | None:
    """The number of a quote, in any digits and perhaps between its brackets."""
    typed = typed.strip(" []")
    return int(typed) if typed.isdecimal() and len(typed) < 4 else None  # noqa: PLR2004  longer is no number of ours


class Answering(Protocol):
    """What a session needs of a pipeline."""

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The answer to `question` after the earlier questions `history`."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one turn came to; how it looks is the front end's affair."""

    kind: ReplyKind
    answer: Answer | None = None
    """The turn's own answer, or for sources and quote the one they belong to."""
    citation: Citation | None = None
    """The quote that was asked for."""
    command: str = ""
    """What was typed, where it is no command."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers that can be asked for."""
        return tuple(citation.number for citation in self.answer.citations) if self.answer else ()


class Session:
    """One person's conversation: the last questions and the last answer with sources."""

    def __init__(self, pipeline: Answering, *, history: Sequence[str] = ()) -> None:
        self._pipeline = pipeline
        self._history: deque[str] = deque(history, maxlen=MAX_TURNS)
        self._cited: Answer | None = None

    @property
    def history(self) -> tuple[str, ...]:
        """The earlier questions, oldest first."""
        return tuple(self._history)

    @property
    def has_sources(self) -> bool:
        """Whether an answer of this conversation has sources to show."""
        return self._cited is not None

    def turn(self, text: str) -> Reply:
        """Answer a question or obey a command. A turn that raises leaves the conversation as it was."""
        text = text.strip()
        return self._command(text) if text.startswith("/") else self._question(text)

    def _question(self, question: str) -> Reply:
        answer = self._pipeline.answer(question, self.history)
        if answer.reason not in {"empty_question", "not_understood", "empty_index"}:
            self._history.append(question)
        if answer.citations:
            self._cited = answer
        return Reply("answer", answer)

    def _command(self, text: str) -> Reply:
        name, _, rest = text.removeprefix("/").strip().partition(" ")
        kind = command_named(name)
        if kind is None:
            return Reply("unknown_command", command="/" + name)
        if kind == "new":
            self._history.clear()
            self._cited = None
        if kind in {"new", "help"}:
            return Reply(kind)
        if self._cited is None:
            return Reply("nothing_cited" if self._history else "nothing_yet")
        return self._quote(self._cited, rest) if kind == "quote" else Reply(kind, self._cited)

    def _quote(self, cited: Answer, wanted: str) -> Reply:
        """`wanted` is a number; a lone citation needs none."""
        number = quote_number(wanted)
        if not wanted.strip(" []") and len(cited.citations) == 1:
            number = cited.citations[0].number
        for citation in cited.citations:
            if citation.number == number:
                return Reply("quote", cited, citation)
        return Reply("which_quote", cited)
