"""`isnad …`: parse, call one function, print. Whatever goes wrong ends here, in one place.

Exit codes: 0 done (refusing is done), 1 nothing could be done, 2 usage or settings, 130 stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from bot.commands import asking, corpus, models
from bot.commands.options import Common, HomeOption, LangOption
from bot.render import message
from bot.screen import Screen
from bot.texts import LANGS, Lang, say
from bot.texts.errors import explain_error
from bot.texts.help import COMMANDS, EXAMPLES, EXAMPLES_TITLE, OPTIONS, PROGRAM
from rag.errors import SettingsError

EXIT_DONE, EXIT_NOTHING_DONE, EXIT_USAGE, EXIT_STOPPED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback reaches the user without `--debug`."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    _speak_unicode()
    lang = _lang_of(arguments)
    common = Common()
    try:
        code = _run(arguments, lang, common)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = EXIT_STOPPED
    except BrokenPipeError:
        _forget_stdout()
        code = EXIT_DONE
    except Exception as error:  # noqa: BLE001  the one boundary between errors and the user
        code = _report(error, lang, debug=common.debug)
    if code == EXIT_STOPPED:
        Screen.err().write(message(say("interrupted", lang)))
    return code


def build_app(lang: Lang) -> typer.Typer:
    """The commands, described in `lang`."""
    app = typer.Typer(
        rich_markup_mode=None,  # boxes around Arabic come apart in terminals that order text themselves
        help=PROGRAM.in_(lang),
        epilog=_examples("", lang),
        no_args_is_help=True,
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
    )
    for function in functions:
        name = function.__name__
        app.command(name, help=COMMANDS[name].in_(lang), epilog=_examples(name, lang))(function)
    model = typer.Typer(
        rich_markup_mode=None, help=COMMANDS["model"].in_(lang), epilog=_examples("model", lang), no_args_is_help=True
    )
    model.callback()(lambda: None)
    model.command("pull", help=COMMANDS["model pull"].in_(lang), epilog=_examples("model pull", lang))(models.pull)
    app.add_typer(model, name="model")
    return app


def localised_command(lang: Lang) -> Any:
    """The command line, its options described in `lang` too."""
    command = typer.main.get_command(build_app(lang))
    _describe_options(command, lang)
    return command


def _run(arguments: Sequence[str], lang: Lang, common: Common) -> int:
    """Typer ends every run with SystemExit; a reader that left is none of its business (it says 1) but done."""
    try:
        localised_command(lang).main(arguments, prog_name="isnad", obj=common)
    except SystemExit as ended:
        return EXIT_DONE if isinstance(ended.__context__, BrokenPipeError) else int(ended.code or EXIT_DONE)
    return EXIT_DONE


def _common(
    context: typer.Context,
    *,
    home: HomeOption = None,
    lang: LangOption = None,
    debug: Annotated[bool, typer.Option("--debug", envvar="ISNAD_DEBUG", show_envvar=False)] = False,
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,  # noqa: ARG001
) -> None:
    common = context.ensure_object(Common)
    common.home, common.lang, common.debug = home, lang, debug


def _show_version(wanted: bool) -> None:  # noqa: FBT001  Typer calls it with the option's value
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("isnad")
        except PackageNotFoundError:  # run from the source tree
            number = "(not installed)"
        sys.stdout.write(f"isnad {number}\n")
        raise typer.Exit


def _examples(name: str, lang: Lang) -> str:
    return "\b\n" + "\n  ".join([EXAMPLES_TITLE.in_(lang), *EXAMPLES[name]])


def _describe_options(command: Any, lang: Lang) -> None:
    """Give every option and argument its text: Typer has no place for a second language."""
    for option in (*command.params, command.get_help_option(typer.Context(command))):
        option.help = OPTIONS[option.name].in_(lang)
    for inner in getattr(command, "commands", {}).values():
        _describe_options(inner, lang)


def _lang_of(arguments: Sequence[str]) -> Lang:
    """The language to speak, known before the command line is parsed: help and mistakes need it too."""
    for index, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            wanted = value or (arguments[index + 1] if index + 1 < len(arguments) else "")
            for lang in LANGS:
                if wanted == lang:
                    return lang
    from rag.settings import load_settings

    try:
        return load_settings().lang
    except SettingsError:  # the command will say so
        return LANGS[0]


def _speak_unicode() -> None:
    """Arabic goes out as UTF-8 whatever the locale, and bad input or output bytes never raise."""
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace"), (sys.stdin, "replace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _report(error: Exception, lang: Lang, *, debug: bool) -> int:
    """Say what went wrong on standard error; the exit code."""
    if debug:
        import traceback

        traceback.print_exception(error)
    Screen.err().write(message(explain_error(error, lang)))
    return EXIT_USAGE if isinstance(error, SettingsError) else EXIT_NOTHING_DONE


def _forget_stdout() -> None:
    """Let what is still buffered go nowhere: its reader is gone, and nobody wants to hear of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = build_app("en")
