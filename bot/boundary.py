"""Where errors meet the user: one place that turns whatever was raised into a sentence and an exit code.

Exit codes: 0 done (refusing is done), 1 nothing could be done, 2 usage or settings, 3 a gate was missed, 130 stopped;
of the bot 69 another one polls with its token, 70 its poll died, 78 its token is wrong.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise

from bot.env_file import quieten_reader, unread_lines
from bot.errors import AnotherBotPolls, BotEnded, PollDied, TokenRefused
from bot.home import explain_with_home
from bot.render import message
from bot.screen import Screen
from bot.streams import OutputLost, forget_output, prepare_streams
from bot.texts import LANGS, Lang, say
from bot.texts.errors import explain
from bot.texts.system import system_word
from rag.errors import SettingsError

EXIT_DONE, EXIT_NOTHING_DONE, EXIT_USAGE, EXIT_GATE_MISSED, EXIT_STOPPED = 0, 1, 2, 3, 130
EXIT_OTHER_BOT, EXIT_POLL_DIED, EXIT_TOKEN = (kind.exit_code for kind in (AnotherBotPolls, PollDied, TokenRefused))


def run_guarded(
    work: Callable[[Lang], int], arguments: Sequence[str] = (), *, wants_traceback: Callable[[], bool] | None = None
) -> int:
    """Do `work` in the language to speak and return its exit code, or say in one line why it could not be done.

    `arguments` are the command line that may name the language. `wants_traceback` is asked after an
    unforeseen end, when `work` has read what it was told; without it there is no traceback.
    """
    prepare_streams()
    quieten_reader()
    lang, is_known = LANGS[0], False
    try:
        lang, is_known = lang_of(arguments), True
        if "doctor" not in arguments and (numbers := unread_lines()):  # which says so itself
            key, comma = "env.unread" if len(numbers) == 1 else "env.unread_lines", "، " if lang == "ar" else ", "
            _say(say(key, lang, lines=comma.join(map(str, numbers))))
        code = work(lang)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = EXIT_STOPPED
    except BrokenPipeError:
        forget_output()
        code = EXIT_DONE
    except Exception as error:  # noqa: BLE001  the one boundary between errors and the user
        code = exit_code_of(error)
        if wants_traceback is not None and wants_traceback():
            _print_traceback(error)
        if isinstance(error, OutputLost):
            forget_output()
            _say(explain("output_lost", lang, detail=system_word(str(error.strerror), lang)))
        else:
            _say(explain_with_home(error, _home_given(arguments), lang))
    if code == EXIT_STOPPED:  # Typer too makes this of Ctrl-C
        if not is_known:
            with suppress(Exception):  # what was half imported may not be to be had again
                lang = lang_of(arguments)
        _say(say("interrupted", lang))
    return code


def exit_code_of(error: Exception) -> int:
    """What a program that starts this one is told of `error`."""
    if isinstance(error, BotEnded):
        return error.exit_code
    return EXIT_USAGE if isinstance(error, SettingsError) else EXIT_NOTHING_DONE


def lang_of(arguments: Sequence[str]) -> Lang:
    """The language to speak, known before a command line is parsed: its help and its mistakes need it."""
    for wanted in reversed(list(_values_of("--lang", arguments))):  # the last one holds, as it does in a command
        for lang in LANGS:
            if wanted.lower() == lang:
                return lang
    from rag.settings import load_lang

    return load_lang()


def _values_of(option: str, arguments: Sequence[str]) -> Iterator[str]:
    """What an option is given, before anything is parsed."""
    for argument, following in pairwise([*arguments, ""]):
        name, _, value = argument.partition("=")
        if name == option:
            yield value or following


def _home_given(arguments: Sequence[str]) -> str:
    """`--home DIR` as a command that is to be typed needs it; empty where this one was given none."""
    *_, home = "", *_values_of("--home", arguments)
    return home and f"--home {shlex.quote(home)}"


def _say(text: str) -> None:
    with suppress(OSError):  # where standard error is lost too, the exit code says it alone
        Screen.err().write(message(text))


def _print_traceback(error: Exception) -> None:
    import traceback

    traceback.print_exception(error)
