"""`isnad eval`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.boundary import EXIT_GATE_MISSED, EXIT_NOTHING_DONE
from bot.commands.corpus import say_rebuilding
from bot.commands.options import (
    HomeOption,
    JsonOption,
    LangOption,
    folder,
    path,
    settings_for,
    usage_error,
    whole_number,
)
from bot.comparison import gate_lines, miss_lines, write_comparison
from bot.contract import write_json
from bot.progress import ProgressBar
from bot.render import message
from bot.screen import Screen
from bot.texts import Lang, say

if TYPE_CHECKING:
    from evals.gates import Gate
    from evals.run import Asking
    from evals.score import Scores
    from rag.settings import Settings


def evaluate(
    context: typer.Context,
    question_sets: Annotated[list[Path] | None, typer.Argument(metavar="SET", show_default=False, parser=path)] = None,
    *,
    corpus: Annotated[Path | None, typer.Option("--corpus", metavar="FOLDER", parser=path)] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="RUN", parser=folder)] = None,
    at_most: Annotated[int | None, whole_number("--limit", at_least=1, show_default=False)] = None,
    only: Annotated[Literal["retrieval"] | None, typer.Option("--only", metavar="retrieval")] = None,
    score_run: Annotated[Path | None, typer.Option("--score", metavar="RUN", parser=folder)] = None,
    compared: Annotated[tuple[str, str] | None, typer.Option("--compare", metavar="RUN_A RUN_B")] = None,
    calibrating: Annotated[bool, typer.Option("--calibrate")] = False,
    fail_under: Annotated[str | None, typer.Option("--fail-under", metavar="GATES")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FOLDER", parser=folder)] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    settings = settings_for(context, home, lang)
    sets = question_sets or []
    asking = _given({"SET": sets or None, "--corpus": corpus, "--out": out, "--limit": at_most, "--only": only})
    scoring = _given({"--score": score_run, "--fail-under": fail_under, "--report": report})
    if calibrating:
        others = (asking - {"SET", "--corpus"}) | scoring | _given({"--compare": compared})
        _check_alone("calibrate", others, settings.lang)
        _calibrate(sets, corpus, settings, as_json=as_json)
        return
    if compared is not None:
        _check_alone("compare", asking | scoring, settings.lang)
        _compare(*compared, settings, as_json=as_json)
        return
    gates = _read_gates(fail_under, settings.lang)
    if score_run is not None:
        _check_alone("score", asking, settings.lang)
        run_folder = score_run
    else:
        from evals.run import Asking

        one = _only(sets, settings.lang)
        run_folder = _run(Asking(one, corpus, out, at_most, only_retrieval=bool(only)), settings)
    _score(run_folder, settings, Wanted(gates, report, as_json))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made of a run's scores."""

    gates: tuple[Gate, ...]
    report: Path | None
    as_json: bool


def _run(asking: Asking, settings: Settings) -> Path:
    """Ask, with a bar for each stage; return the run folder."""
    from evals.run import run

    with ProgressBar(settings.lang) as progress:
        return run(asking, settings, progress=progress, on_message=say_rebuilding(settings.lang))


def _score(folder: Path, settings: Settings, wanted: Wanted) -> None:
    """Print what a run came to, write its report, and hold it to its gates."""
    from evals.gates import check
    from evals.score import figures, score

    scores = score(folder, settings)
    misses = check(wanted.gates, figures(scores))
    written = _write_report(scores, folder, wanted.report, settings) if wanted.report is not None else None
    if wanted.as_json:
        from evals.record import scores_record

        missed = {"gates_missed": [str(miss.gate) for miss in misses]} if wanted.gates else {}
        write_json(scores_record(scores, folder) | missed | ({"report": str(written)} if written else {}))
        Screen.err().write(miss_lines(misses, settings.lang))
    else:
        from bot.scores import write_scores

        screen = Screen.out()
        write_scores(scores, folder, screen, settings.lang)
        if written is not None:
            screen.write(message(say("eval.report.written", settings.lang, path=written)))
        if wanted.gates:
            screen.write(gate_lines(wanted.gates, misses, settings.lang))
    if misses:
        raise typer.Exit(EXIT_GATE_MISSED)
    if scores.counts.get("failed") == len(scores.rows):
        raise typer.Exit(EXIT_NOTHING_DONE)


def _write_report(scores: Scores, run: Path, folder: Path, settings: Settings) -> Path:
    from evals.report.wording import Wording
    from evals.report.write import write_report

    def say_here(key: str, **values: object) -> str:
        return say(key, settings.lang, **values)

    return write_report(scores, run, folder, Wording(settings.lang, say_here), settings)


def _compare(before: str, after: str, settings: Settings, *, as_json: bool) -> None:
    """Print what changed from one run to another."""
    from evals.compare import compare
    from evals.score import score

    one, other = map(_run_to_compare, (before, after))
    comparison = compare(score(one, settings), score(other, settings))
    if as_json:
        from evals.record import comparison_record

        write_json(comparison_record(comparison))
    else:
        write_comparison(comparison, (str(one), str(other)), Screen.out(), settings.lang)


def _calibrate(sets: list[Path], articles: Path | None, settings: Settings, *, as_json: bool) -> None:
    """Fit the abstention constants of the home, and print what they are worth."""
    from bot.calibration import calibrated_record, write_calibrated
    from evals.calibration_run import calibrate_home

    if not sets:
        raise usage_error("usage.no_set", settings.lang)
    with ProgressBar(settings.lang) as progress:
        calibrated = calibrate_home(sets, settings, articles=articles, progress=progress)
    if as_json:
        write_json(calibrated_record(calibrated))
    else:
        write_calibrated(calibrated, Screen.out(), settings.lang)


def _read_gates(text: str | None, lang: Lang) -> tuple[Gate, ...]:
    """The gates that were given; a mistake in them is said before anything is asked."""
    from evals.gates import GatesUnreadable, read_gates

    try:
        return read_gates(text) if text is not None else ()
    except GatesUnreadable as error:
        values = {name: value for name, value in error.details.items() if name != "what"}
        raise usage_error(f"usage.gate.{error.details['what']}", lang, **values) from error


def _run_to_compare(typed: str) -> Path:
    """Typer gives an option with two values no parser."""
    try:
        return folder(typed)
    except typer.BadParameter as error:
        error.param_hint = "'--compare'"
        raise


def _given(options: dict[str, object]) -> set[str]:
    return {name for name, value in options.items() if value is not None}


def _only(sets: list[Path], lang: Lang) -> Path:
    if len(sets) != 1:
        raise usage_error("usage.one_set" if sets else "usage.no_set", lang)
    return sets[0]


def _check_alone(name: str, given: set[str], lang: Lang) -> None:
    """Refuse what has no meaning beside an option."""
    if given:
        raise usage_error(f"usage.{name}_alone", lang, option=min(given))
