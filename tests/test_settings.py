from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, load_settings, variable_of

NUMBERS = [
    name
    for name, field in Settings.model_fields.items()
    if re.match(r"(?!frozenset).*(?:int|float)", str(field.annotation))
]


def test_nothing_has_to_be_set() -> None:
    settings = load_settings()
    assert settings.index_folder.parent == settings.home
    assert (settings.embed_model, settings.llm_url, settings.chroma_url) == (None, None, None)


def test_the_environment_wins_over_the_file_and_the_caller_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ISNAD_LANG=en\nISNAD_LLM_MODEL=of-the-file\nOTHER=1\n", encoding="utf-8")
    assert (load_settings().lang, load_settings().llm_model) == ("en", "of-the-file")
    monkeypatch.setenv("ISNAD_LLM_MODEL", "of-the-environment")
    assert load_settings().llm_model == "of-the-environment"
    assert load_settings(llm_model="of-the-caller").llm_model == "of-the-caller"


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("ISNAD_LANG", "fr", "'ar' or 'en'"),
        ("ISNAD_EMBED_WEIGHT", "2", "less than or equal to 1"),
        ("ISNAD_EMBED_WEIGHT", "much", "number"),
        ("ISNAD_LLM_TIMEOUT_S", "0", "greater than 0"),
        ("ISNAD_LLM_URL", "localhost:8000", "http://"),
    ],
)
def test_a_wrong_setting_names_itself_its_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert variable in str(caught.value)
    assert value in str(caught.value)
    assert allowed in str(caught.value)


def test_a_home_is_a_folder_and_may_begin_with_a_tilde(tmp_path: Path) -> None:
    assert load_settings(home=Path("~/isnad")).home == Path.home() / "isnad"
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="ISNAD_HOME"):
        load_settings(home=tmp_path / "file")


@pytest.mark.parametrize("own", ["~", "$HOME", "${HOME}"])
@pytest.mark.parametrize("place", [".env", "environment", "caller"])
def test_a_home_may_begin_with_ones_own_folder_as_shells_write_it(
    own: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "own"))
    monkeypatch.delenv("ISNAD_HOME", raising=False)
    if place == ".env":
        (tmp_path / ".env").write_text(f"ISNAD_HOME={own}/isnad\n")
    elif place == "environment":
        monkeypatch.setenv("ISNAD_HOME", f"{own}/isnad")
    assert load_settings(home=Path(own, "isnad") if place == "caller" else None).home == tmp_path / "own" / "isnad"


@pytest.mark.parametrize("home", ["$HOMER/isnad", "/far/$HOME/isnad", "${HOME}r", "/far/$"])
def test_no_other_variable_is_filled_in(home: str) -> None:
    assert load_settings(home=Path(home)).home == Path(home)


@pytest.mark.parametrize(
    ("home", "allowed"),
    [(os.fsdecode(b"/far/h\xff"), "UTF-8"), ("/far/" + 3 * ("ب" * 100 + "/"), "may have 450 bytes, and has 607")],
)
def test_a_home_that_no_database_can_be_opened_in_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, home: str, allowed: str
) -> None:
    with pytest.raises(SettingsError, match=allowed):
        load_settings(home=Path(home))
    monkeypatch.setattr("rag.settings.user_data_path", lambda _: Path(home))
    with pytest.raises(SettingsError, match=allowed):
        load_settings()


def test_a_relative_home_in_a_working_folder_that_is_gone_is_refused_and_a_whole_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Path.cwd()
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    try:
        with pytest.raises(SettingsError, match="working folder is gone"):
            load_settings(home=Path("home"))
        assert load_settings(home=tmp_path / "home").home == tmp_path / "home"
    finally:
        os.chdir(before)


def test_a_settings_file_that_is_no_text_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"ISNAD_LANG=\xff\xfe")
    with pytest.raises(SettingsError, match=r"\.env"):
        load_settings()


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_LLM_API_KEY", "very-secret")
    assert "very-secret" not in repr(load_settings())
    assert "very-secret" not in str(Settings().model_dump())


def test_the_bots_two_have_no_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:very-secret")
    monkeypatch.setenv("TELEGRAM_API_BASE", "http://127.0.0.1:8081")
    settings = load_settings()
    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.get_secret_value() == "1:very-secret"
    assert settings.telegram_api_base == "http://127.0.0.1:8081"
    assert "very-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("written", "ids"),
    [("1,2", {1, 2}), ("-100123", {-100123}), (" 7, 8 ,", {7, 8}), ("0", {0}), ("٥", {5}), ("٥، ٦", {5, 6})],
)
def test_ids_stand_with_commas_between_them(monkeypatch: pytest.MonkeyPatch, written: str, ids: set[int]) -> None:
    monkeypatch.setenv("ISNAD_ALLOWED_USERS", written)
    assert load_settings().allowed_users == frozenset(ids)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_may_stand_in_digits_of_any_kind(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for written in ("١", "۱", "1"):
        monkeypatch.setenv(variable_of(name), written)
        assert getattr(load_settings(), name) == 1
    monkeypatch.setenv(variable_of("embed_weight"), "٠٫٢٥")
    assert load_settings().embed_weight == 0.25


def test_an_allow_list_that_is_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_ALLOWED_USERS", "")
    assert load_settings().allowed_users is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TELEGRAM_API_BASE", "telegram"),
        ("ISNAD_ADMINS", "me"),
        ("ISNAD_WEBHOOK_SECRET", "has spaces"),
        ("ISNAD_USER_PER_DAY", "-1"),
    ],
)
def test_a_wrong_setting_of_the_bot_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable) as raised:
        load_settings()
    assert ("has spaces" in str(raised.value)) is False
