"""`isnad ask`, `isnad search` and `isnad chat`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.corpus import say_rebuilding
from bot.commands.options import (
    Common,
    HomeOption,
    JsonOption,
    LangOption,
    QuestionsOption,
    WordsArgument,
    file,
    one_question,
    settings_for,
    usage_error,
    whole_number,
)
from bot.contract import answer_record, failed_record, failed_search_record, search_record, write_json
from bot.home import home_option, say_home
from bot.progress import ProgressBar
from bot.questions import AskedLine, parse_date, read_history, read_questions
from bot.render import answer_lines, message, passage_lines
from bot.screen import Screen
from bot.texts import Lang, plain, say
from bot.texts.errors import explain_error

if TYPE_CHECKING:
    from rag.errors import LLMFailed
    from rag.pipeline import Pipeline
    from rag.schema import Answer
    from rag.settings import Settings


def ask(
    context: typer.Context,
    question: WordsArgument = None,
    *,
    questions: QuestionsOption = None,
    history: Annotated[Path | None, typer.Option("--history", metavar="FILE", parser=file)] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE")] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    settings = settings_for(context, home, lang)
    asked = one_question(question, questions, settings.lang, missing="usage.no_question")
    first, last = _dates(since, until, settings.lang)
    if questions and history:
        raise usage_error("usage.history_in_batch", settings.lang)
    if questions:

        def answer_line(pipeline: Pipeline, line: AskedLine) -> dict[str, Any]:
            answer = pipeline.answer(line.question, line.history, since=first, until=last)
            return answer_record(answer, question_id=line.question_id)

        _run_batch(questions, settings, answer_line, _failed_answer)
        return
    with _failure_as_json(partial(failed_record, asked), settings.lang, as_json=as_json):
        turns = read_history(history, settings.lang)
        with _open_pipeline(settings) as pipeline:
            answer = pipeline.answer(asked, turns, since=first, until=last)
    _print_answer(answer, settings, as_json=as_json)
    if (first or last) and answer.reason in {"no_evidence", "weak_evidence"}:
        _say_what_was_left_out(first, last, settings)


def search(
    context: typer.Context,
    question: WordsArgument = None,
    *,
    top_k: Annotated[int, whole_number("-k", "--top-k", at_least=1, at_most=1000)] = 10,
    questions: QuestionsOption = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
    lang: LangOption = None,
) -> None:
    settings = settings_for(context, home, lang)
    query = one_question(question, questions, settings.lang, missing="usage.no_query")
    if questions:

        def search_line(pipeline: Pipeline, line: AskedLine) -> dict[str, Any]:
            passages = pipeline.search(line.question, top_k, line.history)
            return search_record(passages, question_id=line.question_id)

        _run_batch(questions, settings, search_line, _failed_search)
        return
    with _failure_as_json(failed_search_record, settings.lang, as_json=as_json), _open_pipeline(settings) as pipeline:
        passages = pipeline.search(query, top_k)
    if as_json:
        write_json(search_record(passages))
    elif passages:
        Screen.out().write(passage_lines(passages, settings.lang))
    if not passages:
        _say_why_nothing(query, settings)


def chat(context: typer.Context, *, home: HomeOption = None, lang: LangOption = None) -> None:
    from bot.chat import run_chat, welcome_lines
    from bot.session import Session
    from rag.index.status import load_status

    settings = settings_for(context, home, lang)
    status = load_status(settings)
    Screen.err().write(welcome_lines(status, settings.lang))
    if not status.num_articles:
        say_home(settings)
    with _open_pipeline(settings) as pipeline:
        debug = context.ensure_object(Common).debug
        run_chat(Session(pipeline), settings.lang, home=home_option(settings).strip(), debug=debug)


def _say_what_was_left_out(since: str | None, until: str | None, settings: Settings) -> None:
    """All of it may be outside of --since and --until; an article that states no date always is."""
    from rag.index.status import count_dated, load_status

    status, screen, lang = load_status(settings), Screen.err(), settings.lang
    if status.first_date and not count_dated(since, until, settings):
        key = "ask.no_such_dates" if status.first_date != status.last_date else "ask.no_such_date"
        screen.write(message(say(key, lang, first=status.first_date, last=status.last_date)))
    if undated := status.undated:
        screen.write(message(say("ask.undated", lang, num_undated=f"{undated:,}")))


def _say_why_nothing(query: str, settings: Settings) -> None:
    from rag.index.status import load_status
    from rag.text.terms import words

    if not words(query):
        key = "refused.empty_question"
    else:
        key = "search.empty" if load_status(settings).num_articles else "refused.empty_index"
    Screen.err().write(message(say(key, settings.lang)))
    if key == "refused.empty_index":
        say_home(settings)


def _open_pipeline(settings: Settings) -> Pipeline:
    from rag.pipeline import Pipeline

    said: set[str] = set()

    def say_llm_failure(failure: LLMFailed) -> None:
        why = explain_error(failure, settings.lang)
        if why not in said:  # a file of questions would get it with each of them
            said.add(why)
            Screen.err().write(message(why))

    return Pipeline(settings, on_message=say_rebuilding(settings.lang), on_llm_failure=say_llm_failure)


def _print_answer(answer: Answer, settings: Settings, *, as_json: bool) -> None:
    lang, is_empty = settings.lang, answer.reason == "empty_index"
    if not as_json:
        Screen.out().write(answer_lines(answer, lang))
    else:
        write_json(answer_record(answer))
        if is_empty:
            Screen.err().write(message(say("refused.empty_index", lang)))
    if is_empty:
        say_home(settings)


def _dates(since: str | None, until: str | None, lang: Lang) -> tuple[str | None, str | None]:
    try:
        first, last = parse_date(since, lang), parse_date(until, lang)
    except ValueError as error:
        raise typer.BadParameter(plain(str(error))) from error
    if first and last and first > last:
        raise usage_error("usage.since_after_until", lang)
    return first, last


@contextmanager
def _failure_as_json(failed: Callable[[str], dict[str, Any]], lang: Lang, *, as_json: bool) -> Iterator[None]:
    """Print a failed record before the failure goes on to the one boundary in `main`."""
    try:
        yield
    except Exception as error:  # whatever it was, a program that reads JSON is told
        if as_json:
            write_json(failed(plain(explain_error(error, lang))))
        raise


def _run_batch(
    questions: Path,
    settings: Settings,
    run_line: Callable[[Pipeline, AskedLine], dict[str, Any]],
    failed: Callable[[AskedLine, str], dict[str, Any]],
) -> None:
    """One JSON line per question, in order; what breaks on one of them is its own line and no more."""
    lines = read_questions(questions, settings.lang)
    if not lines:
        Screen.err().write(message(say("batch.empty", settings.lang)))
        return
    num_failed = 0
    with _open_pipeline(settings) as pipeline, ProgressBar(settings.lang) as progress:
        for number, line in enumerate(lines, start=1):
            try:
                record = failed(line, line.error) if line.error else run_line(pipeline, line)
            except Exception as error:  # noqa: BLE001  every question stays in the count, whatever happens to one
                record = failed(line, plain(explain_error(error, settings.lang)))
            num_failed += "error" in record
            write_json(record)
            progress("ask", number, len(lines))
    if num_failed:
        text = say("batch.failed", settings.lang, num_failed=num_failed, num_questions=len(lines))
        Screen.err().write(message(text))


def _failed_answer(line: AskedLine, error: str) -> dict[str, Any]:
    return failed_record(line.question, error, question_id=line.question_id)


def _failed_search(line: AskedLine, error: str) -> dict[str, Any]:
    return failed_search_record(error, question_id=line.question_id)
