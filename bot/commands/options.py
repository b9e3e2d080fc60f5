"""What the commands' options are called and take; what they mean stands in `bot.texts.help`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.direction import MARKS
from bot.render import message
from bot.screen import Screen
from bot.texts import LANGS, Lang, fill, plain
from bot.texts.errors import explain

if TYPE_CHECKING:
    from rag.settings import Settings

EMPTY = "it is empty."


def not_empty(typed: str) -> str:
    """A text that was typed; an empty one, as of a variable that is not set, names nothing."""
    if not typed.strip(MARKS).strip():
        raise typer.BadParameter(EMPTY)
    return typed


def path(typed: str | Path) -> Path:
    """A path that was typed; an empty one would be the folder one stands in."""
    return Path(not_empty(str(typed)))


def folder(typed: str | Path) -> Path:
    """The same for a folder, which need not be there."""
    named = path(typed)
    with suppress(OSError, ValueError):  # what cannot be looked at is said of the setting
        if named.exists() and not named.is_dir():
            raise typer.BadParameter(f"Directory '{named}' is a file.")  # as Typer says it of its own folders
    return named


def file(typed: str | Path) -> Path:
    """The same for a file."""
    named = path(typed)
    with suppress(OSError, ValueError):  # what cannot be looked at is said by who reads it
        if named.is_dir():
            raise typer.BadParameter(f"File '{named}' is a directory.")
    return named


JsonOption = Annotated[bool, typer.Option("--json")]
HomeOption = Annotated[Path | None, typer.Option("--home", metavar="DIR", parser=folder)]
LangOption = Annotated[Literal["ar", "en"] | None, typer.Option("--lang", metavar="ar|en", case_sensitive=False)]
QuestionsOption = Annotated[Path | None, typer.Option("--questions", metavar="FILE", parser=file)]
WordsArgument = Annotated[list[str] | None, typer.Argument(metavar="QUESTION", show_default=False)]


@dataclass(slots=True)
class Common:
    """What was said before the command's name."""

    home: Path | None = None
    lang: Lang | None = None
    debug: bool = False
    help_lang: Lang = LANGS[0]
    """What help and mistakes are said in: known before any option is read."""


def whole_number(*names: str, at_least: int, at_most: int | None = None, show_default: bool = True) -> Any:
    """What follows `int` in `Annotated`: an option for a whole number within limits, in digits of any kind."""

    def parse(typed: str | int) -> int:
        from pydantic import Field, TypeAdapter, ValidationError

        from rag.settings import Whole

        not_empty(str(typed))
        within = TypeAdapter[int](Annotated[Whole, Field(ge=at_least, le=at_most)])
        try:
            return within.validate_python(typed)
        except ValidationError as error:
            raise typer.BadParameter(error.errors()[0]["msg"]) from error  # as Typer says it of its own numbers

    return typer.Option(*names, min=at_least, max=at_most, parser=parse, metavar="N", show_default=show_default)


def settings_for(context: typer.Context, home: Path | None, lang: Lang | None) -> Settings:
    """The settings; an option wins over the environment, the one after the command over the one before.

    A home that is still to be made, and would not be what was meant, is told on standard error.

    Raises:
        SettingsError: a setting has a value that is not allowed.
    """
    settings = read_settings(context, home, lang)
    _warn_of_home(settings)
    return settings


def read_settings(context: typer.Context, home: Path | None, lang: Lang | None) -> Settings:
    """The same without a word about the home.

    Raises:
        SettingsError: a setting has a value that is not allowed.
    """
    from rag.settings import load_settings

    common = context.ensure_object(Common)
    return load_settings(home=home or common.home, lang=lang or common.lang)


def _warn_of_home(settings: Settings) -> None:
    from rag.home import names_variable

    if names_variable(settings.home) and not settings.home.exists():
        from bot.texts.doctor import DOCTOR

        warning = fill(DOCTOR["home.variable"], settings.lang, path=settings.home.absolute())
        Screen.err().write(message(warning))


def usage_error(key: str, lang: Lang, **values: object) -> typer.BadParameter:
    """A mistake on the command line, in the user's language; exit code 2."""
    return typer.BadParameter(plain(explain(key, lang, **values)))


def one_question(words: list[str] | None, questions: Path | None, lang: Lang, *, missing: str) -> str:
    """The question typed: its words need no quotes; "" where a file of questions is given instead.

    Raises:
        typer.BadParameter: neither is given, or both are; `missing` names the text for neither.
    """
    if words and questions:
        raise usage_error("usage.two_questions", lang)
    if not words and not questions:
        raise usage_error(missing, lang)
    return " ".join(words or ())
