"""`isnad bot`."""

from __future__ import annotations

import typer

from bot.boundary import EXIT_DONE
from bot.commands.options import HomeOption, LangOption, settings_for


def bot(context: typer.Context, *, home: HomeOption = None, lang: LangOption = None) -> None:
    from bot.telegram.application import run_bot

    code = run_bot(settings_for(context, home, lang))
    if code != EXIT_DONE:
        raise typer.Exit(code)
