"""A run folder to Scores: one Row per question, means with their intervals, by kind, language and length.

Nothing is answered again. What is read is the run folder, and the store of the home that was asked, for
the texts that quotes are held against. A question without an outcome, where a run was not finished,
counts as failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from evals import corpus, run_folder
from evals.answers import answer_values
from evals.grounding import grounding_values
from evals.means import MEASURES, Group, Mean, summarise
from evals.questions import Question
from evals.refusal import refusal_values
from evals.retrieval import by_story, retrieval_values
from evals.run_folder import Outcome
from evals.stories import find_stories
from evals.verdict import Judged, Points, Verdict, Why, judge
from rag.contract import failed_record
from rag.errors import IsnadError
from rag.settings import Settings
from rag.text.terms import words

__all__ = ["COSTS", "MEASURES", "Mean", "Points", "Row", "Scores", "Verdict", "Why", "figures", "score"]

Length = Literal["short", "medium", "long"]
SHORT, MEDIUM = 5, 10
"""Words of a question that make it short at most, and of medium length at most."""
COSTS: tuple[str, ...] = ("p50_ms", "p95_ms", "cold_ms", "memory_mb")
"""What is measured of a whole run; less is better."""
_STORY_DEPTH = 20
"""Sources of a ranking whose texts are compared."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question and everything that is measured of its answer."""

    question_id: str
    kind: str
    lang: str
    length: Length
    question: str
    history: tuple[str, ...]
    expected: tuple[str, ...]
    """Accepted answers; empty where refusing is right, or where the set names none."""
    sources: tuple[str, ...]
    """Where the answer stands, as far as the corpus knows these sources."""
    answerable: bool | None
    """None: the set does not say."""
    status: str
    """As in the record: answered, weak, refused or failed; empty where only retrieval was asked for."""
    reason: str | None
    answer: str
    record: Mapping[str, Any]
    """What `ask --json` prints for it; empty where only retrieval was asked for."""
    confidence: float | None
    ranking: tuple[tuple[str, float], ...]
    """Sources as retrieval ranked them, each with the score of its best passage."""
    ms: float
    verdict: Verdict
    points: Points
    why: Why
    values: Mapping[str, float]
    """Every measure by its name; one that is not defined for this question is absent."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a run comes to."""

    run: Mapping[str, Any]
    """The run's config.json."""
    rows: tuple[Row, ...]
    overall: Mapping[str, Mean]
    """By the measures' names, in the order of `MEASURES`; what is defined for no question is absent."""
    by: Mapping[str, Mapping[str, Mapping[str, Mean]]]
    """"kind", "lang" or "length" -> its values -> measure -> Mean."""
    risk_coverage: tuple[tuple[float, float], ...]
    """Coverage and risk, surest first; it ends where nothing more was said."""
    timings: Mapping[str, float]
    """`COSTS`, as far as they were measured."""
    counts: Mapping[str, int]
    """`questions`, and how many of each status and verdict."""
    problems: tuple[Mapping[str, str], ...]
    """What was wrong with the set, the run or the store: `what`, `where`, `detail`."""


def score(folder: Path, settings: Settings) -> Scores:
    """Score the run in `folder`; `settings` say how its home is opened.

    Raises:
        RunUnusable: there is no run, or another version wrote it.
    """
    config = run_folder.read_config(folder)
    questions = run_folder.read_asked(folder)
    outcomes = run_folder.read_outcomes(folder)
    problems = [dict(problem) for problem in config["problems"]]
    missing = [question for question in questions if question.question_id not in outcomes]
    problems += [{"what": "unanswered", "where": one.question_id, "detail": one.text} for one in missing]
    outcomes |= {one.question_id: _unanswered(one) for one in missing}
    asked = [(question, outcomes[question.question_id]) for question in questions]
    unknown = frozenset(config["unknown_sources"])
    texts = _load_texts(asked, config, folder, settings)
    if texts is None:
        problems.append({"what": "no_store", "where": config["home"], "detail": "quotes and stories are not measured"})
    rows = _rows(asked, unknown, texts, only_retrieval=bool(config["only_retrieval"]))
    overall = summarise(_group(rows))
    return Scores(
        run=config,
        rows=rows,
        overall=overall.means,
        by={name: _by(rows, name) for name in ("kind", "lang", "length")},
        risk_coverage=overall.curve,
        timings=_timings(rows, config),
        counts=_counts(rows),
        problems=tuple(problems),
    )


def figures(scores: Scores) -> dict[str, float]:
    """Every figure of a run by its name: what gates and comparisons ask for."""
    return {name: mean.value for name, mean in scores.overall.items()} | dict(scores.timings)


def settings_of(config: Mapping[str, Any], folder: Path, settings: Settings) -> Settings:
    """The settings of the home that the run in `folder` asked."""
    if not (config["corpus"] or config["brought_articles"]):
        return settings.model_copy(update={"home": Path(config["home"])})
    home = folder / "home"  # the folder may have been moved
    return corpus.settings_of_run(settings, home if home.is_dir() else Path(config["home"]))


def length_of(question: str) -> Length:
    """How long a question is, in words."""
    num_words = len(words(question))
    return "short" if num_words <= SHORT else "medium" if num_words <= MEDIUM else "long"


def _rows(
    asked: Sequence[tuple[Question, Outcome]],
    unknown: frozenset[str],
    texts: Mapping[str, str] | None,
    *,
    only_retrieval: bool,
) -> tuple[Row, ...]:
    rankings = {question.question_id: [source for source, _ in outcome.ranking] for question, outcome in asked}
    relevance = {
        question.question_id: {source: grade for source, grade in question.relevance.items() if source not in unknown}
        for question, _ in asked
    }
    story_of = find_stories(texts or {})
    found = retrieval_values(rankings, relevance)
    stories = by_story(rankings, relevance, story_of) if texts is not None else {}
    rows = []
    for question, outcome in asked:
        retrieved = found.get(question.question_id, {}) | stories.get(question.question_id, {})
        sources = tuple(relevance[question.question_id])
        if only_retrieval:  # what failed is one of all the questions here too, and nothing else was to be said
            judged = judge(replace(question, answerable=None), outcome.record, sources, story_of)
            values = {"failed": float(outcome.record.get("status") == "failed")}
        else:
            judged = judge(question, outcome.record, sources, story_of)
            values = _values(question, outcome.record, judged, texts)
        rows.append(_row(question, outcome, sources, judged, values | retrieved))
    return tuple(rows)


def _values(
    question: Question, record: Mapping[str, Any], judged: Judged, texts: Mapping[str, str] | None
) -> dict[str, float]:
    values = refusal_values(record, judged, answerable=question.answerable)
    if record:
        values |= answer_values(record, question)
    if texts is not None:
        values |= grounding_values(record, texts)
    return values


def _row(
    question: Question, outcome: Outcome, sources: tuple[str, ...], judged: Judged, values: Mapping[str, float]
) -> Row:
    record = outcome.record
    return Row(
        question_id=question.question_id,
        kind=question.kind,
        lang=question.lang,
        length=length_of(question.text),
        question=question.text,
        history=question.history,
        expected=question.answers,
        sources=sources,
        answerable=question.answerable,
        status=record.get("status", ""),
        reason=record.get("reason"),
        answer=record.get("answer", ""),
        record=record,
        confidence=outcome.confidence,
        ranking=outcome.ranking,
        ms=outcome.ms,
        verdict=judged.verdict,
        points=judged.points,
        why=judged.why,
        values=values,
    )


def _load_texts(
    asked: Sequence[tuple[Question, Outcome]], config: Mapping[str, Any], folder: Path, settings: Settings
) -> dict[str, str] | None:
    """The texts of what was found, cited or expected; None where the store of the run is not there."""
    wanted = {source for question, _ in asked for source in question.sources}
    for _, outcome in asked:
        wanted.update(source for source, _ in outcome.ranking[:_STORY_DEPTH])
        wanted.update(citation["source"] for citation in outcome.record.get("citations") or ())
    try:
        return corpus.read_texts(sorted(wanted), settings_of(config, folder, settings)) or None
    except IsnadError:
        return None


def _unanswered(question: Question) -> Outcome:
    record = failed_record(question.text, "not answered: the run was interrupted", question_id=question.question_id)
    return Outcome(question.question_id, record, None, 0.0, ())


def _group(rows: Iterable[Row]) -> Group:
    return Group([(row.values, row.confidence, row.status, row.verdict) for row in rows])


def _by(rows: Sequence[Row], name: str) -> dict[str, Mapping[str, Mean]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(getattr(row, name), []).append(row)
    order = get_args(Length) if name == "length" else sorted(groups)
    return {value: summarise(_group(groups[value])).means for value in order if value in groups}


def _timings(rows: Sequence[Row], config: Mapping[str, Any]) -> dict[str, float]:
    import numpy as np

    spent = [row.ms for row in rows if row.ms > 0]
    timings = {f"p{edge}_ms": float(np.percentile(spent, edge)) for edge in (50, 95) if spent}
    return timings | {name: config[name] for name in ("cold_ms", "memory_mb") if config.get(name) is not None}


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    counted = Counter({"questions": len(rows)})
    counted.update(row.status for row in rows if row.status)
    counted.update(f"verdict.{row.verdict}" for row in rows)
    return dict(counted)
