"""Answers to show, and a pipeline that gives them, for what needs no index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Self

from rag.schema import Answer, Citation, Disagreement, Nearest, Passage, Sentence, Side

FIRST = "افتتح الوزير جسر النهر يوم 12 مايو 2024."
SECOND = "وأضاف أن كلفته بلغت 3.5 مليون دينار."

PASSAGE = Passage(
    chunk_id="0" * 32,
    source="news/bridge.txt",
    title="افتتاح جسر النهر",
    text=f"{FIRST}\n{SECOND}",
    start=17,
    end=95,
    rank=1,
    score=0.75,
    outlet="وكالة الواحة",
    date="2024-05-12",
)


def citation(number: int, quote: str, source: str = "news/bridge.txt") -> Citation:
    return Citation(number, source, "افتتاح جسر النهر", "وكالة الواحة", "2024-05-12", quote, 17, 17 + len(quote))


def answered(question: str = "متى افتتح الجسر؟", **changes: Any) -> Answer:
    values: dict[str, Any] = {
        "question": question,
        "searched": question,
        "status": "answered",
        "sentences": (Sentence(FIRST, 1, (1, 3)), Sentence(SECOND, 2, (2,))),
        "citations": (citation(1, FIRST), citation(2, SECOND), citation(3, FIRST, "other.jsonl#7")),
        "passages": (PASSAGE,),
        "timings_ms": {"total": 1.5},
    }
    return Answer(**{**values, **changes})


def weak() -> Answer:
    return answered(status="weak", reason="weak_evidence", nearest=(Nearest("a.txt", "عنوان قريب"),))


def refused(reason: Any = "no_evidence", question: str = "ما عاصمة اليابان؟") -> Answer:
    nearest = (Nearest("a.txt", "عنوان قريب"),) if reason in {"no_evidence", "weak_evidence"} else ()
    return Answer(question, question, "refused", reason, nearest=nearest)


DISAGREEMENT = Disagreement(
    "عدد القتلى", "differ", (Side("31", "قتيلا", "وزارة الداخلية", 1, "2024-03-08"), Side("34", "قتيلا", None, 2, None))
)


@dataclass
class FakePipeline:
    """Answers every question by `reply`; keeps what it was asked."""

    reply: Callable[[str], Answer] = answered
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, settings: Any, **_: Any) -> FakePipeline:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def answer(self, question: str, history: Sequence[str] = (), **options: Any) -> Answer:
        self.asked.append((question, tuple(history)))
        self.options.append(options)
        return self.reply(question)

    def search(self, question: str, top_k: int, history: Sequence[str] = ()) -> list[Passage]:
        self.asked.append((question, tuple(history)))
        self.reply(question)
        return [PASSAGE][:top_k]


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True
