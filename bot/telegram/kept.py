"""What is kept of an answer, so that its buttons work today and in a week."""

from __future__ import annotations

from bot.state.records import KeptAnswer, Place
from bot.texts import Lang
from rag.schema import Answer, Nearest

MAX_MORE = 8
"""Articles behind "more sources"."""


def kept_from(answer: Answer, place: Place, lang: Lang, answer_id: str) -> KeptAnswer:
    """The answer to keep under `answer_id`, for who asked it where."""
    cited = {citation.source for citation in answer.citations}
    nearest = tuple(article for article in answer.nearest if article.source not in cited)
    known = cited | {article.source for article in nearest}
    found = answer.passages if answer.citations else ()  # what does not answer is no source
    more = {one.source: Nearest(one.source, one.title) for one in found if one.source not in known}
    return KeptAnswer(
        answer_id,
        place,
        lang,
        answer.question,
        answer.status,
        citations=answer.citations,
        more=tuple(more.values())[:MAX_MORE],
        nearest=nearest,
    )
