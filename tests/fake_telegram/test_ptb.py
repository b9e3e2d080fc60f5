"""python-telegram-bot talks to the server as it talks to Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from tests.fake_telegram.fake import FakeTelegram

Result = TypeVar("Result")


def using(server: FakeTelegram, work: Callable[[Bot], Awaitable[Result]], *, read_timeout: float = 5.0) -> Result:
    """Do something with a bot."""

    async def run() -> Result:
        request = HTTPXRequest(read_timeout=read_timeout)
        base, files = f"{server.url}/bot", f"{server.url}/file/bot"
        async with Bot(server.token, base_url=base, base_file_url=files, request=request) as bot:
            return await work(bot)

    return asyncio.run(run())


def test_every_method_of_the_bot(server: FakeTelegram) -> None:
    chat = server.user(7, first_name="منى", language_code="ar").private()
    said = chat.say("سؤال")
    chat.send_document("a.txt", b"article")

    async def work(bot: Bot) -> None:
        assert bot.username == "isnad_test_bot"
        asked, document = await bot.get_updates(timeout=1)
        assert asked.message is not None
        assert asked.message.from_user is not None
        assert (asked.message.text, asked.message.from_user.language_code) == ("سؤال", "ar")
        assert document.message is not None
        assert document.message.document is not None
        file = await bot.get_file(document.message.document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"article"
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("👍", callback_data="v:+")]])
        sent = await bot.send_message(
            7,
            "<b>جواب</b>",
            parse_mode="HTML",
            reply_markup=markup,
            reply_parameters=ReplyParameters(said.message_id, allow_sending_without_reply=True),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        assert sent.parse_entities() == {sent.entities[0]: "جواب"}
        assert await bot.send_message_draft(7, 1, "…")
        assert await bot.send_chat_action(7, "typing")
        await bot.edit_message_text("ثان", 7, sent.message_id, reply_markup=markup)
        await bot.edit_message_reply_markup(7, sent.message_id)
        await bot.send_document(7, b"{}", filename="export.json", caption="x")
        await bot.set_message_reaction(7, said.message_id, "👀")
        query = chat.press((await bot.send_message(7, "x", reply_markup=markup)).message_id, "👍")
        [pressed] = await bot.get_updates(offset=document.update_id + 1)
        assert pressed.callback_query is not None
        assert await pressed.callback_query.answer("شكرا")
        assert server.wait_for_toast(query)["text"] == "شكرا"
        inline = server.user(7).inline("سؤال")
        article = InlineQueryResultArticle("1", "t", InputTextMessageContent("<i>x</i>", parse_mode="HTML"))
        assert await bot.answer_inline_query(inline, [article])
        assert await bot.delete_message(7, sent.message_id)
        [seen, *_] = chat.messages()
        assert seen.reactions == ("👀",)

    using(server, work)


def test_every_method_about_the_bot(server: FakeTelegram) -> None:
    server.group(-1001, person=server.user(7))

    async def work(bot: Bot) -> None:
        commands = [BotCommand("help", "مساعدة")]
        scope = BotCommandScopeAllPrivateChats()
        assert await bot.set_my_commands(commands, scope=scope, language_code="ar")
        assert await bot.get_my_commands(scope=scope, language_code="ar") == tuple(commands)
        assert await bot.delete_my_commands(scope=scope, language_code="ar")
        assert await bot.set_my_description("d", "ar")
        assert await bot.set_my_short_description("s")
        assert await bot.set_my_name("n")
        assert (await bot.get_my_description("ar")).description == "d"
        assert (await bot.get_chat(-1001)).title == "A group"
        assert (await bot.get_chat_member(-1001, bot.id)).status == "member"
        assert await bot.set_webhook("https://example.org/x", secret_token="s")  # noqa: S106 - opens nothing
        assert (await bot.get_webhook_info()).url == "https://example.org/x"
        assert await bot.delete_webhook()
        assert await bot.leave_chat(-1001)

    using(server, work)


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        ("bad_request", BadRequest, "Invalid parameter"),
        ("parse_error", BadRequest, "Can't parse entities"),
        ("migrated", ChatMigrated, "Group migrated"),
        ("unauthorized", InvalidToken, "Unauthorized"),
        ("forbidden", Forbidden, "bot was blocked by the user"),
        ("not_found", InvalidToken, "Not Found"),
        ("conflict", Conflict, "terminated by other getUpdates"),
        ("flood", RetryAfter, "Flood control exceeded"),
        ("internal", NetworkError, "Internal Server Error"),
        ("bad_gateway", NetworkError, "Bad Gateway"),
        ("never_answered", TimedOut, "Timed out"),
        ("dropped", NetworkError, "RemoteProtocolError"),
        ("dropped_unread", NetworkError, "httpx"),
        ("dropped_after_effect", NetworkError, "RemoteProtocolError"),
        ("half", NetworkError, "RemoteProtocolError"),
        ("garbage", TelegramError, "Invalid server response"),
    ],
)
def test_faults_as_ptb_names_them(
    server: FakeTelegram, monkeypatch: pytest.MonkeyPatch, fault: str, error: type[TelegramError], says: str
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else RetryAfter warns that it will be one
    server.user(7).private()

    async def work(bot: Bot) -> None:
        server.fail("sendMessage", fault)
        with pytest.raises(TelegramError) as raised:
            await bot.send_message(7, "x")
        assert type(raised.value) is error
        assert says in str(raised.value)
        assert (await bot.send_message(7, "y")).text == "y"

    using(server, work, read_timeout=0.3)


def test_an_application_polls_and_answers(server: FakeTelegram) -> None:
    chat = server.user(7).private()

    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(f"{update.message.text}!")

    async def run() -> None:
        builder = Application.builder().token(server.token).base_url(f"{server.url}/bot")
        application = builder.build()
        application.add_handler(MessageHandler(filters.TEXT, echo))
        async with application:
            assert application.updater is not None
            await application.updater.start_polling(timeout=5)
            await application.start()
            await asyncio.to_thread(server.wait_until_polled)
            for number in range(3):
                said = chat.say(f"{number}")
                answer = await asyncio.to_thread(server.wait_for_answer, chat, after=said)
                assert answer.text == f"{number}!"
            await application.updater.stop()
            await application.stop()

    asyncio.run(run())
    assert len(server.transcript.of("sendMessage", chat_id=7, ok=True)) == 3
