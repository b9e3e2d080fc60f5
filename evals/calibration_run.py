"""From question sets to the constants of a home: what is asked of which index, and what is written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals import corpus
from evals.calibrate import Fitted, calibrate, provenance
from evals.errors import CalibrationImpossible
from evals.questions import Question, QuestionSet, load_questions
from evals.run import isnad_version
from evals.trials import Trial, put_questions
from rag.answer.calibration import load_calibration, write_calibration
from rag.index.reader import open_index
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.index.build import Progress
    from rag.index.reader import Reader


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What calibrating a home came to."""

    fitted: Fitted
    sets: tuple[dict[str, Any], ...]
    path: Path | None
    """None: the shipped constants do no worse, and nothing was written."""
    kept: str
    """What was fitted earlier and serves on where nothing was written; empty where the shipped ones serve."""


def calibrate_home(
    sets: Sequence[Path], settings: Settings, *, articles: Path | None = None, progress: Progress | None = None
) -> Calibrated:
    """Fit the constants for the index of `settings.home` and write them where they pay.

    A set that brings its articles along is asked of these, in an index that is made for it and thrown
    away; the others of the folder `articles`, or, where that is None, of the home itself. These are asked
    together, so that questions of two sets about one story go to one fold.

    Raises:
        QuestionSetUnusable, CorpusUnusable: a set, or what it is asked of, cannot be used.
        CalibrationImpossible: the sets give too little to fit on, or the constants cannot be written.
    """
    identity = corpus.describe_index(settings)
    asked_sets = [load_questions(path) for path in sets]
    trials: list[Trial] = []
    told: dict[int, dict[str, Any]] = {}
    for numbers in _batches(asked_sets):
        first = asked_sets[numbers[0]]
        with _index_of(first, settings, articles, progress) as asking:
            usable = {number: _usable(asked_sets[number], asking) for number in numbers}
            found = _put(usable, asking, progress)
        about = first.digest if first.articles else "home"
        trials += [replace(trial, group=f"{about} {trial.group}") for of_set in found.values() for trial in of_set]
        for number in numbers:
            told[number] = {
                "name": asked_sets[number].name,
                "digest": asked_sets[number].digest,
                "num_questions": len(asked_sets[number].questions),
                "num_asked": len(usable[number]),
                "num_trials": len(found[number]),
            }
    return _fitted(trials, [told[number] for number in sorted(told)], identity["fingerprint"], settings.home)


def _fitted(trials: Sequence[Trial], told: Sequence[dict[str, Any]], fingerprint: str, home: Path) -> Calibrated:
    fitted = calibrate(trials)
    path = _write(fitted, told, fingerprint, home) if fitted.pays else None
    serving = load_calibration(home, fingerprint)
    return Calibrated(fitted, tuple(told), path, serving.detail if path is None and serving.state == "fitted" else "")


def _write(fitted: Fitted, sets: Sequence[dict[str, Any]], fingerprint: str, home: Path) -> Path:
    try:
        return write_calibration(home, fitted.abstention, provenance(fitted, sets, fingerprint, isnad_version()))
    except OSError as error:
        why = error.strerror or type(error).__name__
        message = f"The constants cannot be written into {home}: {why}."
        raise CalibrationImpossible(message, what="write", path=str(home), why=why) from error


@contextmanager
def _index_of(
    asked: QuestionSet, settings: Settings, articles: Path | None, progress: Progress | None
) -> Iterator[Settings]:
    """The settings of the index that a set is asked of."""
    if not asked.articles and articles is None:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="isnad-calibrate-") as name:
        folder = Path(name)
        folders = [articles] if articles is not None else []
        if asked.articles:
            corpus.write_articles(asked.articles, folder / "corpus")
            folders.append(folder / "corpus")
        own = corpus.settings_of_run(settings, folder / "home")
        corpus.ingest_corpus(folders, own, progress=progress)
        yield own


def _batches(sets: Sequence[QuestionSet]) -> list[list[int]]:
    """The sets' places, those together that are asked of the same index."""
    together = [at for at, one in enumerate(sets) if not one.articles]
    return [*([at] for at, one in enumerate(sets) if one.articles), *([together] if together else [])]


def _put(
    usable: Mapping[int, Sequence[Question]], settings: Settings, progress: Progress | None
) -> dict[int, list[Trial]]:
    """The trials of each set."""
    of_set = {f"{at} {one.question_id}": at for at, questions in usable.items() for one in questions}
    asked = [
        replace(one, question_id=f"{at} {one.question_id}") for at, questions in usable.items() for one in questions
    ]

    def put(reader: Reader) -> list[Trial]:
        return put_questions(asked, reader, on_asked=on_asked)

    def on_asked(done: int, total: int) -> None:
        if progress is not None:
            progress("ask", done, total)

    with open_index(settings) as index:
        trials = index.read(put)
    return {at: [trial for trial in trials if of_set[trial.question_id] == at] for at in usable}


def _usable(asked: QuestionSet, settings: Settings) -> tuple[Question, ...]:
    """The questions that this index can be asked: an answerable one whose sources it all lacks is none."""
    known = corpus.known_sources(settings)
    return tuple(
        one for one in asked.questions if not one.answerable or not one.sources or not known.isdisjoint(one.sources)
    )
