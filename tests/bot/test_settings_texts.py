"""What is wrong with a setting is said in Arabic without a tail of English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.boundary import lang_of
from bot.texts.errors import explain_error
from bot.texts.settings import SETTINGS_ERRORS
from rag.answer.generate import is_configured
from rag.errors import IsnadError, ModelUnavailable, SettingsError
from rag.index.database import open_engine
from rag.models import find_model, pull
from rag.settings import load_settings
from rag.text.normalise import has_arabic

_UNIT = re.compile("`[^`]*`")
_ENGLISH = re.compile("[A-Za-z]{2,}")
_ALLOWED = {"UTF"}


def arabic(error: IsnadError) -> str:
    """The explanation, which must not fall back on a sentence for anything."""
    assert f"{type(error).__name__}.{error.details['what']}" in SETTINGS_ERRORS, error.details
    said = explain_error(error, "ar")
    assert has_arabic(said)
    assert set(_ENGLISH.findall(_UNIT.sub("", said))) <= _ALLOWED
    return said


@pytest.mark.parametrize(
    ("variable", "value", "part"),
    [
        ("ISNAD_LOG_LEVEL", "loud", "`debug, info, warning, error`"),
        ("ISNAD_EMBED_WEIGHT", "2", "1"),
        ("ISNAD_EMBED_WEIGHT", "-1", "0"),
        ("ISNAD_EMBED_WEIGHT", "much", "عددا"),
        ("ISNAD_LLM_TIMEOUT_S", "0", "يزيد على 0"),
        ("ISNAD_KEEP_DAYS", "1.5", "صحيحا"),
        ("ISNAD_KEEP_DAYS", "many", "صحيحا"),
        ("ISNAD_LLM_URL", "localhost:8000", "`http://127.0.0.1:8000`"),
        ("ISNAD_CHROMA_URL", "http://[", "عنوانا"),
        ("ISNAD_ADMINS", "me", "`111,222`"),
        ("ISNAD_WEBHOOK_SECRET", "has spaces", "256"),
    ],
)
def test_a_wrong_setting_is_explained_in_arabic(
    variable: str, value: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    said = arabic(raised.value)
    assert f"`{variable}`" in said
    assert part in said


def test_a_language_that_is_unknown_is_named_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_LANG", "fr")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    arabic_line, english_line = explain_error(raised.value, "ar").splitlines()
    assert has_arabic(arabic_line)
    assert english_line == explain_error(raised.value, "en") == "`ISNAD_LANG` is `fr`: it has to be `ar` or `en`"


def test_a_language_may_be_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_LANG", "EN")
    assert load_settings().lang == lang_of(["status"]) == "en"


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ISNAD_KEEP_DAYS", "many", "it has to be a whole number."),
        ("ISNAD_EMBED_WEIGHT", "much", "it has to be a number."),
        ("ISNAD_EMBED_WEIGHT", "7", "it has to be at most 1."),
        ("ISNAD_LLM_TIMEOUT_S", "0", "it has to be more than 0."),
        ("ISNAD_LOG_LEVEL", "loud", "it has to be one of these: `debug, info, warning, error`"),
    ],
)
def test_in_english_too_it_is_said_in_our_words(
    variable: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert explain_error(raised.value, "en") == f"`{variable}` is `{value}`: {said}"


def test_a_home_and_a_settings_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as raised:
        load_settings(home=tmp_path / "file")
    assert "مجلدا" in arabic(raised.value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"ISNAD_LANG=\xff\xfe")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert f"`{tmp_path / '.env'}`" in arabic(raised.value)


def test_what_belongs_together_and_what_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        is_configured(load_settings(llm_url="http://127.0.0.1:1/v1"))
    assert "`ISNAD_LLM_MODEL`" in arabic(raised.value)
    with pytest.raises(SettingsError) as raised:
        open_engine(load_settings(home=tmp_path, database_url="mysql://me:secret@host/x"))
    assert "secret" not in arabic(raised.value)


def test_a_model_that_is_not_here(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    with pytest.raises(ModelUnavailable) as raised:
        find_model("someone/some-model", settings)
    assert "`isnad model pull someone/some-model`" in arabic(raised.value)
    with pytest.raises(ModelUnavailable) as raised:
        find_model(str(tmp_path / "no" / "such" / "folder"), settings)
    assert "`ISNAD_EMBED_MODEL`" in arabic(raised.value)
    with pytest.raises(ModelUnavailable) as raised:
        pull("no name", settings)
    assert "`intfloat/multilingual-e5-small`" in arabic(raised.value)


def test_no_password_of_an_address_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_LLM_URL", "ftp://me:secret@host/v1")
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert "secret" not in str(raised.value) + explain_error(raised.value, "ar")


def test_the_language_that_is_set_is_spoken_though_another_setting_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ISNAD_LANG=en\nISNAD_ADMINS=me\n")
    assert lang_of(["status"]) == "en"
    assert lang_of(["status", "--lang", "ar"]) == "ar"
    monkeypatch.setenv("ISNAD_LANG", "fr")
    assert lang_of(["status"]) == "ar"
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    assert lang_of(["status"]) == "ar"
