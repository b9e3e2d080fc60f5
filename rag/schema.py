"""What crosses the borders between packages: frozen dataclasses, standard library only.

Offsets count code points and `end` is exclusive, always into `Article.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["answered", "weak", "refused"]
Reason = Literal["weak_evidence", "no_evidence", "empty_question", "not_understood", "empty_index"]
Mode = Literal["quoted", "written", "quoted_after_llm_failure"]
DisagreementKind = Literal["differ", "updated", "not_comparable"]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Article:
    """One news item as it stands in its source file.

    `text` is never rewritten: it is the file's text, and `body` names the spans of it that cleaning
    kept, in order and without overlap. The title's own line is part of the body where the title
    comes from the text, so that it can be quoted.
    """

    source: str
    title: str
    text: str
    body: tuple[Span, ...]
    outlet: str | None = None
    date: str | None = None
    """ISO 8601, `YYYY-MM-DD`."""
    url: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stored slice of one Article: whole sentences, `article.text[start:end]`.

    `chunk_id` is a hash of headline and text: equal content has one id wherever it stands.
    """

    chunk_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A Chunk returned for a question."""

    chunk_id: str
    source: str
    title: str
    text: str
    start: int
    end: int
    rank: int
    """From 1, the best."""
    score: float
    """What the ranking sorts by: lexical and dense scores, each normalised per query, mixed. 0 to 1."""
    bm25: float = 0.0
    """The chunk index's own BM25 score of this passage (0 where only the dense side found it)."""
    lexical: float = 0.0
    """BM25 of the passage plus the weighted BM25 of its whole article."""
    outlet: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What retrieval found for one query, with the statistics that choosing and refusing need."""

    query: str
    passages: tuple[Passage, ...]
    idf: Mapping[str, float]
    """Every distinct term of the query; a term the index has never seen carries the highest idf."""
    known_terms: frozenset[str]
    """The query's terms that stand in at least one chunk."""
    lexical_scores: tuple[float, ...]
    """`Passage.lexical` of the whole candidate pool, best first: the gate looks at its decline."""
    num_chunks: int
    """Size of the index that was searched."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: `text[start:end] == quote`."""

    number: int
    source: str
    title: str
    outlet: str | None
    date: str | None
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer; `rank` 1 is the best, the order of the answer is reading order."""

    text: str
    rank: int
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """An article to offer where no clear answer was found."""

    source: str
    title: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a disagreement."""

    value: str
    unit: str
    speaker: str | None
    citation: int
    date: str | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that give different values for one quantity."""

    quantity: str
    kind: DisagreementKind
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Verified text with citations, or an abstention: never anything between.

    Raises:
        ValueError: an answered or weak Answer without sentences or with a sentence that cites
            nothing, a citation that no number names, or a refused one without a reason.
    """

    question: str
    searched: str
    status: Status
    reason: Reason | None = None
    mode: Mode = "quoted"
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    confidence: float | None = None
    """The gate's probability that this answers the question, 0 to 1; None where it was not asked. For measuring."""

    def __post_init__(self) -> None:
        if self.status == "refused":
            if self.reason is None or self.sentences or self.citations:
                raise ValueError("a refused answer has a reason and says nothing")
            return
        numbers = {citation.number for citation in self.citations}
        cited = [number for sentence in self.sentences for number in sentence.citations]
        if not self.sentences or not all(sentence.citations for sentence in self.sentences):
            raise ValueError("every sentence of an answer cites its source")
        if not numbers.issuperset(cited):
            raise ValueError("a sentence cites a number that no citation has")

    @property
    def text(self) -> str:
        """The sentences joined by one space; empty when refused."""
        return " ".join(sentence.text for sentence in self.sentences)
