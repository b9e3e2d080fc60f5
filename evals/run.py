"""Ask every question of a set once, and keep what was answered: an interrupted run goes on where it stopped."""

from __future__ import annotations

import datetime as dt
import os
import platform
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals import corpus, run_folder
from evals.errors import RunUnusable
from evals.footprint import Footprint, measure_footprint
from evals.questions import Problem, Question, QuestionSet, digest_of, load_questions
from evals.run_folder import Outcome
from rag.answer.calibration import load_calibration
from rag.contract import answer_record, failed_record
from rag.errors import IndexMismatch, ModelUnavailable, StoreUnusable
from rag.settings import Settings, shown_value

if TYPE_CHECKING:
    from rag.index.build import Progress
    from rag.pipeline import Pipeline

DEPTH = 50
"""Passages that are ranked for each question: ten sources are among them, and mostly ten stories."""
ANSWERING = ("embed_model", "embed_weight", "llm_url", "llm_model", "chroma_url", "database_url")
"""The settings that decide what is answered."""
_SAME = ("set.digest", "corpus_digest", "settings", "only_retrieval", "version")
_SAME_INDEX = ("index", "abstention")


@dataclass(frozen=True, slots=True)
class Asking:
    """What to ask of what; everything that `isnad eval` can be told about a run."""

    questions: Path
    corpus: Path | None = None
    """None: the set's own articles, else the current index."""
    out: Path | None = None
    """The run folder; None: a new one under the home."""
    limit: int | None = None
    only_retrieval: bool = False
    measures_footprint: bool = True


def run(
    asking: Asking,
    settings: Settings,
    *,
    progress: Progress | None = None,
    on_message: Callable[[str], None] | None = None,
) -> Path:
    """Ask what has not been answered yet; return the run folder, which `evals.score` reads.

    Raises:
        QuestionSetUnusable: the set cannot be read or holds no question.
        CorpusUnusable: the corpus is not there, or there is no article.
        RunUnusable: the folder holds a run of something else, or another process writes it.
        RunStopped: the folder cannot be written any more; what was answered stays.
        IndexMismatch, StoreUnusable, ModelUnavailable: no question can be asked of this index.
    """
    asked = load_questions(asking.questions)
    if asking.limit is not None:
        first = asked.questions[: asking.limit]
        asked = replace(asked, questions=first, digest=digest_of(first))
    folder = asking.out or new_folder(settings, asked.name)
    with run_folder.stopping(folder), _alone(folder):
        if asking.corpus or asked.articles:
            settings = corpus.settings_of_run(settings, (folder / "home").resolve())
        told = _tell(asking, asked, settings)
        if run_folder.is_run(folder):  # before anything is written: its articles are what its quotes are held against
            _check_same(run_folder.read_config(folder), told, _SAME, folder)
        _read_in(asking, asked, folder, settings, progress=progress)
        config = _begin(told, asked, folder, settings)
        if config["finished"] is None:
            _ask_all(folder, asked.questions, settings, config, progress=progress, on_message=on_message)
            costs = Footprint(None, None)
            if asking.measures_footprint and not asking.only_retrieval:
                costs = measure_footprint([question.text for question in asked.questions], settings)
            run_folder.write_config(folder, config | asdict(costs) | {"finished": _now()})
    return folder


def new_folder(settings: Settings, name: str) -> Path:
    """A run folder under the home, named by now and by the set."""
    now = dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    return settings.home / "runs" / f"{now}-{Path(name).stem}"


def _read_in(
    asking: Asking, asked: QuestionSet, folder: Path, settings: Settings, *, progress: Progress | None
) -> None:
    """Read the corpus into the home of the run, where it has one."""
    folders = [asking.corpus] if asking.corpus else []
    if asked.articles:
        corpus.write_articles(asked.articles, folder / "corpus")
        folders.append(folder / "corpus")
    if folders:
        corpus.ingest_corpus(folders, settings, progress=progress)


def _tell(asking: Asking, asked: QuestionSet, settings: Settings) -> dict[str, Any]:
    """What is known of a run before its corpus is read in, as config.json keeps it."""
    return {
        "set": {
            "name": asked.name,
            "path": str(asking.questions.resolve()),
            "digest": asked.digest,
            "num_questions": len(asked.questions),
        },
        "corpus": str(asking.corpus.resolve()) if asking.corpus else None,
        "corpus_digest": corpus.digest_of_corpus(asking.corpus, asked.articles),
        "brought_articles": len(asked.articles),
        "home": str(settings.home.resolve()),
        "only_retrieval": asking.only_retrieval,
        "limit": asking.limit,
        "settings": {name: shown_value(name, getattr(settings, name)) for name in ANSWERING},
        "version": isnad_version(),
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()},
        "started": _now(),
        "finished": None,
    }


def _begin(told: Mapping[str, Any], asked: QuestionSet, folder: Path, settings: Settings) -> dict[str, Any]:
    """The run's config: the one that is there, if its index is the same, else a new one."""
    known = corpus.known_sources(settings)
    index = corpus.describe_index(settings)
    unknown = {question.question_id: sorted({*question.sources} - known) for question in asked.questions}
    problems = [
        *asked.problems,
        *(Problem("unknown_source", question_id, name) for question_id, names in unknown.items() for name in names),
    ]
    config = {
        **told,
        "abstention": asdict(load_calibration(settings.home, index["fingerprint"]).abstention),
        "index": index,
        "unknown_sources": sorted(set().union(*unknown.values())) if unknown else [],
        "problems": [asdict(problem) for problem in problems],
    }
    if run_folder.is_run(folder):
        before = run_folder.read_config(folder)
        _check_same(before, config, _SAME_INDEX, folder)
        run_folder.note_problems(folder, [f"{_now()} resumed"])
        return before
    run_folder.write_questions(folder, asked.questions)
    run_folder.write_config(folder, config)
    run_folder.note_problems(folder, [f"{one.what}\t{one.where}\t{one.detail}" for one in problems])
    return config


def _check_same(before: Mapping[str, Any], now: Mapping[str, Any], parts: Sequence[str], folder: Path) -> None:
    """Hold a run that is there to what is to be asked, in these parts of its config.

    Raises:
        RunUnusable: it asked something else.
    """
    for path in parts:
        one, other = _at(before, path), _at(now, path)
        if one != other:
            raise RunUnusable(
                f"{folder} holds a run that differs in its {path} ({_short(one)}, now {_short(other)}): "
                "give another --out, or score it as it is with --score.",
                path=str(folder),
                what="other",
                part=path,
            )


def _ask_all(
    folder: Path,
    questions: Sequence[Question],
    settings: Settings,
    config: Mapping[str, Any],
    *,
    progress: Progress | None,
    on_message: Callable[[str], None] | None,
) -> None:
    from rag.pipeline import Pipeline

    answers = run_folder.AnswersFile(folder)
    try:
        done = run_folder.read_outcomes(folder)
        with Pipeline(settings, on_message=on_message) as pipeline:
            for number, question in enumerate(questions, start=1):
                if question.question_id not in done:
                    outcome = _ask(question, pipeline, folder, only_retrieval=config["only_retrieval"])
                    answers.append(outcome)
                    done[question.question_id] = outcome
                if progress is not None:
                    progress("ask", number, len(questions))
    finally:
        answers.close()
    run_folder.write_trec(folder, questions, done)


def _ask(question: Question, pipeline: Pipeline, folder: Path, *, only_retrieval: bool) -> Outcome:
    """One question; what breaks on it is its own outcome and no more."""
    record: Mapping[str, Any] = {}
    confidence = None
    ranking: tuple[tuple[str, float], ...] = ()
    start = time.perf_counter()
    spent = 0.0
    try:
        if not only_retrieval:
            answer = pipeline.answer(question.text, question.history)
            spent = time.perf_counter() - start
            record, confidence = answer_record(answer, question_id=question.question_id), answer.confidence
        best: dict[str, float] = {}
        for passage in pipeline.search(question.text, DEPTH, question.history):
            best.setdefault(passage.source, float(passage.score))
        ranking = tuple(best.items())
        spent = spent or time.perf_counter() - start
    except (IndexMismatch, StoreUnusable, ModelUnavailable):
        raise  # not this question's fault: none can be asked
    except Exception as error:  # noqa: BLE001  every question stays in the count, whatever happens to one
        spent = time.perf_counter() - start
        said = f"{type(error).__name__}: {error}"
        record = failed_record(question.text, said, question_id=question.question_id)
        run_folder.note_problems(folder, [f"failed\t{question.question_id}\t{said}", traceback.format_exc()])
    return Outcome(question.question_id, record, confidence, round(spent * 1000, 3), ranking)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the run folder: two processes would answer everything twice."""
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock", timeout=0)
    try:
        with lock:
            yield
    except Timeout as error:
        raise RunUnusable(f"Another process is writing {folder}.", path=str(folder), what="busy") from error


def _at(config: Mapping[str, Any], path: str) -> Any:
    found: Any = config
    for name in path.split("."):
        found = found.get(name)
    return found


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004  a line's worth


def isnad_version() -> str:
    """The version of what is installed here."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("isnad")
    except PackageNotFoundError:  # run from the source tree
        return "unknown"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
