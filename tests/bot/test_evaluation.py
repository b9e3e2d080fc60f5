from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

import evals.errors
from bot.scores import GROUP_COLUMNS, write_scores
from bot.screen import Screen
from bot.texts import LANGS, Lang, Text, say
from bot.texts.errors import explain_error
from bot.texts.evaluation import ERRORS, EVALUATION, OPTIONS, USAGE
from evals.means import MEASURES
from evals.report.numbers import SHARES
from evals.score import COSTS, Length
from evals.verdict import VERDICTS
from rag.text.normalise import has_arabic
from tests.bot.running import Run
from tests.bot.test_texts import placeholders
from tests.evals.rows import RIGHT, scores_of

REPOSITORY = Path(__file__).parents[2]
QUESTIONS = [
    {"id": "1", "question": "متى افتتح جسر النهر؟", "kind": "fact", "answers": ["الاثنين"], "sources": ["bridge.txt"]},
    {"id": "2", "question": "ما عاصمة اليابان؟", "kind": "unanswerable", "answers": []},
]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    path = tmp_path / "set.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in QUESTIONS) + "{broken\n", "utf-8")
    return path


@pytest.mark.parametrize("lang", LANGS)
def test_the_table_has_every_measure_that_was_measured(
    run: Run, asked: Path, folder: Path, tmp_path: Path, lang: Lang
) -> None:
    done = run("eval", asked, "--corpus", folder, "--out", tmp_path / "run", "--lang", lang)
    assert done.code == 0
    rows = dict(line.split("\t", 1) for line in done.out.splitlines() if line.count("\t") == 3)
    assert rows[say("eval.measure.quotes_match", lang)].startswith("100.0 %\t")
    assert rows[say("eval.measure.ndcg10", lang)].split("\t")[2] == "1"
    assert rows[say("eval.measure.answered", lang)].split("\t")[2] == "2"
    assert say("eval.problem.not_json", lang) in done.out
    again = run("eval", "--score", tmp_path / "run", "--lang", lang)
    assert (again.code, again.out) == (0, done.out)


def test_json_has_the_figures_and_every_question(run: Run, asked: Path, folder: Path, tmp_path: Path) -> None:
    done = run("eval", asked, "--corpus", folder, "--out", tmp_path / "run", "--limit", 1, "--json")
    record = done.json
    assert record["overall"]["contained"] == {"value": 1.0, "low": 1.0, "high": 1.0, "num": 1}
    assert [one["id"] for one in record["questions"]] == ["1"]
    assert record["problems"][0]["what"] == "not_json"
    assert record["folder"] == str(tmp_path / "run")
    assert record["timings"].keys() >= {"p50_ms", "p95_ms", "cold_ms"}


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["SET", "--score", "RUN"],
        ["--score", "RUN", "--limit", "3"],
        ["SET", "--limit", "0"],
        ["SET", "--only", "x"],
    ],
    ids=" ".join,
)
def test_usage_mistakes_are_2(run: Run, asked: Path, tmp_path: Path, arguments: list[str]) -> None:
    given = [str(asked) if one == "SET" else str(tmp_path) if one == "RUN" else one for one in arguments]
    done = run("eval", *given, "--home", tmp_path / "home")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["absent.jsonl"], "absent.jsonl"),
        (["SET", "--corpus", "absent"], "absent"),
        (["SET"], "isnad ingest"),
        (["--score", "absent"], "absent"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("lang", LANGS)
def test_what_cannot_be_done_is_one_line_and_1(
    run: Run, asked: Path, tmp_path: Path, arguments: list[str], named: str, lang: Lang
) -> None:
    given = [str(asked) if one == "SET" else one for one in arguments]
    done = run("eval", *given, "--home", tmp_path / "home", "--lang", lang)
    assert (done.code, done.out) == (1, "")
    assert named in done.err
    _, *home = done.err.splitlines()
    assert len(home) == ("isnad " in done.err)
    assert all("--home" in line for line in home)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", {"ar": "لا سؤال في {path}", "en": "There is no question in {path}."}),
        (
            '{"question": ""}',
            {
                "ar": "لم يُكتب سؤال بعد في أي سطر من {path}: املأ question أولا",
                "en": "No line of {path} has a question yet: fill in question first.",
            },
        ),
        (
            "{broken",
            {
                "ar": "لا سؤال يمكن طرحه في {path}، ففي السطر 1: ليس سطر JSON",
                "en": "No question in {path} can be asked; line 1: not a JSON object",
            },
        ),
    ],
)
@pytest.mark.parametrize("lang", LANGS)
def test_a_set_without_a_question_says_what_it_lacks(
    run: Run, tmp_path: Path, lines: str, said: dict[Lang, str], lang: Lang
) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(lines, "utf-8")
    done = run("eval", path, "--home", tmp_path / "home", "--lang", lang)
    assert (done.code, done.out, done.err) == (1, "", said[lang].format(path=path) + "\n")


def test_a_run_in_which_everything_failed_is_1(
    run: Run, asked: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("rag.pipeline.Pipeline.answer", broken)
    done = run("eval", asked, "--corpus", folder, "--out", tmp_path / "run", "--json")
    assert done.code == 1
    assert done.json["overall"]["failed"]["value"] == 1.0


# the texts

TEXTS: dict[str, Text] = {
    **EVALUATION,
    **OPTIONS,
    **{f"{key} {number}": text for key, texts in {**ERRORS, **USAGE}.items() for number, text in enumerate(texts)},
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_each_is_said_in_its_own_language_with_whole_units(text: Text) -> None:
    assert text.en
    assert has_arabic(text.ar) or text.ar == text.en
    assert text.ar.count("`") % 2 == text.en.count("`") % 2 == 0
    assert all(sentence == sentence.strip() for sentence in text)


@pytest.mark.parametrize("key", EVALUATION)
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    assert placeholders(EVALUATION[key].ar) == placeholders(EVALUATION[key].en)


def test_whatever_can_be_measured_or_found_wrong_has_a_sentence() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (REPOSITORY / "evals").glob("*.py"))
    keys = {f"eval.measure.{name}" for name in (*MEASURES, *COSTS)}
    keys |= {f"eval.verdict.{name}" for name in VERDICTS}
    keys |= {f"eval.why.{name}" for name in re.findall(r'Why\("(\w+)"', code)}
    keys |= {f"eval.problem.{name}" for name in re.findall(r'(?:note|Problem|_BadFieldError)\(\s*"(\w+)"', code)}
    keys |= {f"eval.problem.{name}" for name in re.findall(r'"what": "(\w+)"', code)}
    keys |= {f"eval.problem.bad_{name}" for name in ("answers", "sources", "history", "forbidden")}
    keys |= {f"eval.{name}" for name in get_args(Length)} | {
        f"eval.heading.{name}" for name in (*GROUP_COLUMNS, "num", "legend")
    }
    assert keys <= EVALUATION.keys()
    kinds = ("eval.heading.", "eval.measure.", "eval.verdict.", "eval.why.", "eval.problem.")
    assert {key for key in EVALUATION if key.startswith(kinds)} <= keys
    assert SHARES | set(GROUP_COLUMNS) <= set(MEASURES)


@pytest.mark.parametrize(
    "kind", ["QuestionSetUnusable", "CorpusUnusable", "RunUnusable", "RunStopped", "CalibrationImpossible"]
)
def test_every_error_is_explained_in_arabic(kind: str) -> None:
    error = getattr(evals.errors, kind)("something broke")
    assert has_arabic(explain_error(error, "ar"))
    assert explain_error(error, "en") == "something broke"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("failed", [0.0, 0.5])
def test_the_table_by_kind_stands_in_80_columns(monkeypatch: pytest.MonkeyPatch, lang: Lang, failed: float) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    values = dict.fromkeys(GROUP_COLUMNS, 1.0) | {"headline": -0.083, "failed": failed}
    rows = [replace(RIGHT, kind=kind, values=values) for kind in ("unanswerable_near",) * 10 + ("name_variant",) * 10]
    stream = Terminal()
    write_scores(scores_of(rows), Path("run"), Screen(stream), lang)
    (line,) = [one for one in stream.getvalue().splitlines() if "unanswerable_near" in one]
    assert line.split()[:3] == ["unanswerable_near", "10", "−0.08"]
    assert ("50" in line) is bool(failed)
