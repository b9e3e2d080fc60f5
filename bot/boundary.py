"""Where errors meet the user: one place that turns whatever was raised into a sentence and an exit code.

Exit codes: 0 done (refusing is done), 1 nothing could be done, 2 usage or settings, 130 stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper

from bot.render import message
from bot.screen import Screen
from bot.texts import LANGS, Lang, say
from bot.texts.errors import explain_error
from rag.errors import SettingsError

EXIT_DONE, EXIT_NOTHING_DONE, EXIT_USAGE, EXIT_STOPPED = 0, 1, 2, 130


def run_guarded(
    work: Callable[[], int], *, lang: Lang | None = None, wants_traceback: Callable[[], bool] = bool
) -> int:
    """Do `work` and return its exit code, or say in one line why it could not be done."""
    speak_unicode()
    try:
        code = work()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = EXIT_STOPPED
    except BrokenPipeError:
        _forget_stdout()
        code = EXIT_DONE
    except Exception as error:  # noqa: BLE001  the one boundary between errors and the user
        code = _report(error, lang or lang_of(()), wants_traceback=wants_traceback())
    if code == EXIT_STOPPED:
        Screen.err().write(message(say("interrupted", lang or lang_of(()))))
    return code


def lang_of(arguments: Sequence[str]) -> Lang:
    """The language to speak, known before a command line is parsed: its help and its mistakes need it."""
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


def speak_unicode() -> None:
    """Arabic goes out as UTF-8 whatever the locale, and no byte in or out raises."""
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace"), (sys.stdin, "replace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _report(error: Exception, lang: Lang, *, wants_traceback: bool) -> int:
    if wants_traceback:
        import traceback

        traceback.print_exception(error)
    Screen.err().write(message(explain_error(error, lang)))
    return EXIT_USAGE if isinstance(error, SettingsError) else EXIT_NOTHING_DONE


def _forget_stdout() -> None:
    """Let what is still buffered go nowhere: its reader is gone, and nobody wants to hear of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
