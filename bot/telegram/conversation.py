"""Question -> one final message: the answer, a line that says why there is none, or an apology. Never neither."""

from __future__ import annotations

import logging
import secrets
import string
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.state.records import KeptAnswer
from bot.telegram.delivery import NotDelivered, Unreachable
from bot.telegram.incoming import MAX_QUESTION
from bot.telegram.logs import describe, pseudonym
from bot.telegram.postponed import Final
from bot.telegram.render import answer_outgoing, kept_from, said
from bot.telegram.typing import typing
from rag.errors import IsnadError

if TYPE_CHECKING:
    from bot.state.records import Question
    from bot.telegram.context import AppContext
    from bot.texts import Lang

MAX_ATTEMPTS, LAST_ATTEMPT = 3, 5
"""A question that ended the process so often gets an apology; where apologies do too, a last one, once crossed out."""
MAX_AGE_S = 600.0
"""Nobody waits longer for an answer to be begun: what is older gets an apology."""
MOST_DOUBTS = 3
"""How often a message is postponed that does not go through though Telegram is reached."""
UNDELIVERED = "undelivered"
"""The status of an answer that is not in its place yet; of a question, that its message could not be sent."""

_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 10
_NO_QUESTION = frozenset({"empty_question", "not_understood", "empty_index"})
"""Reasons after which a question is nothing that another could lean on."""

_log = logging.getLogger(__name__)


async def answer_question(app: AppContext, question: Question) -> None:
    """Give `question` its final message, whatever happens, and take it out of the inbox.

    Where the message surely could not be sent, the question stays there and gets another turn.
    """
    line = app.inbox.postponed
    if not line.is_next(question):
        return
    try:
        ending = await _end(app, question)
    except Exception:
        line.leave(question)  # those behind it must not wait for what nobody foresaw
        raise
    if ending is None:
        return
    line.leave(question)
    if ending:
        app.metrics.question(ending, time.time() - question.received_at)


async def _end(app: AppContext, question: Question) -> str | None:
    """What became of `question`: empty where there was nothing to say, None where it was postponed."""
    try:
        final = None if app.inbox.is_reworded(question) else app.inbox.postponed.ready(question)
        return await _deliver(app, question, final or await _final(app, question))
    except Exception as error:  # noqa: BLE001  whatever broke, the person is told and the next question answered
        _log.error("a question of %s failed: %s", pseudonym(question.place.chat_id), describe(error))
        if not isinstance(error, IsnadError | TimeoutError):
            app.metrics.unforeseen()
        is_late = isinstance(error, TimeoutError)
        key, ending = ("bot.timeout", "timeout") if is_late else ("bot.failed", "failed")
        return await _deliver(app, question, await _apology(app, question, key, ending))


async def _final(app: AppContext, question: Question) -> Final:
    """The final message of `question`, or that there is nothing to say.

    An edit that changes no word costs nothing; any other counts as a question.
    """
    if app.inbox.is_reworded(question):  # a new wording has its own turn
        return Final("")
    earlier = None
    if question.is_edit or question.attempts:
        earlier = await app.state.call(app.state.answer_to, question.place, question.message_id)
    if _changes_nothing(question, earlier):
        return Final("")
    # what was begun before was admitted then
    if question.attempts == 0 and (refused := await _refused(app, question, earlier)):
        return refused
    await app.state.call(app.state.begin, question.update_id)
    if is_overdue(question, time.time()):
        if question.attempts >= LAST_ATTEMPT:  # even this may end the process: at least it will not go on for ever
            await app.state.call(app.state.finish, question.update_id)
        was_stopped = question.attempts >= MAX_ATTEMPTS or question.received_at < app.inbox.opened_at
        return await _line(app, question, earlier, "bot.interrupted" if was_stopped else "bot.late", "failed")
    if len(question.text) > MAX_QUESTION:
        return await _line(app, question, earlier, "bot.too_long", "refused")
    return await _answer(app, question, earlier)


def is_overdue(question: Question, now: float) -> bool:
    """Whether it is too late to answer, or was tried too often: an apology takes the answer's place."""
    return question.attempts >= MAX_ATTEMPTS or now - question.received_at > MAX_AGE_S


def _changes_nothing(question: Question, earlier: KeptAnswer | None) -> bool:
    """Whether it is an edit that nobody sees, such as Telegram tells of when it adds a preview."""
    if not question.is_edit or question.attempts or earlier is None or not earlier.message_ids:
        return False
    return earlier.question == question.text and earlier.status != UNDELIVERED


async def _refused(app: AppContext, question: Question, earlier: KeptAnswer | None) -> Final | None:
    """None where it may be asked; else one polite line or, after that, silence."""
    admission = await app.state.call(app.limits.admit, question.place)
    if admission.allowed:
        return None
    if not admission.tell:
        return Final("limited")
    line = await _line(app, question, None, f"bot.limit.{admission.reason}", "limited")
    # of people whom the bot is not for, nothing is kept; and an answer stays, which a later edit may still replace
    return replace(line, kept=None) if admission.reason == "not_allowed" or earlier else line


async def _answer(app: AppContext, question: Question, earlier: KeptAnswer | None) -> Final:
    """Answer; in the place of what there is `earlier` for the same message."""
    place = question.place
    in_place_of = earlier.message_ids if earlier else ()
    async with typing(app.outbox, place):
        lang, history = await app.state.call(_read, app, question, earlier)
        may_write = partial(app.limits.may_write, place)
        reply = await app.answering.turn(question.text, history, may_write=may_write)
        answer = reply.answer
        if answer is None:  # only commands of the chat have none
            raise ValueError(reply.kind)
        kept = replace(kept_from(answer, place, lang, _new_id()), question=question.text, message_ids=in_place_of)
        outgoing = answer_outgoing(answer, kept)
        await app.state.call(app.state.keep_answer, kept, question.message_id)
    joins = answer.reason not in _NO_QUESTION
    return Final(answer.status, outgoing, kept, in_place_of=in_place_of, joins_history=joins)


def _read(app: AppContext, question: Question, earlier: KeptAnswer | None) -> tuple[Lang, tuple[str, ...]]:
    """The language to speak, and the questions before this one: an edited one stands where it stood. Blocking."""
    history = app.state.history(question.place)
    if question.is_edit and earlier and earlier.question in history:
        history = history[: history.index(earlier.question)]
    return app.lang(question.place.user_id, question.language_code), history


async def _line(app: AppContext, question: Question, earlier: KeptAnswer | None, key: str, status: str) -> Final:
    """One line of ours."""
    lang = await app.state.call(app.lang, question.place.user_id, question.language_code)
    in_place_of = earlier.message_ids if earlier else ()
    kept = KeptAnswer(_new_id(), question.place, lang, question.text, status)
    return Final(status, said(key, lang, letters=MAX_QUESTION), kept, in_place_of=in_place_of)


async def _apology(app: AppContext, question: Question, key: str, status: str) -> Final:
    """One apology; where even the person's language cannot be read, in that of the settings."""
    lang, earlier = app.settings.lang, None
    with suppress(Exception):  # what broke the answer may break this too
        lang = await app.state.call(app.lang, question.place.user_id, question.language_code)
        earlier = await app.state.call(app.state.answer_to, question.place, question.message_id)
    kept = KeptAnswer(_new_id(), question.place, lang, question.text, status)
    return Final(status, said(key, lang), kept, in_place_of=earlier.message_ids if earlier else ())


async def _deliver(app: AppContext, question: Question, final: Final) -> str | None:
    """Send what is left to send and take the question out of the inbox; None where it was postponed."""
    if final.outgoing is None:
        await app.inbox.notes.write(partial(app.state.finish, question.update_id))
        return final.status
    status, reply_to = final.status, question.message_id
    is_clear = question.place.is_private and not question.attempts and not final.in_place_of
    try:
        ids = await app.outbox.deliver(
            question.place,
            final.outgoing,
            in_place_of=final.in_place_of,
            # a reply wherever it could be taken for an answer to something else
            reply_to=None if is_clear and app.inbox.is_last(question.place, reply_to) else reply_to,
        )
        final = replace(final, sent=final.sent + ids, in_place_of=())
    except Unreachable:
        status = "unreachable"
    except NotDelivered as error:
        final = final.after(error)
        if final.num_doubts <= MOST_DOUBTS:
            app.inbox.postponed.postpone(question, error.wait_s, final)
            await _note_undelivered(app, question, final)
            return None
        status = UNDELIVERED
    if final.message_ids:
        app.inbox.saw(question.place.chat_id, *final.message_ids)
    await _note(app, question, final, status)
    return status


async def _note_undelivered(app: AppContext, question: Question, final: Final) -> None:
    """Let the next start, or another edit, know what has to be replaced; it is no attempt that failed."""
    try:
        if final.status != "limited":  # whoever met a limit was not admitted, and is not by waiting
            await app.state.call(app.state.postpone, question.update_id, max(question.attempts, 1))
        if final.kept is not None and final.message_ids:
            kept = replace(final.kept, status=UNDELIVERED, message_ids=final.message_ids)
            await app.state.call(app.state.keep_answer, kept, question.message_id)
    except Exception as error:  # noqa: BLE001  it is for the next start; this one has it in memory
        _log.error("what could not be sent could not be noted: %s", describe(error))


async def _note(app: AppContext, question: Question, final: Final, status: str) -> None:
    """Take `question` out of the inbox. The message is sent: nothing that fails here may lead to a second one."""
    await app.inbox.notes.write(
        partial(
            app.state.answered,
            question,
            final.kept,
            final.message_ids,
            status=status,
            joins_history=final.joins_history,
        )
    )


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))
