"""The files of a run, read and written: answered once, scored as often as one likes.

    config.json      what was asked of what: the set, the corpus, the settings, the index, the version, the machine
    questions.jsonl  what was asked, normalised
    answers.jsonl    one line per question, written as it is answered; a torn last line is dropped on resume
    run.trec         the ranking of sources: qid Q0 source rank score tag
    problems.log     what was wrong with the set and with single questions, for a person to read
    corpus/          the articles that a SQuAD or BEIR set brought along
    home/            store and index, where the run has a corpus of its own

Whoever reads a folder that another version wrote is told so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from os import SEEK_END
from pathlib import Path
from typing import Any

from evals.errors import RunStopped, RunUnusable
from evals.questions import Question, as_record, from_record
from rag.contract import to_json

FORMAT = 1
"""Of the folder's files: another number is another version's."""
CONFIG, QUESTIONS, ANSWERS, TREC, PROBLEMS = (
    "config.json", "questions.jsonl", "answers.jsonl", "run.trec", "problems.log",
)  # fmt: skip
TAG = "isnad"
_STEP = 1e-6
"""trec_eval counts in floats of 32 bits."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: a line of answers.jsonl."""

    question_id: str
    record: Mapping[str, Any]
    """What `ask --json` prints; of a failed question with its error. Empty where only retrieval was asked for."""
    confidence: float | None
    """That the answer is right, 0 to 1; None where the gate was not asked."""
    ms: float
    """Milliseconds that answering took."""
    ranking: tuple[tuple[str, float], ...]
    """Sources by the rank of their best passage, with its score."""


def is_run(folder: Path) -> bool:
    """Whether a run was begun in `folder`."""
    return (folder / CONFIG).is_file()


def read_config(folder: Path) -> dict[str, Any]:
    """What a run was asked.

    Raises:
        RunUnusable: there is no run in `folder`, or another version wrote it.
    """
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
    except FileNotFoundError as error:
        raise _unusable(folder, "missing", f"There is no run in {folder}: it has no {CONFIG}.") from error
    except (OSError, ValueError) as error:
        raise _unusable(folder, "damaged", f"{folder / CONFIG} cannot be read: {error}.") from error
    written = config.get("format") if isinstance(config, dict) else None
    if written != FORMAT:
        raise _unusable(
            folder,
            "version",
            f"{folder} is a run of another version of Isnad (format {written}, this version reads {FORMAT}): "
            "score it with that version, or ask again with a new --out.",
            written=written,
            wanted=FORMAT,
        )
    return dict(config)


def write_config(folder: Path, config: Mapping[str, Any]) -> None:
    """Write what a run was asked, whole or not at all."""
    spare = folder / f"{CONFIG}.new"
    spare.write_text(json.dumps({"format": FORMAT} | dict(config), ensure_ascii=False, indent=2) + "\n", "utf-8")
    spare.replace(folder / CONFIG)


def write_questions(folder: Path, questions: Iterable[Question]) -> None:
    """Write what is asked."""
    lines = "".join(to_json(as_record(question)) + "\n" for question in questions)
    (folder / QUESTIONS).write_text(lines, "utf-8")


def read_asked(folder: Path) -> tuple[Question, ...]:
    """The questions of a run, in their order.

    Raises:
        RunUnusable: they cannot be read.
    """
    try:
        lines = (folder / QUESTIONS).read_text("utf-8").split("\n")
        return tuple(from_record(json.loads(line)) for line in lines if line)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(folder, "damaged", f"{folder / QUESTIONS} cannot be read: {error}.") from error


def read_outcomes(folder: Path) -> dict[str, Outcome]:
    """What has been answered, by question; a line that is torn or damaged is as if it were not there."""
    try:
        lines = (folder / ANSWERS).read_bytes().split(b"\n")
    except FileNotFoundError:
        return {}
    found = (_outcome(line) for line in lines[:-1])
    return {outcome.question_id: outcome for outcome in found if outcome is not None}


class AnswersFile:
    """answers.jsonl while it grows: every line is handed to the system before the next question is asked."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / ANSWERS).open("a+b", buffering=0)
        self._file.seek(0)
        self._file.truncate((self._file.read() or b"").rfind(b"\n") + 1)  # a torn last line
        self._file.seek(0, SEEK_END)

    def append(self, outcome: Outcome) -> None:
        """Write one line, whole or, where the disk is full, not at all.

        Raises:
            OSError: it could not be written.
        """
        before = self._file.tell()
        rest = to_json({"id": outcome.question_id} | _fields(outcome)).encode() + b"\n"
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(before)
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def write_trec(folder: Path, questions: Sequence[Question], outcomes: Mapping[str, Outcome]) -> None:
    """Write the rankings as trec_eval reads them.

    It sorts by score and breaks ties by name, so a score that is not below the one before is written a
    millionth below that: the order is the one that was shown.
    """
    lines = []
    for question in questions:
        outcome = outcomes.get(question.question_id)
        for rank, (source, score) in enumerate(falling(outcome.ranking) if outcome else (), start=1):
            lines.append(f"{_word(question.question_id)} Q0 {_word(source)} {rank} {score!r} {TAG}\n")
    (folder / TREC).write_text("".join(lines), "utf-8")


def falling(ranking: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The ranking with scores that fall strictly, in its own order."""
    fallen: list[tuple[str, float]] = []
    for source, score in ranking:
        if fallen:
            last = fallen[-1][1]
            score = min(score, last - max(abs(last) * _STEP, _STEP))  # noqa: PLW2901  the score as it is written
        fallen.append((source, score))
    return fallen


def note_problems(folder: Path, lines: Iterable[str]) -> None:
    """Append to problems.log."""
    with (folder / PROBLEMS).open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.writelines(line.rstrip("\n") + "\n" for line in lines)


@contextmanager
def stopping(folder: Path) -> Iterator[None]:
    """What cannot be written ends the run clearly.

    Raises:
        RunStopped: the disk is full, or the folder cannot be written.
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise RunStopped(
            f"{folder} cannot be written: {why}. What was answered stays; the same command goes on from there.",
            path=str(folder),
            why=why,
        ) from error


def _unusable(folder: Path, what: str, message: str, **details: object) -> RunUnusable:
    return RunUnusable(message, path=str(folder), what=what, **details)


def _fields(outcome: Outcome) -> dict[str, Any]:
    fields = asdict(outcome)
    del fields["question_id"]
    return fields


def _outcome(line: bytes) -> Outcome | None:
    try:
        fields = json.loads(line)
        ranking = tuple((str(source), float(score)) for source, score in fields["ranking"])
        return Outcome(fields["id"], fields["record"], fields["confidence"], float(fields["ms"]), ranking)
    except (ValueError, KeyError, TypeError):
        return None


def _word(name: str) -> str:
    """`name` without white space, which would end the field."""
    return "_".join(name.split()) or "_"
