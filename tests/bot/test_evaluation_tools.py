"""`isnad eval --report`, `--fail-under`, `--compare` and `isnad questions new`, as they are typed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.cli import main
from bot.texts import LANGS, Lang, Text, evaluation, say
from bot.texts.evaluation_tools import COMMANDS, OPTIONS, TOOLS, USAGE
from rag.text.normalise import has_arabic
from tests.bot.running import Run

QUESTIONS = [
    {"id": "1", "question": "متى افتتح جسر النهر؟", "kind": "when", "answers": ["الاثنين"], "sources": ["bridge.txt"]},
    {"id": "2", "question": "ما عاصمة اليابان؟", "kind": "unanswerable", "answers": []},
    {
        "id": "3",
        "question": "كم نسبة ارتفاع أسعار التمور؟",
        "kind": "how_many",
        "answers": ["12"],
        "sources": ["market.txt"],
    },
]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("set") / "set.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in QUESTIONS), "utf-8")
    return path


@pytest.fixture(scope="module")
def ran(asked: Path, folder: Path) -> Path:
    """A run that the tests only read."""
    out = asked.parent / "run"
    assert main(["eval", str(asked), "--corpus", str(folder), "--out", str(out), "--json"]) == 0
    return out


@pytest.mark.parametrize("lang", LANGS)
def test_a_missed_gate_is_3_and_one_line(run: Run, ran: Path, lang: Lang) -> None:
    gates = "quotes_match=1,false_answers<=0,contained>=1.1,p95_ms<=1e-9"
    done = run("eval", "--score", ran, "--fail-under", gates, "--lang", lang)
    assert done.code == 3
    assert done.out.splitlines()[-2] == say("eval.gate.miss", lang, gate="contained>=1.1", value="1").replace("`", "")
    assert "p95_ms<=1e-09" in done.out.splitlines()[-1]
    held = run("eval", "--score", ran, "--fail-under", "quotes_match=1", "--lang", lang)
    assert (held.code, held.out.splitlines()[-1]) == (0, say("eval.gate.held", lang, num_gates=1))


def test_with_json_the_misses_are_in_it_and_on_standard_error(run: Run, ran: Path) -> None:
    done = run("eval", "--score", ran, "--fail-under", "contained=2", "--json", "--lang", "en")
    assert (done.code, done.json["gates_missed"]) == (3, ["contained>=2"])
    assert done.err == "Gate missed: contained>=2, the value is 1\n"


def test_a_gate_on_what_was_not_measured_is_missed(run: Run, asked: Path, folder: Path, tmp_path: Path) -> None:
    done = run("eval", asked, "--corpus", folder, "--out", tmp_path / "run", "--only", "retrieval",
               "--fail-under", "contained=0", "--lang", "en")  # fmt: skip
    assert (done.code, done.out.splitlines()[-1]) == (3, "Gate missed: contained>=0, it was not measured here")


@pytest.mark.parametrize("gates", ["", "ndcg=1", "ndcg10", "ndcg10=x"])
def test_a_gate_that_is_none_is_2_before_anything_is_asked(
    run: Run, asked: Path, folder: Path, tmp_path: Path, gates: str
) -> None:
    done = run("eval", asked, "--corpus", folder, "--out", tmp_path / "run", "--fail-under", gates, "--lang", "en")
    assert (done.code, done.out) == (2, "")
    assert not (tmp_path / "run").exists()
    assert gates != "ndcg=1" or "false_refusals" in done.err


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_is_written_in_the_language(run: Run, ran: Path, tmp_path: Path, lang: Lang) -> None:
    done = run("eval", "--score", ran, "--report", tmp_path / "report", "--lang", lang)
    assert done.code == 0
    assert str(tmp_path / "report" / "report.html") in done.out
    html = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in html
    assert html.count('<details class="card"') == 3
    assert "<mark>" in html
    assert 'class="warning"' not in html


def test_a_run_and_itself_are_the_same(run: Run, ran: Path) -> None:
    done = run("eval", "--compare", ran, ran, "--lang", "en")
    assert (done.code, done.out.splitlines()[-1]) == (0, say("eval.compare.same", "en"))
    record = run("eval", "--compare", ran, ran, "--json").json
    assert (record["differs"], record["changed"], record["num_pairs"]) == ([], [], 3)
    assert record["measures"]["contained"]["p"] == 1.0


@pytest.mark.parametrize("lang", LANGS)
def test_what_changed_stands_side_by_side(run: Run, ran: Path, tmp_path: Path, lang: Lang) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("config.json", "questions.jsonl"):
        (other / name).write_bytes((ran / name).read_bytes())
    lines = [json.loads(line) for line in (ran / "answers.jsonl").read_text("utf-8").splitlines()]
    lines[0]["record"] |= {"status": "refused", "reason": "no_evidence", "answer": "", "sentences": [], "citations": []}
    (other / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    done = run("eval", "--compare", ran, other, "--lang", lang)
    assert done.code == 0
    assert say("eval.compare.chance", lang) in done.out  # one question of three
    assert str(QUESTIONS[0]["question"]) in done.out
    assert say("eval.compare.nothing_said", lang) in done.out
    assert say("eval.verdict.refused_wrongly", lang) in done.out
    (changed,) = run("eval", "--compare", ran, other, "--json").json["changed"]
    assert (changed["id"], changed["gain"], changed["after"]["answer"]) == ("1", -1, "")


@pytest.mark.parametrize(
    "options",
    [["SET"], ["--score", "RUN"], ["--fail-under", "f1=1"], ["--report", "RUN"], ["--limit", "1"]],
    ids=" ".join,
)
def test_comparing_takes_nothing_else(run: Run, ran: Path, options: list[str]) -> None:
    done = run("eval", *options, "--compare", ran, ran, "--lang", "en")
    assert (done.code, done.out) == (2, "")
    assert "--compare" in done.err


def test_what_cannot_be_compared_is_said(run: Run, ran: Path, tmp_path: Path) -> None:
    done = run("eval", "--compare", ran, tmp_path / "nothing")
    assert (done.code, done.out) == (1, "")
    assert "nothing" in done.err


def test_skeletons_are_printed_or_written_and_never_over_a_file(run: Run, home: Path, tmp_path: Path) -> None:
    printed = run("questions", "new", "--count", 2, "--home", home)
    assert printed.code == 0
    assert [line["question"] for line in printed.lines] == ["", ""]
    path = tmp_path / "new.jsonl"
    written = run("questions", "new", "--count", 2, "--home", home, "--out", path, "--json")
    assert (written.code, written.json) == (0, {"path": str(path), "num_questions": 2})
    assert path.read_text("utf-8") == printed.out
    again = run("questions", "new", "--home", home, "--out", path)
    assert (again.code, again.out) == (1, "")
    assert str(path) in again.err
    assert path.read_text("utf-8") == printed.out


def test_without_articles_there_are_no_skeletons(run: Run, tmp_path: Path) -> None:
    done = run("questions", "new", "--home", tmp_path / "none")
    assert (done.code, done.out) == (1, "")


@pytest.mark.parametrize(
    "text", [*TOOLS.values(), *COMMANDS.values(), *OPTIONS.values()], ids=[*TOOLS, *COMMANDS, *OPTIONS]
)
def test_both_languages_say_the_same(text: Text) -> None:
    assert text.ar == "p" or has_arabic(text.ar)
    assert not has_arabic(text.en)
    assert sorted(re.findall(r"{\w+}", text.ar)) == sorted(re.findall(r"{\w+}", text.en))


TOWNS = 36


@pytest.fixture
def calibratable(run: Run, tmp_path: Path) -> Path:
    """A set of which the home answers every question; each names the one article that does."""
    pages = tmp_path / "libraries"
    pages.mkdir()
    lines = []
    for at in range(TOWNS):
        town = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"[at % 28] * 2 + "نور" + "ابتثجحخد"[at % 8]
        (pages / f"{at}.txt").write_text(
            f"افتتاح مكتبة {town}\n\nوبلغت كلفة مكتبة {town} {300 + at} ألف درهم.", "utf-8"
        )
        record = {"question": f"كم بلغت كلفة مكتبة {town}؟", "answers": [f"{300 + at} ألف"], "sources": [f"{at}.txt"]}
        lines.append(json.dumps(record) + "\n")
    assert run("ingest", pages, "--home", tmp_path / "calibrated").code == 0
    path = tmp_path / "libraries.jsonl"
    path.write_text("".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("lang", LANGS)
def test_calibrating_writes_what_pays_and_status_says_so(
    run: Run, calibratable: Path, tmp_path: Path, lang: Lang
) -> None:
    home = tmp_path / "calibrated"
    assert say("status.calibration", lang) not in run("status", "--home", home, "--lang", lang).out
    done = run("eval", "--calibrate", calibratable, "--home", home, "--lang", lang)
    assert done.code == 0
    assert say("eval.calibrate.held_out", lang) in done.out
    assert say("eval.calibrate.written", lang, path=home / "calibration.json").replace("`", "") in done.out
    assert "libraries.jsonl" in run("status", "--home", home, "--lang", lang).out
    record = run("status", "--home", home, "--json").json["calibration"]
    assert record["state"] == "fitted"
    (home / "calibration.json").write_text("{", "utf-8")
    assert run("status", "--home", home, "--json").json["calibration"]["state"] == "broken"
    assert run("ask", "كم بلغت كلفة مكتبة؟", "--home", home).code == 0


def test_calibrating_as_json(run: Run, calibratable: Path, tmp_path: Path) -> None:
    record = run("eval", "--calibrate", calibratable, "--home", tmp_path / "calibrated", "--json").json
    assert (record["num_right"], record["num_wrong"], record["num_sources"]) == (TOWNS, TOWNS, TOWNS)
    assert record["log_loss_change"][1] < 0
    assert record["after"]["log_loss"] < record["before"]["log_loss"]
    assert Path(record["path"]).is_file()


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (["--calibrate"], "usage.no_set"),
        (["a.jsonl", "b.jsonl"], "usage.one_set"),
        ([], "usage.no_set"),
        (["--calibrate", "a.jsonl", "--out", "run"], "usage.calibrate_alone"),
        (["--calibrate", "a.jsonl", "--score", "run"], "usage.calibrate_alone"),
        (["--calibrate", "a.jsonl", "--compare", "run", "run"], "usage.calibrate_alone"),
    ],
)
def test_what_does_not_go_together_is_2(run: Run, options: list[str], key: str) -> None:
    done = run("eval", *options, "--lang", "en")
    assert (done.code, done.out) == (2, "")
    assert {**evaluation.USAGE, **USAGE}[key][0].en.split("`")[0][:20] in done.err.replace("`", "")


def test_too_little_to_fit_is_1_and_says_how_little(run: Run, asked: Path, folder: Path, tmp_path: Path) -> None:
    assert "no articles" in run("eval", "--calibrate", asked, "--home", tmp_path / "empty", "--lang", "en").err
    assert run("ingest", folder, "--home", tmp_path / "home").code == 0
    done = run("eval", "--calibrate", asked, "--corpus", folder, "--home", tmp_path / "home", "--lang", "en")
    assert (done.code, done.out) == (1, "")
    assert "30 of each" in done.err
