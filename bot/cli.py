"""`isnad …`: the commands, their help in two languages, and the way from a command line to one of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from bot.boundary import EXIT_DONE, run_guarded
from bot.commands import asking, corpus, doctor, evaluation, models, questions, telegram
from bot.commands.options import Common, HomeOption, LangOption
from bot.render import message
from bot.screen import Screen
from bot.texts import Lang, fill, say
from bot.texts.help import COMMANDS, EXAMPLES, EXAMPLES_TITLE, OPTIONS, PROGRAM
from bot.texts.usage import HELP, NO_COMMAND, help_in_arabic, usage_in_arabic

_MISTAKE: type[Exception] = typer.BadParameter.__mro__[2]
"""The root of what is wrong with a command line, which Typer does not export."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback reaches the user without `--debug`."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    common = Common()

    def run(lang: Lang) -> int:
        common.help_lang = lang
        command = localised_command(lang)
        try:
            code = command.main(arguments, prog_name="isnad", obj=common, standalone_mode=False)
        except SystemExit as ended:  # to a reader that left Typer says 1, but all was done
            return EXIT_DONE if isinstance(ended.__context__, BrokenPipeError) else int(ended.code or EXIT_DONE)
        except _MISTAKE as mistake:
            return _say_mistake(mistake, named_command(arguments, command), lang)
        return code or EXIT_DONE

    return run_guarded(run, arguments, wants_traceback=lambda: common.debug)


def build_app(lang: Lang) -> typer.Typer:
    """The commands, described in `lang`."""
    app = typer.Typer(
        rich_markup_mode=None,  # boxes around Arabic come apart in terminals that order text themselves
        help=PROGRAM.in_(lang),
        epilog=_examples("", lang),
        pretty_exceptions_enable=False,
    )
    app.callback()(_common)
    functions = (
        corpus.ingest,
        asking.ask,
        asking.search,
        asking.chat,
        corpus.sources,
        corpus.status,
        corpus.remove,
        corpus.reindex,
        doctor.doctor,
        telegram.bot,
    )
    for function in functions:
        name = function.__name__
        app.command(name, help=COMMANDS[name].in_(lang), epilog=_examples(name, lang))(function)
    app.command("eval", help=COMMANDS["eval"].in_(lang), epilog=_examples("eval", lang))(evaluation.evaluate)
    _add_group(app, "questions", "new", questions.new, lang)
    _add_group(app, "model", "pull", models.pull, lang)
    return app


def _say_mistake(mistake: Any, named: str, lang: Lang) -> int:
    """What is wrong with the command line, and where help is; without a command's name that is the help itself."""
    context = getattr(mistake, "ctx", None)
    if context and mistake.format_message() == NO_COMMAND:
        typer.echo(context.get_help(), err=True)
        return int(mistake.exit_code)
    if names := getattr(mistake, "possibilities", None):
        mistake.possibilities = near_options(mistake.option_name, names)
    if lang == "en":
        mistake.show()
    else:
        Screen.err().write(message(usage_in_arabic(mistake.format_message())))
    if lang == "ar" or not context:  # with a context Typer has named it
        Screen.err().write(message(fill(HELP, lang, command=context.command_path if context else named)))
    return int(mistake.exit_code)


def near_options(typed: str, names: Sequence[str]) -> list[str]:
    """Those that are near what was typed: Typer counts their dashes as likeness."""
    bare = {name.lstrip("-"): name for name in names}
    return [bare[name] for name in get_close_matches(typed.lstrip("-"), bare)]


def named_command(arguments: Sequence[str], command: Any) -> str:
    """The command that a command line names, such as `isnad model pull`: not every mistake of Typer's says it."""
    names = ["isnad"]
    for argument in arguments:
        if inner := getattr(command, "commands", {}).get(argument):
            names.append(argument)
            command = inner
    return " ".join(names)


def _add_group(app: typer.Typer, group: str, name: str, function: Callable[..., None], lang: Lang) -> None:
    """A command of two words."""
    of_group = typer.Typer(rich_markup_mode=None, help=COMMANDS[group].in_(lang), epilog=_examples(group, lang))
    of_group.callback()(lambda: None)
    full = f"{group} {name}"
    of_group.command(name, help=COMMANDS[full].in_(lang), epilog=_examples(full, lang))(function)
    app.add_typer(of_group, name=group)


def localised_command(lang: Lang) -> Any:
    """The command line, its options described in `lang` too."""
    command = typer.main.get_command(build_app(lang))
    _describe_options(command, lang)
    return command


def _common(
    context: typer.Context,
    *,
    home: HomeOption = None,
    lang: LangOption = None,
    debug: Annotated[bool, typer.Option("--debug")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,  # noqa: ARG001
) -> None:
    common = context.ensure_object(Common)
    common.home, common.lang, common.debug = home, lang, debug


def _show_version(context: typer.Context, wanted: bool) -> None:  # noqa: FBT001  Typer calls it with the option's value
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("isnad")
        except PackageNotFoundError:  # run from the source tree
            number = say("version.unknown", context.ensure_object(Common).help_lang)
        sys.stdout.write(f"isnad {number}\n")
        raise typer.Exit


def _examples(name: str, lang: Lang) -> str:
    return "\b\n" + "\n  ".join([EXAMPLES_TITLE.in_(lang), *EXAMPLES[name]])


class _ArabicContext(typer.Context):
    """Says Typer's own words on a page of help in Arabic."""

    def get_help(self) -> str:
        return help_in_arabic(super().get_help())


def _describe_options(command: Any, lang: Lang) -> None:
    """Give every option and argument its text: Typer has no place for a second language."""
    if lang == "ar":
        command.context_class = _ArabicContext
    for option in (*command.params, command.get_help_option(typer.Context(command))):
        option.help = OPTIONS[option.name].in_(lang)
    for inner in getattr(command, "commands", {}).values():
        _describe_options(inner, lang)
