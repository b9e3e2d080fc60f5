"""`isnad model pull`."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from bot.commands.options import HomeOption, JsonOption, LangOption, not_empty, settings_for
from bot.contract import write_json
from bot.home import say_home
from bot.render import message
from bot.screen import Screen
from bot.texts import say


def pull(
    context: typer.Context,
    model_name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, parser=not_empty)],
    *,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    from rag.models import pull as pull_model

    settings = settings_for(context, home, lang)
    path = pull_model(model_name, settings)
    if as_json:
        write_json({"model": model_name, "path": str(path)})
        return
    Screen.out().write(message(say("model.pulled", settings.lang, path=path)))
    Screen.err().write(message(say("model.next", settings.lang, name=shlex.quote(model_name))))
    say_home(settings)
