from __future__ import annotations

import inspect
import re
import string
from pathlib import Path
from typing import get_args

import pytest

import rag.errors
from bot.session import COMMANDS as CHAT_COMMANDS
from bot.texts import LANGS, Lang, Text, say
from bot.texts.errors import ERRORS, explain, explain_error
from bot.texts.evaluation import EVALUATION
from bot.texts.evaluation_report import REPORT
from bot.texts.help import COMMANDS, EXAMPLES_TITLE, OPTIONS, PROGRAM
from bot.texts.messages import MESSAGES
from bot.texts.system import system_word
from bot.texts.telegram_admin import ADMINISTRATION
from rag.articles.read import SkipReason
from rag.errors import (
    IndexBusy,
    IndexMismatch,
    IsnadError,
    NothingStored,
    PathNotFound,
    ServerUnavailable,
    SettingsError,
    SourceNotFound,
    StoreUnusable,
)
from rag.schema import DisagreementKind, Reason
from rag.text.normalise import has_arabic

ALL: dict[str, Text] = {
    **MESSAGES,
    **{f"{key} ({number})": text for key, texts in ERRORS.items() for number, text in enumerate(texts)},
    **{f"help {key}": text for key, text in {**COMMANDS, **OPTIONS, "": PROGRAM, "examples": EXAMPLES_TITLE}.items()},
}
BOT = Path(inspect.getfile(explain)).parents[1]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", MESSAGES)
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    text = MESSAGES[key]
    assert placeholders(text.ar) == placeholders(text.en)


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_each_is_said_in_its_own_language_with_whole_units(text: Text) -> None:
    assert has_arabic(text.ar) or text.ar == "{message}"
    assert text.en
    assert text.ar.count("`") % 2 == text.en.count("`") % 2 == 0
    assert all(sentence == sentence.strip() for sentence in text)


@pytest.mark.parametrize(
    "key",
    [
        *(f"refused.{reason}" for reason in get_args(Reason)),
        *(f"disagreement.{kind}" for kind in get_args(DisagreementKind)),
        *(f"skip.{reason}" for reason in get_args(SkipReason)),
        *(f"chat.{kind}" for kind in {*CHAT_COMMANDS.values(), "nothing_yet", "nothing_cited"} - {"sources", "quote"}),
    ],
)
def test_whatever_the_library_can_say_has_a_sentence(key: str) -> None:
    assert key in MESSAGES


def test_units_are_written_out_in_arabic() -> None:
    texts = {**ALL, **EVALUATION, **REPORT, **ADMINISTRATION}
    assert [key for key, text in texts.items() if re.search(r"[مغك][.\u200c][بث]", text.ar)] == []


def test_every_message_is_used() -> None:
    code = "\n".join(path.read_text("utf-8") for path in BOT.rglob("*.py") if path.parent.name != "texts")
    built = {f"{prefix}." for prefix in re.findall(r'f"(\w+)\.\{', code)}
    named = set(re.findall(r"""["\']([\w.]+)["\']""", code))
    unused = [key for key in MESSAGES if key not in named and not key.startswith(tuple(built))]
    assert unused == []


@pytest.mark.parametrize("kind", [kind for kind in vars(rag.errors).values() if inspect.isclass(kind)])
def test_every_error_of_the_library_is_explained_in_arabic(kind: type[IsnadError]) -> None:
    explained = explain_error(kind("something broke"), "ar")
    assert has_arabic(explained) or kind is IsnadError
    assert explain_error(kind("something broke"), "en") == "something broke"


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (
            SettingsError("m", variable="ISNAD_LANG", value="fr", allowed="ar or en"),
            ("`ISNAD_LANG`", "`fr`", "ar or en"),
        ),
        (PathNotFound("m", path="/data/x"), ("`/data/x`",)),
        (SourceNotFound("m", source="a.txt"), ("`a.txt`", "`isnad sources`")),
        (IndexMismatch("m", what="encoder"), ("`isnad reindex`",)),
        (IndexBusy("m", holder="process 7 (since 2026-01-02T03:04:05+00:00)"), ("`العملية 7 (منذ 2026-01-02",)),
        (IndexBusy("m", holder="PostgreSQL"), ("`PostgreSQL`",)),
        (PermissionError(13, "no", "/data/x"), ("`/data/x`",)),
        (StoreUnusable("m", place="/data/isnad.db", why="locked"), ("`/data/isnad.db`", "`locked`")),
        (ServerUnavailable("m", place="http://127.0.0.1:8000"), ("`http://127.0.0.1:8000`",)),
        (NothingStored("m"), ("`isnad ingest FOLDER`",)),
        (OSError(28, "full"), ("لا مساحة",)),
        (RuntimeError("secret"), ("RuntimeError", "--debug")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_explanation_names_what_and_what_next(error: Exception, parts: tuple[str, ...]) -> None:
    explained = explain_error(error, "ar")
    assert all(part in explained for part in parts)


@pytest.mark.parametrize("lang", LANGS)
def test_an_unexpected_error_keeps_its_insides_to_itself(lang: Lang) -> None:
    assert "secret" not in explain_error(RuntimeError("secret"), lang)


@pytest.mark.parametrize("lang", LANGS)
def test_what_others_say_in_several_lines_stays_one_unit(lang: Lang) -> None:
    error = StoreUnusable("It is closed:\n no answer", place="postgresql", why="closed\n\tno answer")
    said = explain_error(error, lang)
    assert "\n" not in said
    assert said.count("`") % 2 == 0


def test_what_the_system_says_is_said_in_arabic() -> None:
    said = explain_error(PermissionError(13, "Permission denied", "/data/x"), "ar")
    assert said == "لا يمكن استعمال `/data/x`: لا إذن بذلك"


@pytest.mark.parametrize(
    ("word", "arabic"),
    [
        ("another process", "عملية أخرى"),
        (
            "process 7 (since 2026-01-02) is writing the index; waiting until it is done",
            "تكتب فيه العملية 7 (منذ 2026-01-02)، وننتظر حتى تفرغ",
        ),
        ("Generation 1 of the index is missing.", "الإصدار 1 من الفهرس غير موجود"),
        ("line 3", "السطر 3"),
        ("line three", "line three"),
    ],
)
def test_what_the_library_says_in_a_word_is_said_in_arabic(word: str, arabic: str) -> None:
    assert system_word(word, "ar") == arabic
    assert system_word(word, "en") == word


def test_a_value_cannot_end_a_unit() -> None:
    assert say("remove.done", "en", source="a`b.txt") == "Removed `a'b.txt`."


def test_what_is_not_filled_raises() -> None:
    with pytest.raises(KeyError):
        say("remove.done", "ar")
    with pytest.raises(KeyError):
        explain("line.not_utf8", "ar")
