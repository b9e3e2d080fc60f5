"""`isnad ingest`, `remove`, `reindex`, `sources` and `status`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.boundary import EXIT_NOTHING_DONE
from bot.commands.options import HomeOption, JsonOption, LangOption, not_empty, path, settings_for, whole_number
from bot.contract import write_json
from bot.direction import MARKS
from bot.health import health_lines, health_record, look_at_index, next_lines
from bot.home import home_option, say_home
from bot.progress import ProgressBar
from bot.render import message
from bot.report import report_lines, skipped_lines, status_lines
from bot.screen import Screen
from bot.texts import Lang, say
from bot.texts.system import system_word

if TYPE_CHECKING:
    from rag.ingest import IngestReport
    from rag.settings import Settings

DEFAULT_LIMIT = 100
"""Rows of `sources` on a terminal; a pipe gets all."""


def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", show_default=False, parser=path)],
    *,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME")] = None,
    prune: Annotated[bool, typer.Option("--prune")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    from rag.ingest import ingest as ingest_paths

    settings = settings_for(context, home, lang)
    with ProgressBar(settings.lang) as progress:
        report = ingest_paths(
            paths,
            settings,
            name=name,
            prune=prune,
            progress=progress,
            on_wait=say_waiting(settings.lang),
            on_message=say_rebuilding(settings.lang),
        )
    _print_report(report, settings, given=paths, as_json=as_json)
    if not report.num_read and not report.num_removed:
        if not report.num_kept:  # the report says why it read none
            is_told = report.skipped and not report.other_kinds
            Screen.err().write(message(say("ingest.nothing" if is_told else "ingest.nothing_of_kind", settings.lang)))
        raise typer.Exit(EXIT_NOTHING_DONE)
    if report.num_added and not as_json:
        _say_next(settings, home)


def remove(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", show_default=False, parser=not_empty)],
    *,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    from rag.ingest import remove as remove_source

    settings = settings_for(context, home, lang)
    source = source.strip(MARKS)
    with ProgressBar(settings.lang) as progress:
        report = remove_source(
            source,
            settings,
            progress=progress,
            on_wait=say_waiting(settings.lang),
            on_message=say_rebuilding(settings.lang),
        )
    key = "remove.done" if report.num_removed == 1 else "remove.done_all"
    done = say(key, settings.lang, source=source, num_removed=f"{report.num_removed:,}")
    _print_report(report, settings, done=done, as_json=as_json)
    if not as_json:
        Screen.err().write(message(say("remove.next", settings.lang)))


def reindex(
    context: typer.Context, *, as_json: JsonOption = False, home: HomeOption = None, lang: LangOption = None
) -> None:
    from rag.ingest import reindex as rebuild

    settings = settings_for(context, home, lang)
    with ProgressBar(settings.lang) as progress:
        report = rebuild(settings, progress=progress, on_wait=say_waiting(settings.lang))
    _print_report(report, settings, done=say("reindex.done", settings.lang), as_json=as_json)


def sources(
    context: typer.Context,
    *,
    text: Annotated[str | None, typer.Option("--text", metavar="SOURCE", parser=not_empty)] = None,
    limit: Annotated[int | None, whole_number("--limit", at_least=0, show_default=False)] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    settings = settings_for(context, home, lang)
    if text is not None:
        _print_text(text.strip(MARKS), settings, as_json=as_json)
        return
    from rag.index.status import load_sources

    rows = load_sources(settings)
    if as_json:
        write_json({"sources": [asdict(row) for row in rows[: limit or None]]})
        return
    if not rows:
        Screen.err().write(message(say("sources.none", settings.lang)))
        say_home(settings)
        return
    screen = Screen.out()
    if limit is None:
        limit = DEFAULT_LIMIT if screen.is_terminal else 0
    shown = rows[: limit or None]
    columns = [say(f"column.{column}", settings.lang) for column in ("source", "outlet", "date", "chunks", "title")]
    screen.write_table(columns, [(row.source, row.outlet, row.date, row.num_chunks, row.title) for row in shown])
    if len(shown) < len(rows):
        counts = {"num_shown": f"{len(shown):,}", "num_articles": f"{len(rows):,}"}
        Screen.err().write(message(say("sources.more", settings.lang, **counts)))


def status(
    context: typer.Context, *, as_json: JsonOption = False, home: HomeOption = None, lang: LangOption = None
) -> None:
    from rag.answer.calibration import load_calibration
    from rag.index.status import load_identity, load_status

    settings = settings_for(context, home, lang)
    described, health = load_status(settings), look_at_index(settings)
    calibration = load_calibration(settings.home, load_identity(settings).fingerprint)
    if as_json:
        write_json(
            asdict(described) | health_record(health, described, settings) | {"calibration": asdict(calibration)}
        )
    else:
        about = [*status_lines(described, calibration, settings), *health_lines(health, settings.lang)]
        skipped = skipped_lines(described.skipped, settings.lang)
        Screen.out().write([*about, *skipped, *next_lines(health, described, settings)])
    _warn_of_settings(settings)


def _warn_of_settings(settings: Settings) -> None:
    """Say on standard error what is no setting though it looks like one."""
    from bot.doctor.configuration import unknown_variables
    from rag.settings import stated_variables

    if names := [name for name, _ in unknown_variables(stated_variables())]:
        command = f"isnad doctor{home_option(settings)}"
        told = say("status.no_settings", settings.lang, names=", ".join(names), command=command)
        Screen.err().write(message(told))


def say_waiting(lang: Lang) -> Callable[[str], None]:
    """Say on standard error who is being waited for."""
    return lambda holder: Screen.err().write(message(say("index.waiting", lang, holder=system_word(holder, lang))))


def say_rebuilding(lang: Lang) -> Callable[[str], None]:
    """Say on standard error that the index is being built again, and why."""
    return lambda detail: Screen.err().write(message(say("index.rebuilding", lang, detail=system_word(detail, lang))))


def _say_next(settings: Settings, home: Path | None) -> None:
    command = 'isnad ask "…"' + (f" --home {shlex.quote(str(home))}" if home else "")
    screen = Screen.err()
    if screen.is_terminal:
        screen.write(message(say("ask.next", settings.lang, command=command)))


def _print_text(source: str, settings: Settings, *, as_json: bool) -> None:
    """The stored text, character for character; only a terminal gets it without what would steer it."""
    from bot.direction import line
    from rag.index.status import load_text

    text = load_text(source, settings)
    screen = Screen.out()
    if as_json:
        write_json({"source": source, "text": text})
    elif screen.is_terminal:
        screen.write([line(part) for part in text.removesuffix("\n").split("\n")])
    else:
        sys.stdout.write(text)


def _print_report(
    report: IngestReport, settings: Settings, *, as_json: bool, given: Sequence[Path] = (), done: str = ""
) -> None:
    if as_json:
        write_json(asdict(report))
        return
    lines = message(done) if done else []
    Screen.out().write([*lines, *report_lines(report, settings, given)])
