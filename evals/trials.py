"""Questions put to an index, and put again without the articles that answer them: what calibrating learns from.

Each question is asked as it is. One whose sources are known is asked a second time with these articles and
their near-duplicates hidden: what comes near then is what the system has to hold back. Where an accepted
answer is said all the same, from elsewhere, nobody can tell whether it is right, and that trial is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evals.hiding import Hiding
from evals.normalise import contains
from evals.questions import Question
from evals.stories import find_stories
from evals.verdict import judge
from rag.answer.calibration import Abstention
from rag.answer.compose import answer_from
from rag.contract import answer_record
from rag.pipeline import NUM_EVIDENCE
from rag.search.followup import complete
from rag.search.retrieve import retrieve

if TYPE_CHECKING:
    from rag.index.reader import Reader
    from rag.schema import Answer

_EVERYTHING = Abstention(answer_above=float("-inf"), refuse_below=float("-inf"))
"""Nothing is held back: what would be said is to be judged too."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One question put to one index."""

    question_id: str
    group: str
    """Trials of one group, those about one story, go to one fold."""
    score: float
    """The gate's, before any calibration."""
    right: bool
    """What would be said holds the answer, and cites a source that is right."""
    answerable: bool
    """Whether the index, as it was asked, answers it."""


def put_questions(
    questions: Sequence[Question], reader: Reader, *, on_asked: Callable[[int, int], None] | None = None
) -> list[Trial]:
    """The trials of every question that can be judged; without evidence there is no score, and no trial."""
    articles = reader.load_articles(dict.fromkeys(source for one in questions for source in one.sources))
    groups = group_by_source(questions, find_stories({source: article.text for source, article in articles.items()}))
    trials: list[Trial] = []
    for number, question in enumerate(questions, start=1):
        if question.answerable is not None:
            trials += _put(question, groups[question.question_id], reader)
        if on_asked is not None:
            on_asked(number, len(questions))
    return trials


def group_by_source(questions: Sequence[Question], story_of: Mapping[str, str]) -> dict[str, str]:
    """A name for what belongs together: questions that a chain of shared stories, or of the same words, joins."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    def asked(question: Question) -> str:
        return f"question {question.text} {question.history}"

    for question in questions:
        for source in question.sources:
            parent[root(f"source {story_of.get(source, source)}")] = root(asked(question))
    return {one.question_id: root(asked(one)) for one in questions}


def _put(question: Question, group: str, reader: Reader) -> list[Trial]:
    answer = _ask(question, reader)
    found = [passage.source for passage in answer.passages]
    articles = reader.load_articles(dict.fromkeys([*question.sources, *found]))
    story_of = find_stories({source: article.text for source, article in articles.items()})
    verdict = judge(question, answer_record(answer), question.sources, story_of).verdict
    trials = _trial(question, group, answer, right=verdict == "right", answerable=bool(question.answerable))
    if question.answerable and question.sources:
        stories = {story_of.get(source) for source in question.sources}
        hidden = {source for source, story in story_of.items() if story in stories}
        without = _ask(question, Hiding(reader, hidden | set(question.sources)))
        if not contains(without.text, question.answers):
            trials += _trial(question, group, without, right=False, answerable=False)
    return trials


def _ask(question: Question, reader: Reader | Hiding) -> Answer:
    query = complete(question.text, question.history)
    evidence = retrieve(query, reader, top_k=NUM_EVIDENCE)
    return answer_from(question.text, evidence, reader.load_articles, _EVERYTHING)


def _trial(question: Question, group: str, answer: Answer, *, right: bool, answerable: bool) -> list[Trial]:
    if answer.confidence is None:
        return []
    return [Trial(question.question_id, group, _log_odds(answer.confidence), right, answerable)]


def _log_odds(confidence: float) -> float:
    sure = min(max(confidence, 1e-12), 1 - 1e-12)
    return math.log(sure / (1 - sure))
