"""What a question asks for, and where in a sentence such a thing may stand.

Cues help to choose a sentence; none of them decides alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rag.answer.cues import ASKING_WORDS, ASKS, COUNTING_WORDS, NOT_COUNTED, SHOWS, Kind
from rag.text.terms import content_words, words

_MAX_CONTENT = 50
"""A question has ten words; of a pasted page the first fifty stand for the rest."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind of a question, and its words that matter, normalised."""

    kind: Kind
    unit: str | None
    """For a number the word that is counted: "جنديا" of "كم جنديا"."""
    content: tuple[str, ...]
    """What is asked about: the distinct words that neither ask nor bind; all of them where none is left."""

    @property
    def first(self) -> str | None:
        """The first word of what is asked about: "زوجة" of "ما اسم زوجة الوزير"."""
        return self.content[0] if self.content else None


def read_question(question: str) -> Asked:
    """What `question` asks for."""
    spoken = words(question)
    text = " ".join(spoken)
    kind: Kind = next((kind for kind, asks in ASKS.items() if asks.search(text)), "other")
    distinct = tuple(dict.fromkeys(content_words(question)))
    content = tuple(word for word in distinct if word not in ASKING_WORDS) or distinct
    return Asked(kind, _unit(spoken) if kind == "number" else None, content[:_MAX_CONTENT])


def _unit(spoken: list[str]) -> str | None:
    for word, following in pairwise(spoken):
        if word in COUNTING_WORDS and following not in ASKING_WORDS | NOT_COUNTED:
            return following
    return None


def cue_positions(kind: Kind, spoken: list[str]) -> list[int]:
    """Where in the normalised words of a sentence an answer of this kind may stand."""
    shows = SHOWS.get(kind)
    return [at for at, word in enumerate(spoken) if shows.fullmatch(word)] if shows else []
