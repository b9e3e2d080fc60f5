"""`isnad eval`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.boundary import EXIT_NOTHING_DONE
from bot.commands.options import HomeOption, JsonOption, LangOption, settings_for, usage_error
from bot.contract import write_json
from bot.progress import ProgressBar
from bot.render import message
from bot.screen import Screen
from bot.texts import Lang, say

if TYPE_CHECKING:
    from evals.run import Asking
    from rag.settings import Settings


def evaluate(
    context: typer.Context,
    question_set: Annotated[Path | None, typer.Argument(metavar="SET", show_default=False)] = None,
    *,
    corpus: Annotated[Path | None, typer.Option("--corpus", metavar="FOLDER")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="RUN", file_okay=False)] = None,
    at_most: Annotated[int | None, typer.Option("--limit", min=1, metavar="N", show_default=False)] = None,
    only: Annotated[Literal["retrieval"] | None, typer.Option("--only", metavar="retrieval")] = None,
    score_run: Annotated[Path | None, typer.Option("--score", metavar="RUN", file_okay=False)] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    settings = settings_for(context, home, lang)
    given = {"SET": question_set, "--corpus": corpus, "--out": out, "--limit": at_most, "--only": only}
    if score_run is not None:
        _check_alone({name for name, value in given.items() if value is not None}, settings.lang)
        folder = score_run
    elif question_set is not None:
        from evals.run import Asking

        folder = _run(Asking(question_set, corpus, out, at_most, only_retrieval=only is not None), settings)
    else:
        raise usage_error("usage.no_set", settings.lang)
    _score(folder, settings, as_json=as_json)


def _run(asking: Asking, settings: Settings) -> Path:
    """Ask, with a bar for each stage; return the run folder."""
    from evals.run import run

    def say_rebuilding(detail: str) -> None:
        Screen.err().write(message(say("index.rebuilding", settings.lang, detail=detail)))

    with ProgressBar(settings.lang) as progress:
        return run(asking, settings, progress=progress, on_message=say_rebuilding)


def _score(folder: Path, settings: Settings, *, as_json: bool) -> None:
    """Print what a run came to."""
    from evals.score import score

    scores = score(folder, settings)
    if as_json:
        from evals.record import scores_record

        write_json(scores_record(scores, folder))
    else:
        from bot.scores import write_scores

        write_scores(scores, folder, Screen.out(), settings.lang)
    if scores.counts.get("failed") == len(scores.rows):
        raise typer.Exit(EXIT_NOTHING_DONE)


def _check_alone(given: set[str], lang: Lang) -> None:
    """Refuse what has no meaning beside `--score`."""
    if given:
        raise usage_error("usage.score_alone", lang, option=min(given))
