"""Mistakes on the command line are said in the language of the one who makes them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bot.texts import LANGS, Lang
from bot.texts.help import COMMANDS
from bot.texts.usage import usage_in_arabic
from rag.text.normalise import has_arabic
from tests.bot.running import Run


@pytest.mark.parametrize(
    ("arguments", "said", "helps"),
    [
        ("foo", "لا أمر باسم foo.", "isnad --help"),
        ("stat", "لا أمر باسم stat. لعلك تقصد: status", "isnad --help"),
        ("mode", "لا أمر باسم mode. لعلك تقصد: model أو remove", "isnad --help"),
        ("ask --foo", "لا خيار باسم --foo.", "isnad ask --help"),
        ("ask --hom x", "لا خيار باسم --hom. لعلك تقصد: --home", "isnad ask --help"),
        ("search x --since 2024-01-01", "لا خيار باسم --since.", "isnad search --help"),
        ("ask x --sinc 2024-01-01", "لا خيار باسم --sinc. لعلك تقصد: --since", "isnad ask --help"),
        ("ask x --json=1", "الخيار --json لا يأخذ قيمة.", "isnad ask --help"),
        ("ingest", "لم تكتب: PATH...", "isnad ingest --help"),
        ("status x", "في الأمر زيادة لا يقبلها: x.", "isnad status --help"),
        ("ask x --since", "الخيار --since تلزمه قيمة.", "isnad ask --help"),
        ("sources --text", "الخيار --text تلزمه قيمة.", "isnad sources --help"),
        ("model pull --home", "الخيار --home تلزمه قيمة.", "isnad model pull --help"),
        ("eval --compare a", "الخيار --compare تلزمه قيمتان.", "isnad eval --help"),
        ("status --lang fr", "قيمة --lang غير مقبولة؛ المقبول: ar أو en.", "isnad status --help"),
        ("search x -k 0", "يجب ألا تقل قيمة -k عن 1.", "isnad search --help"),
        ("search x -k ٠", "يجب ألا تقل قيمة -k عن 1.", "isnad search --help"),
        ("questions new --count ٠", "يجب ألا تقل قيمة --count عن 1.", "isnad questions new --help"),
        ("eval x --limit ٠", "يجب ألا تقل قيمة --limit عن 1.", "isnad eval --help"),
        ("search x -k 1001", "يجب ألا تزيد قيمة -k على 1000.", "isnad search --help"),
        ("search x -k y", "يجب أن تكون قيمة -k عددا صحيحا.", "isnad search --help"),
        ("''", "اسم الأمر فارغ.", "isnad --help"),
        ("status ' '", "في آخر الأمر قيمة فارغة لا يقبلها.", "isnad status --help"),
        ("status --home /etc/hostname", "يجب أن تكون قيمة --home مجلدا لا ملفا.", "isnad status --help"),
        ("ask x --questions /", "يجب أن تكون قيمة --questions ملفا لا مجلدا.", "isnad ask --help"),
        (
            "ask x --since 1445-01-01",
            "1445-01-01 ليس تاريخا مقبولا. اكتب التاريخ الميلادي هكذا: 2024-05-31",
            "isnad ask --help",
        ),
        ("ask x --until ''", "التاريخ فارغ. اكتبه هكذا: 2024-05-31", "isnad ask --help"),
    ],
)
def test_a_mistake_is_said_in_arabic_with_where_help_is(arguments: str, said: str, helps: str, run: Run) -> None:
    done = run(*shlex.split(arguments))
    mistake, help_line = done.err.splitlines()
    assert (done.code, done.out, mistake) == (2, "", said)
    assert help_line.startswith("للمساعدة: ")
    assert help_line.endswith(helps)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("empty", ["", " \t", "\u2068\u200f\u2069"])
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("ingest {}", "PATH..."),
        ("ingest . {}", "PATH..."),
        ("ask --questions {}", "--questions"),
        ("search --questions {}", "--questions"),
        ("ask x --history {}", "--history"),
        ("search x -k {}", "-k"),
        ("remove {}", "SOURCE"),
        ("sources --text {}", "--text"),
        ("sources --limit {}", "--limit"),
        ("status --home {}", "--home"),
        ("--home {} status", "--home"),
        ("model pull {}", "NAME"),
        ("questions new --out {}", "--out"),
        ("questions new --count {}", "--count"),
        ("eval {}", "SET"),
        ("eval --calibrate {}", "SET"),
        ("eval x --corpus {}", "--corpus"),
        ("eval x --out {}", "--out"),
        ("eval x --limit {}", "--limit"),
        ("eval --score {}", "--score"),
        ("eval --score x --report {}", "--report"),
        ("eval --compare x {}", "--compare"),
        ("eval --compare {} x", "--compare"),
    ],
)
def test_what_is_empty_or_blank_is_named(arguments: str, named: str, empty: str, lang: Lang, run: Run) -> None:
    done = run("--lang", lang, *(empty if word == "{}" else word for word in arguments.split()))
    assert (done.code, done.out) == (2, "")
    if lang == "ar":
        assert done.err.splitlines()[0] == f"قيمة {named} فارغة."
    else:
        assert re.search(f"Invalid value for .?'?{re.escape(named)}'?.*: it is empty", done.err)


@pytest.mark.parametrize("option", ["ask --questions", "ask x --history", "questions new --out"])
def test_a_folder_in_the_place_of_a_file_is_named(option: str, run: Run, tmp_path: Path) -> None:
    done = run(*option.split(), tmp_path, "--lang", "en")
    assert done.code == 2
    assert f"File '{tmp_path}' is a directory." in done.err


def test_in_english_typer_says_it(run: Run) -> None:
    done = run("ask", "--foo", "--lang", "en")
    assert (done.code, has_arabic(done.err)) == (2, False)
    assert re.search("No such option:? '?--foo", done.err)


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        (
            "No such command 'stat'. Did you mean 'status', 'search'?",
            "لا أمر باسم `stat`. لعلك تقصد: `status` أو `search`",
        ),
        ("No such option '--hom'. Did you mean '--home'?", "لا خيار باسم `--hom`. لعلك تقصد: `--home`"),
        (
            "No such option: --l (Possible options: --lang, --limit)",
            "لا خيار باسم `--l`. لعلك تقصد: `--lang` أو `--limit`",
        ),
    ],
)
def test_what_may_be_meant_is_named_as_each_version_of_typer_does(mistake: str, said: str) -> None:
    assert usage_in_arabic(mistake) == said


def test_a_mistake_that_typer_does_not_place_names_its_command_in_english_too(run: Run) -> None:
    done = run("--lang", "en", "ask", "x", "--since")
    assert (done.code, done.err.splitlines()[-1]) == (2, "For help: isnad ask --help")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("arguments", [(), ("--home", "."), ("model",), ("questions",)])
def test_a_line_without_a_command_shows_the_help(arguments: tuple[str, ...], lang: Lang, run: Run) -> None:
    done = run("--lang", lang, *arguments)
    group = [name for name in arguments if name in ("model", "questions")]
    assert (done.code, done.out) == (2, "")
    assert done.err == run("--lang", lang, *group, "--help").out


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_no_english_word_of_typers_stands_in_arabic_help(name: str, run: Run) -> None:
    page = run("--lang", "ar", *name.split(), "--help").out
    assert not re.search("Usage|Options:|Arguments|Commands|required|default|<list|x>=|<=x", page)
    assert page.startswith("الاستعمال:\n  isnad")


def test_what_to_do_with_a_model_brings_the_home_it_was_fetched_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.models.pull", lambda name, settings: settings.home / "models" / name)
    done = run("model", "pull", "someone/tiny", "--home", tmp_path, "--lang", "en")
    assert (done.code, "isnad reindex" in done.err, f"--home {tmp_path}" in done.err) == (0, True, True)


def test_a_hint_in_english_is_near_what_was_typed_too(run: Run) -> None:
    assert "No such option: --since\n" in run("search", "x", "--since", "2024-01-01", "--lang", "en").err
    assert "--sinc (Possible options: --since)" in run("ask", "x", "--sinc", "2024-01-01", "--lang", "en").err


def test_the_last_language_on_the_line_is_spoken(run: Run, tmp_path: Path) -> None:
    done = run("--lang", "en", "ingest", tmp_path / "nowhere", "--home", tmp_path, "--lang", "ar")
    assert (done.code, "لا يوجد" in done.err) == (1, True)
