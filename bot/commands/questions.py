"""`isnad questions new`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.boundary import EXIT_NOTHING_DONE
from bot.commands.options import HomeOption, JsonOption, LangOption, file, settings_for, whole_number
from bot.contract import write_json
from bot.render import message
from bot.screen import Screen
from bot.texts import say


def new(
    context: typer.Context,
    *,
    count: Annotated[int, whole_number("--count", at_least=1, at_most=100_000)] = 20,
    new_file: Annotated[Path | None, typer.Option("--out", metavar="FILE", parser=file)] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    from evals.propose import propose, write_skeletons

    settings = settings_for(context, home, lang)
    skeletons = propose(count, settings)
    if not skeletons:
        Screen.err().write(message(say("eval.questions.none", settings.lang)))
        raise typer.Exit(EXIT_NOTHING_DONE)
    lines = write_skeletons(skeletons, new_file)
    if new_file is None:
        sys.stdout.write(lines)
    elif as_json:
        write_json({"path": str(new_file), "num_questions": len(skeletons)})
    else:
        num_written = f"{len(skeletons):,}"
        Screen.out().write(
            message(say("eval.questions.written", settings.lang, num_written=num_written, path=new_file))
        )
