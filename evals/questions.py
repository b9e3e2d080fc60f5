"""A question set, whatever its format: our own JSONL, SQuAD JSON, or a BEIR folder.

What is broken in it is named and counted; the rest is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evals.errors import QuestionSetUnusable
from rag.text.normalise import has_arabic

UNDETERMINED = "und"
"""The language of a question that names none and is not in Arabic letters (BCP 47)."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what is known of its answer."""

    question_id: str
    text: str
    kind: str
    answers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """Where the answer stands: source names as the corpus gives them."""
    history: tuple[str, ...] = ()
    lang: str = UNDETERMINED
    answerable: bool | None = None
    """Whether the corpus answers it; None where the set does not say."""
    grades: Mapping[str, int] = field(default_factory=dict)
    """How relevant each source is, where that is graded (BEIR); else all of `sources` are alike."""
    all_of: tuple[tuple[str, ...], ...] = ()
    """Values that are all needed, each with its accepted forms; empty where one of `answers` is enough."""
    forbidden: tuple[str, ...] = ()
    """What an answer must not hold: planted in an article to be repeated."""

    @property
    def relevance(self) -> Mapping[str, int]:
        """The relevant sources and their grades."""
        return self.grades or dict.fromkeys(self.sources, 1)

    @property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """The values that an answer has to hold, each with its accepted forms; empty where the set names none."""
        return self.all_of or ((self.answers,) if self.answers else ())


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a set, or between a set and its corpus, that could not be used."""

    what: str
    """not_utf8, not_json, no_question, bad_id, bad_answers, bad_sources, bad_history, bad_all_of, bad_forbidden,
    duplicate_id, says_nothing, wordless, not_squad, bad_text, bad_judgement, unknown_question, unknown_source."""
    where: str
    """A line, or a question's id."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions that can be asked, the articles that came with them, and what was broken."""

    name: str
    digest: str
    """Of the questions as they were understood: the same set asks the same."""
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...] = ()
    articles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Source -> `text`, and perhaps `title`: the corpus that the set itself brings along."""


def load_questions(path: Path) -> QuestionSet:
    """Read the question set at `path`: a folder is BEIR's, a file that begins with an object of `data` SQuAD's.

    Raises:
        QuestionSetUnusable: it is not there, cannot be read, or holds no question that can be asked.
    """
    from evals import formats

    try:
        read = formats.read_beir(path) if path.is_dir() else formats.read_file(path)
    except FileNotFoundError as error:
        missing = Path(error.filename or path)
        raise unusable(missing, "missing", "there is no such file") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise unusable(path, "unreadable", str(error)) from error
    kept, problems = _first_of_each_id(read.questions, read.problems)
    if not kept:
        raise _nothing_to_ask(path, problems)
    return QuestionSet(path.resolve().name, digest_of(kept), tuple(kept), tuple(problems), read.articles)


def unusable(path: Path, what: str, detail: str) -> QuestionSetUnusable:
    """The error that names the file."""
    return QuestionSetUnusable(f"{path}: {detail}", path=str(path), what=what, detail=detail)


def _nothing_to_ask(path: Path, problems: Sequence[Problem]) -> QuestionSetUnusable:
    """The error of a set without a question; `what` is that of its first problem, one with a written line first."""
    if not problems:
        return unusable(path, "empty", "it holds no question")
    first = min(problems, key=lambda problem: problem.what == "no_question")
    message = f"{path}: it holds no question that can be asked ({first.where}: {first.what})"
    return QuestionSetUnusable(message, path=str(path), what=first.what, where=first.where)


def digest_of(questions: Iterable[Question]) -> str:
    """A hash of the questions, in their order."""
    digest = hashlib.blake2b(digest_size=16)
    for question in questions:
        digest.update(repr(sorted(as_record(question).items())).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def as_record(question: Question) -> dict[str, Any]:
    """A line of questions.jsonl: our own format, and what the set said beyond it."""
    fields = asdict(question)
    return {"id": fields.pop("question_id"), "question": fields.pop("text")} | fields


def from_record(record: Mapping[str, Any]) -> Question:
    """The question of such a line."""
    fields = dict(record)
    question_id, text = fields.pop("id"), fields.pop("question")
    fields |= {name: tuple(fields.get(name, ())) for name in ("answers", "sources", "history", "forbidden")}
    fields["all_of"] = tuple(map(tuple, fields.get("all_of", ())))
    return Question(question_id, text, **fields)


def lang_of(text: str, stated: object = None) -> str:
    """The language that a line states, else what the letters tell."""
    if isinstance(stated, str) and stated.strip():
        return stated.strip()
    return "ar" if has_arabic(text) else UNDETERMINED


def kind_of(stated: object, *, answerable: bool | None) -> str:
    """The kind that a line states, else whether there is an answer."""
    if isinstance(stated, str) and stated.strip():
        return stated.strip()
    return "unanswerable" if answerable is False else "answerable"


def _first_of_each_id(
    questions: Sequence[Question], problems: Sequence[Problem]
) -> tuple[list[Question], list[Problem]]:
    kept: dict[str, Question] = {}
    named = list(problems)
    for question in questions:
        if question.question_id in kept:
            named.append(Problem("duplicate_id", question.question_id, question.text))
        else:
            kept[question.question_id] = question
    return list(kept.values()), named
