from __future__ import annotations

import json
import socket
import sqlite3
import string
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import installation, places
from bot.doctor.configuration import shown_settings, without_secrets
from bot.doctor.examine import finding_lines
from bot.doctor.finding import Finding
from bot.texts import LANGS, Lang, Text
from bot.texts.doctor import COMMAND, DOCTOR
from rag.errors import SettingsError
from rag.settings import load_settings
from rag.text.normalise import has_arabic
from tests.bot.running import Run
from tests.bot.test_contract import fields_of

SECRET = "hidden0123456789" + "0" * 20
TOKEN = f"123456789:AA{SECRET}"


def states(record: Any) -> dict[str, str]:
    return {finding["check"]: finding["state"] for finding in record["findings"]}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the trial, which has a test of its own."""
    monkeypatch.setattr("bot.doctor.examine.check_trial", lambda _settings: None)


def test_a_fresh_installation_is_well(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--json", "--home", tmp_path / "home")
    assert (done.code, done.json["healthy"]) == (0, True)
    found = states(done.json)
    assert (found["index"], found["llm"], found["telegram"], found["trial"]) == ("off", "off", "off", "ok")
    assert not (tmp_path / "home").exists(), "looking makes nothing"


@pytest.mark.usefixtures("quick")
def test_the_record_is_as_the_contract_says(run: Run, home: Path) -> None:
    record = run("doctor", "--json", "--home", home).json
    assert record.keys() == fields_of("### diagnosis").keys()
    assert all(finding.keys() == fields_of("### finding").keys() for finding in record["findings"])
    assert states(record)["index"] == "ok"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lang", LANGS)
def test_it_speaks_both_languages(lang: Lang, run: Run, home: Path) -> None:
    lines = [line for line in run("doctor", "--home", home, "--lang", lang).out.splitlines() if line]
    assert all(has_arabic(line) for line in lines if line[0] in "✓·!✗") == (lang == "ar")
    assert lines[-1] == ("كل شيء سليم." if lang == "ar" else "All is well.")


@pytest.mark.usefixtures("quick")
def test_no_secret_is_shown(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "ISNAD_LLM_URL": f"http://user:{SECRET}@127.0.0.1:9/v1?key={SECRET}",
        "ISNAD_LLM_MODEL": "m",
        "ISNAD_LLM_API_KEY": SECRET,
        "ISNAD_WEBHOOK_SECRET": SECRET,
        "ISNAD_WEBHOOK_URL": f"https://bot.example/{SECRET}",
        "ISNAD_DATABASE_URL": f"postgresql+psycopg://me:{SECRET}@127.0.0.1:9/x?password={SECRET}",
        "ISNAD_STATE_URL": f"postgresql+psycopg://me:{SECRET}@127.0.0.1:9/y",
        "ISNAD_CHROMA_URL": f"http://me:{SECRET}@127.0.0.1:9",
        "ISNAD_ADMINS": "424242424,525252525",
    }.items():
        monkeypatch.setenv(variable, value)
    for arguments in (("--json",), ("--lang", "en"), ()):
        done = run("doctor", "--home", tmp_path, *arguments)
        assert done.code == 1
        assert SECRET not in done.out + done.err
        assert "424242424" not in done.out + done.err
    shown = shown_settings(load_settings())
    expected = {"TELEGRAM_BOT_TOKEN": "…", "ISNAD_ADMINS": "(2)"}
    expected["ISNAD_DATABASE_URL"] = "postgresql+psycopg://127.0.0.1:9/x?…"
    assert {variable: shown[variable] for variable in expected} == expected


@pytest.mark.usefixtures("quick")
def test_a_server_that_is_silent_is_named(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_CHROMA_URL", "http://127.0.0.1:9")
    record = run("doctor", "--home", tmp_path, "--json").json
    assert states(record)["index"] == "problem"
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert places.unreachable(f"http://127.0.0.1:{server.getsockname()[1]}") == ""


@pytest.mark.usefixtures("quick")
def test_a_server_is_one_whatever_its_database_is_called(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("ISNAD_DATABASE_URL", "ISNAD_STATE_URL"):
        monkeypatch.setenv(variable, "postgresql+psycopg://me@127.0.0.1:9/sqlite_mirror")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    record = run("doctor", "--json", "--lang", "en", "--home", tmp_path / "home").json
    texts = {finding["check"]: finding["text"] for finding in record["findings"]}
    assert all("127.0.0.1:9" in texts[check] for check in ("database", "state"))


@pytest.mark.usefixtures("quick")
def test_the_language_model_and_telegram_are_not_called(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard of the tests fails whoever leaves the machine; on it, a server counts its callers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("ISNAD_LLM_URL", address)
        monkeypatch.setenv("ISNAD_LLM_MODEL", "m")
        monkeypatch.setenv("TELEGRAM_API_BASE", address)
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        monkeypatch.setenv("ISNAD_ADMINS", "1")
        record = run("doctor", "--home", tmp_path, "--json").json
        with pytest.raises(TimeoutError):
            server.accept()
    assert (states(record)["llm"], states(record)["telegram"], record["healthy"]) == ("ok", "ok", True)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("variable", "value", "check", "state", "part"),
    [
        ("ISNAD_LANG", "fr", "settings", "problem", "ISNAD_LANG"),
        ("ISNAD_LLM_URI", "http://127.0.0.1", "settings", "warning", "ISNAD_LLM_URL"),
        ("ISNAD_LLM_URL", "http://127.0.0.1:9/v1", "llm", "problem", "ISNAD_LLM_MODEL"),
        ("ISNAD_EMBED_MODEL", "someone/not-here", "encoder", "problem", "isnad model pull"),
        ("ISNAD_DATABASE_URL", "mysql://x/y", "database", "problem", "sqlite:///PATH"),
        ("ISNAD_WEBHOOK_URL", "http://bot.example", "telegram", "problem", "https://"),
        ("ISNAD_EMBED_WEIGHT", "0.3", "settings", "warning", "ISNAD_EMBED_MODEL"),
        ("ISNAD_LLM_API_KEY", SECRET, "settings", "warning", "ISNAD_LLM_URL"),
        ("ISNAD_FOO", "1", "settings", "warning", ".env.example"),
        ("TELEGRAM_BOT_TOKEN", "has spaces", "telegram", "problem", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_BOT_TOKEN", "12:short", "telegram", "warning", "@BotFather"),
    ],
)
def test_what_is_wrong_is_named(
    variable: str, value: str, check: str, state: str, part: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    done = run("doctor", "--json")
    assert done.code == (1 if state == "problem" else 0)
    texts = [found["text"] for found in done.json["findings"] if (found["check"], found["state"]) == (check, state)]
    assert any(part in text for text in texts)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("place", [".env", "environment"])
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("TELEGRAM_BOT_TOKN", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_API_BAS", "TELEGRAM_API_BASE"),
        ("TELEGRAM_CHAT_ID", None),
        ("TELEGRAM_API_HASH", None),
    ],
)
def test_a_misspelt_setting_of_telegram_is_named_without_its_value(
    written: str,
    meant: str | None,
    place: str,
    lang: Lang,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    if place == ".env":
        (tmp_path / ".env").write_text(f"{written}={TOKEN}\n")
    else:
        monkeypatch.setenv(written, TOKEN)
    done = run("doctor", "--json", "--lang", lang)
    told = [found["text"] for found in done.json["findings"] if written in found["text"].split()]
    assert [meant in text.split() and place in text for text in told] == ([True] if meant else [])
    assert SECRET not in done.out + done.err


@pytest.mark.usefixtures("quick")
def test_what_is_near_to_a_setting_of_telegram_that_is_set_is_another_programs(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_NAME", "isnad")
    assert "TELEGRAM_BOT_NAME" in run("doctor").out
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    assert "TELEGRAM_BOT_NAME" not in run("doctor").out


@pytest.mark.usefixtures("quick")
def test_a_state_that_the_bot_would_refuse_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("ISNAD_STATE_URL", "foo")
    (text,) = (finding["text"] for finding in run("doctor", "--json").json["findings"] if finding["check"] == "state")
    assert "ISNAD_STATE_URL" in text
    assert "sqlite:///PATH" in text


@pytest.mark.usefixtures("quick")
def test_a_driver_that_is_not_here_is_named_though_its_server_is_silent(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    for variable in ("ISNAD_DATABASE_URL", "ISNAD_STATE_URL"):
        monkeypatch.setenv(variable, "postgresql+psycopg://me@127.0.0.1:9/x")
    findings = run("doctor", "--json").json["findings"]
    texts = [finding["text"] for finding in findings if finding["check"] in {"database", "state"}]
    assert len(texts) == 2
    assert all("pip install -c constraints.txt -e '.[postgres]'" in text for text in texts)


@pytest.mark.usefixtures("quick")
def test_an_index_without_its_store_is_told_from_a_new_home(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", folder, "--home", tmp_path)
    (tmp_path / "isnad.db").unlink()
    findings = run("doctor", "--json", "--home", tmp_path, "--lang", "en").json["findings"]
    assert any(one["check"] == "database" and "backup" in one["text"] for one in findings)
    assert not any(one["check"] == "index" for one in findings), "it says so already"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("options", [(), ("--lang", "ar")])
def test_every_wrong_setting_is_named(
    options: tuple[str, ...], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"ISNAD_LANG": "fr", "ISNAD_KEEP_DAYS": "ثلاثون", "ISNAD_EMBED_WEIGHT": "2", "ISNAD_ADMINS": "me"}
    for variable, value in wrong.items():
        monkeypatch.setenv(variable, value)
    record = run("doctor", "--json", *options, "--home", tmp_path).json
    problems = [finding["text"] for finding in record["findings"] if finding["check"] == "settings"]
    assert len(problems) == len(wrong)
    assert all(any(variable in text and value in text for text in problems) for variable, value in wrong.items())


@pytest.mark.usefixtures("quick")
def test_a_settings_file_that_others_can_read_is_named_when_it_holds_a_secret(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / ".env"
    file.write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\nISNAD_ADMINS=1\nOTHER=1\n")
    for mode, state in ((0o644, "warning"), (0o640, "warning"), (0o600, "ok")):
        file.chmod(mode)
        record = run("doctor", "--json", "--home", tmp_path / "home").json
        settings = [found["state"] for found in record["findings"] if found["check"] == "settings"]
        assert (state in settings) is True
        assert ("warning" in settings) is (state == "warning")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lang", LANGS)
def test_a_damaged_index_is_a_problem_and_its_mending_is_named(
    lang: Lang, run: Run, folder: Path, tmp_path: Path
) -> None:
    run("ingest", folder, "--home", tmp_path)
    next((tmp_path / "index").glob("*/chroma/chroma.sqlite3")).write_bytes(b"noise" * 1000)
    done = run("doctor", "--json", "--home", tmp_path, "--lang", lang)
    (text,) = (finding["text"] for finding in done.json["findings"] if finding["check"] == "index")
    assert (done.code, states(done.json)["index"]) == (1, "problem")
    assert f"isnad reindex --home {tmp_path}" in text


@pytest.mark.usefixtures("quick")
def test_a_damaged_store_is_said_once(run: Run, folder: Path, tmp_path: Path) -> None:
    run("ingest", folder, "--home", tmp_path)
    (tmp_path / "isnad.db").write_bytes(b"noise" * 4000)
    record = run("doctor", "--json", "--home", tmp_path).json
    assert [finding["check"] for finding in record["findings"] if finding["state"] == "problem"] == ["database"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lang", LANGS)
def test_a_text_that_is_not_what_was_stored_is_named_and_what_is_said_to_do_mends_it(
    lang: Lang, run: Run, folder: Path, tmp_path: Path
) -> None:
    run("ingest", folder, "--home", tmp_path)
    with closing(sqlite3.connect(tmp_path / "isnad.db")) as store, store:
        store.execute("UPDATE articles SET text = replace(text, '12', '92') WHERE source = 'market.txt'")
    record = run("doctor", "--json", "--home", tmp_path, "--lang", lang).json
    (text,) = (finding["text"] for finding in record["findings"] if finding["state"] == "problem")
    assert "isnad remove market.txt" in text
    assert run("remove", "market.txt", "--home", tmp_path).code == 0
    assert run("ingest", folder, "--home", tmp_path, "--json").json["num_added"] == 1
    assert run("doctor", "--json", "--home", tmp_path).json["healthy"]


@pytest.mark.usefixtures("quick")
def test_a_model_that_is_not_here_is_said_once(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("ingest", folder, "--home", tmp_path)
    monkeypatch.setenv("ISNAD_EMBED_MODEL", "someone/not-here")
    record = run("doctor", "--json", "--home", tmp_path).json
    assert [finding["check"] for finding in record["findings"] if finding["state"] == "problem"] == ["encoder"]


@pytest.mark.usefixtures("quick")
def test_a_wrong_setting_is_named_though_an_option_stands_in_for_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ISNAD_LANG", "fr")
    done = run("doctor", "--json", "--lang", "en")
    assert (done.code, states(done.json)["settings"], states(done.json)["home"]) == (1, "problem", "ok")


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("written", "number"), [("ISNAD_LANG en\n", 1), ('# all well\nISNAD_LANG=en\n"odd\n', 3)])
def test_a_line_that_sets_nothing_is_named(
    written: str, number: int, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(written)
    record = run("doctor", "--json", "--lang", "en").json
    warnings = [finding["text"] for finding in record["findings"] if finding["state"] == "warning"]
    assert warnings == [f"Line {number} of .env is not NAME=VALUE, and sets nothing"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("lang", "why"), [("ar", "لا إذن بذلك"), ("en", "Permission denied")])
def test_a_home_that_cannot_be_written_is_named_in_the_reader_s_words(
    lang: Lang, why: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    done = run("doctor", "--json", "--home", tmp_path / "new", "--lang", lang)
    (text,) = (finding["text"] for finding in done.json["findings"] if finding["check"] == "home")
    assert why in text
    assert "--home DIR" in text


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("home", "is_odd"), [("$HOMER/isnad", True), ("x/${USER}", True), ("a$/b$1", False)])
def test_a_home_in_which_a_variable_stands_as_it_is_is_told_of_until_it_is_made_and_by_the_doctor_always(
    home: str, lang: Lang, run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_odd: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ISNAD_HOME", home)
    told = [run("ingest", folder, "--json", "--lang", lang).err for _ in range(2)]
    assert [str(tmp_path / home) in said for said in told] == [is_odd, False]
    done = run("doctor", "--json", "--lang", lang)
    (found,) = (finding for finding in done.json["findings"] if finding["check"] == "home")
    assert (found["state"], "$HOME" in found["text"].replace(home, "")) == ("warning" if is_odd else "ok", is_odd)
    assert (done.code, done.err) == (0, "")


def test_what_a_text_says_in_several_lines_has_one_mark() -> None:
    lines = finding_lines([Finding("database", "problem", "one\ntwo")], SettingsError("m"), "en")
    assert [shown.text for shown in lines[:2]] == ["✗ one", "  two"]


def test_packages_that_are_missing_or_old_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        installation, "requires", lambda _name: ["numpy>=999", "no-such-package", "also-missing; extra == 'x'"]
    )
    finding = next(iter(installation.check_packages("en")))
    assert finding.state == "problem"
    assert "no-such-package" in finding.text
    assert "numpy" in finding.text
    assert "also-missing" not in finding.text


def test_a_trial_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ImportError("libx.so is missing")

    monkeypatch.setattr("rag.ingest.ingest", broken)
    assert installation.check_trial(load_settings()).state == "problem"


@pytest.mark.usefixtures("quick")
def test_a_check_that_breaks_is_a_problem_and_the_rest_goes_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_settings: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("bot.doctor.examine.check_disk", broken)
    done = run("doctor", "--json")
    assert (states(done.json)["doctor"], states(done.json)["encoder"]) == ("problem", "ok")
    assert SECRET not in json.dumps(done.json)


@pytest.mark.parametrize("text", [*DOCTOR.values(), COMMAND], ids=[*DOCTOR, "command"])
def test_both_languages_say_the_same(text: Text) -> None:
    def names(sentence: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    assert names(text.ar) == names(text.en)
    assert has_arabic(text.ar)
    assert text.ar.count("`") % 2 == text.en.count("`") % 2 == 0


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("sign", ["/", "#", "?", "[", "]", ":", "%", "\u2100"])
@pytest.mark.parametrize("form", ["{}://me:{}@127.0.0.1:9/x", "{}:/me:{}@127.0.0.1/x"])
def test_no_password_is_shown_whatever_it_holds(
    sign: str, form: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = f"7391{sign}Kq7wvz{sign}Zx8utr"
    for variable, scheme in (("DATABASE", "postgresql+psycopg"), ("STATE", "postgresql+psycopg"), ("LLM", "http")):
        monkeypatch.setenv(f"ISNAD_{variable}_URL", form.format(scheme, password))
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
        for arguments in (("--json",), ()):
            done = run("doctor", "--home", tmp_path, *arguments)
            assert not any(piece in done.out + done.err for piece in ("7391", "Kq7wvz", "Zx8utr", "Traceback"))


@pytest.mark.parametrize("url", ["postgresql+psycopg://isnad@host/isnad", "postgresql+psycopg://isnad:none@host/isnad"])
def test_no_other_word_is_hidden(url: str) -> None:
    settings = load_settings(database_url=url, llm_api_key="reindex")
    said = "isnad reindexed nothing; none of /home/x/isnad: see isnad://isnad:none@host"
    hidden = without_secrets(said, settings)
    assert hidden == (said.replace(":none@", ":…@") if "none" in url else said)


def test_a_password_with_an_at_sign_is_hidden_too() -> None:
    settings = load_settings(database_url="postgresql+psycopg://me:7391@Kq7wvz@Zx8utr@host/x")
    said = "failed to resolve host 'Kq7wvz@Zx8utr@host'"
    assert without_secrets(said, settings) == "failed to resolve host '…@…@host'"
    assert shown_settings(settings)["ISNAD_DATABASE_URL"] == "postgresql+psycopg://…"
