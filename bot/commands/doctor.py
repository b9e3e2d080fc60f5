"""`isnad doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.boundary import EXIT_NOTHING_DONE
from bot.commands.options import Common, HomeOption, JsonOption, LangOption, read_settings
from bot.contract import write_json
from bot.screen import Screen

if TYPE_CHECKING:
    from rag.settings import Settings


def doctor(
    context: typer.Context, *, as_json: JsonOption = False, home: HomeOption = None, lang: LangOption = None
) -> None:
    from bot.doctor.examine import examine, finding_lines, is_well, record_of
    from rag.errors import SettingsError

    settings: Settings | SettingsError
    try:
        settings = read_settings(context, home, lang)
        speak = settings.lang
    except SettingsError as error:
        settings, speak = error, lang or context.ensure_object(Common).help_lang
    findings = examine(settings, speak)
    if as_json:
        write_json(record_of(findings, settings))
    else:
        Screen.out().write(finding_lines(findings, settings, speak))
    if not is_well(findings):
        raise typer.Exit(EXIT_NOTHING_DONE)
