"""The terminal chat: a prompt over `Session` that outlives Ctrl-C and a failing answer."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.direction import Line, Piece, line
from bot.home import explain_with_home
from bot.render import EMPTY_LINE, answer_lines, message, quote_lines, source_lines
from bot.screen import Screen
from bot.session import Reply, Session, command_named, quote_number
from bot.streams import OutputLost
from bot.texts import Lang, say
from rag.schema import Answer

if TYPE_CHECKING:
    from rag.index.status import IndexStatus

PROMPT = "» "
LEAVE = frozenset({"exit", "quit", "bye", "خروج"})


def run_chat(session: Session, lang: Lang, *, home: str = "", debug: bool = False) -> None:
    """Read questions until the end of input, `/exit`, or Ctrl-C twice in a row.

    `home` is what a command that is named needs besides: `--home DIR`, or nothing.
    """
    prompt = _prepare_input()
    screen = Screen.out()
    interrupted = False
    while True:
        try:
            text = with_slash(input(prompt), session)
            interrupted = False
            if _leaves(text):
                break
            if text:
                screen.write([*_with_home(session.turn(text), home, lang), EMPTY_LINE])
        except EOFError:
            break
        except KeyboardInterrupt:
            if interrupted:
                break
            interrupted = True
            screen.write([EMPTY_LINE, *message(say("chat.cancelled", lang) + " " + say("chat.again_to_leave", lang))])
        except Exception as error:  # the conversation outlives one failed answer
            if debug or isinstance(error, BrokenPipeError | OutputLost):
                raise
            Screen.err().write(message(explain_with_home(error, home, lang)))
    if prompt:
        screen.write([EMPTY_LINE, *message(say("chat.bye", lang))])


def welcome_lines(status: IndexStatus, lang: Lang) -> list[Line]:
    """How many articles there are to ask, and of which days."""
    dates = {"first_date": status.first_date, "last_date": status.last_date}
    if not status.num_articles:
        key = "sources.none"
    elif not status.first_date:
        key = "chat.welcome_undated"
    else:
        key = "chat.welcome_one_date" if status.first_date == status.last_date else "chat.welcome"
    return message(say(key, lang, num_articles=f"{status.num_articles:,}", **dates))


def with_slash(typed: str, session: Session) -> str:
    """A command with the slash that people leave out: its word alone on the line, or the number of a quote."""
    typed = typed.strip()
    if session.has_sources and quote_number(typed) is not None:
        return f"/quote {typed}"
    word, _, rest = typed.partition(" ")
    command = command_named(word)
    is_alone = not rest or (command == "quote" and quote_number(rest) is not None)
    return f"/{typed}" if is_alone and (command or word.lower() in LEAVE) else typed


def _leaves(text: str) -> bool:
    word, _, _ = text.removeprefix("/").strip().partition(" ")
    return text.startswith("/") and word.lower() in LEAVE


def reply_lines(reply: Reply, lang: Lang) -> list[Line]:
    """A reply as the chat shows it."""
    if reply.kind == "answer" and reply.answer is not None:
        return answer_lines(reply.answer, lang)
    if reply.kind == "sources" and reply.answer is not None:
        return _sources(reply.answer, lang)
    if reply.kind == "quote" and reply.citation is not None:
        return quote_lines(reply.citation, lang)
    if reply.kind == "which_quote":
        return message(say("chat.which_quote", lang, numbers=" ".join(map(str, reply.numbers))))
    if reply.kind == "unknown_command":
        return message(say("chat.unknown_command", lang, command=reply.command))
    return message(say(f"chat.{reply.kind}", lang))


def _with_home(reply: Reply, home: str, lang: Lang) -> list[Line]:
    """A reply, and for the command that is named where nothing can be asked yet, what it needs besides."""
    names_command = reply.answer is not None and reply.answer.reason == "empty_index"
    return [
        *reply_lines(reply, lang),
        *(message(say("home.to_add", lang, option=home)) if home and names_command else []),
    ]


def _sources(answer: Answer, lang: Lang) -> list[Line]:
    """Every citation with its quote, after the list of articles."""
    quotes = [line(f"[{citation.number}] ", Piece(citation.quote, "quote")) for citation in answer.citations]
    return [*source_lines(answer.citations, lang), EMPTY_LINE, *quotes]


def _prepare_input() -> str:
    """Line editing where the platform has it; the prompt, which a pipe does not need.

    The lines typed are kept in memory only: questions are nobody's business after the chat.
    """
    if not sys.stdin.isatty():
        return ""
    with suppress(ImportError):  # Windows
        import readline  # noqa: F401  importing it is what turns line editing on
    return PROMPT
