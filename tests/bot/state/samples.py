"""What people ask and are told, for tests of what is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from bot.state.records import KeptAnswer, Place, Question
from rag.schema import Citation, Nearest

NOW = 1_767_225_600.0
"""2026-01-01, midnight in UTC."""
DAY_S = 86_400.0

ALIYA = 7_316_428_950
BADR = 5_102_938_471
GROUP = -1_009_876_543_210


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


def question(update_id: int, user_id: int = ALIYA, text: str = "ما طول الجسر؟", **values: object) -> Question:
    """A question in a private chat, unless `place` says otherwise."""
    given: dict[str, object] = {
        "update_id": update_id,
        "place": Place(user_id, user_id),
        "message_id": 100 + update_id,
        "text": text,
        "received_at": NOW,
        **values,
    }
    return Question(**given)  # type: ignore[arg-type]


def kept(
    asked: Question, answer_id: str = "", *, quote: str = "يبلغ طول الجسر 340 مترا.", **values: object
) -> KeptAnswer:
    """An answer with one citation, unless `citations` says otherwise."""
    given: dict[str, object] = {
        "answer_id": answer_id or f"answer{asked.update_id:04d}",
        "place": asked.place,
        "lang": "ar",
        "question": asked.text,
        "status": "answered",
        "citations": (Citation(1, "bridge.txt", "افتتاح الجسر", "النور", "2025-11-02", quote, 4, 4 + len(quote)),),
        "more": (Nearest("sub/match.txt", "فريق الميناء"),),
        "nearest": (Nearest("harvest.txt", "موسم الزيتون"),),
        **values,
    }
    return KeptAnswer(**given)  # type: ignore[arg-type]
