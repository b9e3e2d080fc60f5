from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evals import run_folder
from evals.errors import CorpusUnusable, RunStopped, RunUnusable
from evals.footprint import Footprint, measure_footprint
from evals.run import Asking, run
from evals.run_folder import AnswersFile, Outcome, read_config, read_outcomes
from evals.score import Scores, figures, score
from rag.errors import StoreUnusable
from rag.ingest import ingest
from rag.pipeline import Pipeline
from rag.schema import Answer
from tests.corpus import PAGES, settings_for, write_pages

BRIDGE, MATCH = "bridge.txt", "sub/match.txt"
ASKED = (
    ("length", "كم يبلغ طول جسر الوادي الجديد؟", "340", BRIDGE),
    ("cost", "كم بلغت كلفة الجسر؟", "12 مليون", BRIDGE),
    ("winner", "من فاز بكأس المدينة؟", "فريق الميناء", MATCH),
    ("scorer", "من سجل هدفين في الشوط الثاني؟", "عادل ناصر", MATCH),
)
QUESTIONS: tuple[dict[str, Any], ...] = (
    *(
        {"id": one, "question": text, "kind": "fact", "answers": [said], "sources": [file]}
        for one, text, said, file in ASKED
    ),
    {"id": "capital", "question": "ما عاصمة اليابان؟", "kind": "unanswerable", "answers": []},
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_pages(tmp_path / "articles", PAGES)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    return write_set(tmp_path / "set.jsonl", QUESTIONS)


def write_set(path: Path, questions: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in questions), "utf-8")
    return path


def asking(asked: Path, corpus: Path | None, out: Path, **values: Any) -> Asking:
    return Asking(asked, corpus, out, measures_footprint=False, **values)


def lines_of(out: Path) -> list[str]:
    return (out / run_folder.ANSWERS).read_text("utf-8").splitlines()


def test_a_run_leaves_everything_that_scoring_needs(asked: Path, corpus: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    seen: list[tuple[str, int, int | None]] = []
    folder = run(asking(asked, corpus, tmp_path / "run"), settings, progress=lambda *step: seen.append(step))
    assert ("ask", 5, 5) in seen
    assert not settings.home.exists(), "a corpus of its own has a home of its own"
    config = read_config(folder)
    assert config["set"]["name"] == "set.jsonl"
    assert config["index"]["num_articles"] == 3
    assert config["finished"]
    assert config["problems"] == config["unknown_sources"] == []
    assert [json.loads(line)["id"] for line in lines_of(folder)] == [one["id"] for one in QUESTIONS]
    first = (folder / run_folder.TREC).read_text("utf-8").split("\n")[0].split()
    assert (first[0], first[1], first[2], first[3], first[5]) == ("length", "Q0", "bridge.txt", "1", "isnad")
    scores = score(folder, settings)
    assert scores.counts["questions"] == 5
    assert figures(scores)["quotes_match"] == figures(scores)["ndcg10"] == 1.0
    assert {row.question_id: row.verdict for row in scores.rows}["capital"] == "refused_rightly"
    assert scores.timings.keys() >= {"p50_ms", "p95_ms"}
    assert set(scores.by) == {"kind", "lang", "length"}


def test_scoring_again_answers_nothing_and_gives_the_same(
    asked: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path / "home")
    folder = run(asking(asked, corpus, tmp_path / "run"), settings)
    first = score(folder, settings)
    monkeypatch.setattr(Pipeline, "answer", None)
    assert run(asking(asked, corpus, tmp_path / "run"), settings) == folder
    assert score(folder, settings) == first
    assert [float(value) for value in figures(first).values()] == list(figures(score(folder, settings)).values())


def test_the_current_index_is_asked_where_no_corpus_is_given(asked: Path, corpus: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    ingest([corpus], settings)
    scores = score(run(Asking(asked, limit=2), settings), settings)
    assert scores.counts["questions"] == 2
    assert Path(scores.run["home"]) == settings.home.resolve()
    (runs,) = (settings.home / "runs").iterdir()
    assert runs.name.endswith("-set")
    assert scores.timings["cold_ms"] > 100


def test_a_question_that_fails_stays_in_every_mean(
    asked: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path / "home")
    whole = figures(score(run(asking(asked, corpus, tmp_path / "whole"), settings), settings))
    answer = Pipeline.answer

    def broken(self: Pipeline, question: str, *rest: Any, **options: Any) -> Answer:
        if "كلفة" in question:
            raise RuntimeError("انقطع")
        return answer(self, question, *rest, **options)

    monkeypatch.setattr(Pipeline, "answer", broken)
    folder = run(asking(asked, corpus, tmp_path / "run"), settings)
    scores = score(folder, settings)
    row = next(row for row in scores.rows if row.question_id == "cost")
    assert (row.status, row.verdict, row.points) == ("failed", "failed", 0)
    assert row.values.items() >= {"contained": 0.0, "f1": 0.0, "ndcg10": 0.0, "r10": 0.0, "failed": 1.0}.items()
    assert figures(scores)["failed"] == 1 / 5
    assert figures(scores)["ndcg10"] == whole["ndcg10"] * 3 / 4
    for name in ("headline", "answered", "contained", "ndcg10", "false_refusals"):
        assert scores.overall[name].num == (4 if name in {"contained", "ndcg10", "false_refusals"} else 5)
    log = (folder / run_folder.PROBLEMS).read_text("utf-8")
    assert "failed\tcost\tRuntimeError: انقطع" in log
    assert "Traceback" in log


def test_what_is_no_question_s_fault_ends_the_run(
    asked: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Answer:
        raise StoreUnusable("the database is gone")

    monkeypatch.setattr(Pipeline, "answer", broken)
    with pytest.raises(StoreUnusable):
        run(asking(asked, corpus, tmp_path / "run"), settings_for(tmp_path / "home"))


def test_retrieval_alone(asked: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pipeline, "answer", None)
    settings = settings_for(tmp_path / "home")
    scores = score(run(asking(asked, corpus, tmp_path / "run", only_retrieval=True), settings), settings)
    assert set(scores.overall) == {"failed"} | {
        f"{name}{end}" for name in ("ndcg10", "r1", "r5", "r10", "rr10") for end in ("", "_story")
    }
    assert scores.overall["ndcg10"].num == 4
    assert scores.counts["verdict.not_judged"] == 5


def test_what_fails_in_retrieval_alone_is_one_of_all_the_questions(
    asked: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Pipeline.search

    def broken(self: Pipeline, question: str, *rest: Any, **options: Any) -> Any:
        if "كلفة" in question:
            raise RuntimeError("انقطع")
        return search(self, question, *rest, **options)

    monkeypatch.setattr(Pipeline, "search", broken)
    settings = settings_for(tmp_path / "home")
    out = run(asking(asked, corpus, tmp_path / "run", only_retrieval=True), settings)
    scores = score(out, settings)
    assert {name: mean.num for name, mean in scores.overall.items() if name in {"failed", "ndcg10", "headline"}} == {
        "failed": 5,
        "ndcg10": 4,
    }
    assert (figures(scores)["failed"], scores.counts["failed"]) == (1 / 5, 1)
    assert row_of(scores, "cost").values == {"failed": 1.0} | dict.fromkeys(set(scores.overall) - {"failed"}, 0.0)
    kept = (out / run_folder.ANSWERS).read_bytes().splitlines(keepends=True)
    (out / run_folder.ANSWERS).write_bytes(b"".join(kept[:3]))
    assert figures(score(out, settings))["failed"] == 3 / 5, "what was not asked has failed, of all the questions"


# interrupted

KILLED = """
import sys, time
from pathlib import Path
import rag.pipeline
from evals.run import Asking, run
from rag.settings import Settings

answer = rag.pipeline.Pipeline.answer
def hang(self, question, *rest, **options):
    if "سجل" in question:
        time.sleep(600)
    return answer(self, question, *rest, **options)
rag.pipeline.Pipeline.answer = hang
asked, corpus, out, home = map(Path, sys.argv[1:])
run(Asking(asked, corpus, out, measures_footprint=False), Settings(home=home, _env_file=None))
"""


def test_a_run_that_was_killed_goes_on_where_it_stopped(
    asked: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, home = tmp_path / "run", tmp_path / "home"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(asked), str(corpus), str(out), str(home)])
    answers = out / run_folder.ANSWERS
    deadline = time.monotonic() + 60
    while process.poll() is None and (not answers.exists() or answers.read_bytes().count(b"\n") < 3):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert len(lines_of(out)) == 3
    settings = settings_for(home)
    unfinished = score(out, settings)
    assert unfinished.counts["failed"] == 2
    assert [one["what"] for one in unfinished.problems] == ["unanswered", "unanswered"]
    with answers.open("ab") as file:
        file.write(b'{"id": "scorer", "record": {"torn')
    questions: list[str] = []
    answer = Pipeline.answer

    def listening(self: Pipeline, question: str, *rest: Any, **options: Any) -> Answer:
        questions.append(question)
        return answer(self, question, *rest, **options)

    monkeypatch.setattr(Pipeline, "answer", listening)
    run(asking(asked, corpus, out), settings)
    assert questions == [one["question"] for one in QUESTIONS[3:]]
    assert [json.loads(line)["id"] for line in lines_of(out)] == [one["id"] for one in QUESTIONS]
    resumed = score(out, settings)
    whole = score(run(asking(asked, corpus, tmp_path / "whole"), settings), settings)
    same = [name for name in figures(whole) if name not in {"p50_ms", "p95_ms", "memory_mb"}]
    assert [figures(resumed)[name] for name in same] == [figures(whole)[name] for name in same]
    assert "resumed" in (out / run_folder.PROBLEMS).read_text("utf-8")


def test_a_full_disk_stops_the_run_and_keeps_what_was_answered(
    asked: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path / "home")

    class Full:
        """A file on a disk that fills up in the middle of the third line."""

        def __init__(self, file: Any) -> None:
            self.file, self.room = file, 2

        def write(self, data: bytes) -> int:
            self.room -= 1
            if self.room == -1:
                return int(self.file.write(data[:10]))
            if self.room < -1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return int(self.file.write(data))

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

    with monkeypatch.context() as patched:
        open_file = AnswersFile.__init__

        def opened(self: AnswersFile, folder: Path) -> None:
            open_file(self, folder)
            self._file = Full(self._file)  # type: ignore[assignment]

        patched.setattr(AnswersFile, "__init__", opened)
        with pytest.raises(RunStopped, match="No space left") as raised:
            run(asking(asked, corpus, tmp_path / "run"), settings)
    assert raised.value.details["why"] == os.strerror(errno.ENOSPC)
    content = (tmp_path / "run" / run_folder.ANSWERS).read_bytes()
    assert content.endswith(b"\n")
    assert len(read_outcomes(tmp_path / "run")) == 2
    run(asking(asked, corpus, tmp_path / "run"), settings)
    assert len(lines_of(tmp_path / "run")) == 5


# what cannot be used


def test_another_set_in_the_same_folder_is_refused(asked: Path, corpus: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    run(asking(asked, corpus, tmp_path / "run"), settings)
    with pytest.raises(RunUnusable, match=r"set\.digest") as raised:
        run(asking(asked, corpus, tmp_path / "run", limit=2), settings)
    assert raised.value.details["what"] == "other"
    (corpus / "more.txt").write_text("خبر جديد\n\nنص جديد تماما.", "utf-8")
    with pytest.raises(RunUnusable, match="corpus_digest"):
        run(asking(asked, corpus, tmp_path / "run"), settings)
    with pytest.raises(RunUnusable, match="corpus_digest"):
        run(asking(asked, None, tmp_path / "run"), settings)


def test_what_is_refused_has_changed_nothing_of_the_run(asked: Path, corpus: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    before = score(run(asking(asked, corpus, tmp_path / "run"), settings), settings)
    (corpus / BRIDGE).write_text("افتتاح المتحف\n\nافتتحت البلدية متحف البحر أمس.", "utf-8")
    with pytest.raises(RunUnusable, match="corpus_digest"):
        run(asking(asked, corpus, tmp_path / "run"), settings)
    squad = {"title": "t", "paragraphs": [{"context": PAGES[MATCH], "qas": [{"id": "1", "question": "من فاز؟"}]}]}
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [squad]}), "utf-8")
    with pytest.raises(RunUnusable, match=r"set\.digest"):
        run(asking(path, None, tmp_path / "run"), settings)
    assert not (tmp_path / "run" / "corpus").exists()
    (corpus / BRIDGE).write_text(PAGES[BRIDGE], "utf-8")
    assert score(tmp_path / "run", settings) == before


def test_an_index_that_changed_under_a_run_is_named(asked: Path, corpus: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    ingest([corpus], settings)
    run(asking(asked, None, tmp_path / "run"), settings)
    (corpus / "more.txt").write_text("خبر جديد\n\nنص جديد تماما.", "utf-8")
    ingest([corpus], settings)
    with pytest.raises(RunUnusable, match="index"):
        run(asking(asked, None, tmp_path / "run"), settings)


@pytest.mark.parametrize("use", ["score", "run"])
def test_a_run_of_another_version_is_named(asked: Path, corpus: Path, tmp_path: Path, use: str) -> None:
    settings = settings_for(tmp_path / "home")
    out = run(asking(asked, corpus, tmp_path / "run"), settings)
    config = json.loads((out / run_folder.CONFIG).read_text("utf-8"))
    (out / run_folder.CONFIG).write_text(json.dumps(config | {"format": 99}), "utf-8")
    with pytest.raises(RunUnusable, match="another version") as raised:
        score(out, settings) if use == "score" else run(asking(asked, corpus, out), settings)
    assert raised.value.details["what"] == "version"


@pytest.mark.parametrize(("content", "what"), [(None, "missing"), ("{broken", "damaged"), ("[]", "version")])
def test_what_is_no_run_cannot_be_scored(tmp_path: Path, content: str | None, what: str) -> None:
    if content is not None:
        (tmp_path / run_folder.CONFIG).write_text(content, "utf-8")
    with pytest.raises(RunUnusable) as raised:
        score(tmp_path, settings_for(tmp_path / "home"))
    assert raised.value.details["what"] == what


def test_a_missing_and_an_empty_corpus_are_named(asked: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    with pytest.raises(CorpusUnusable, match="no corpus at"):
        run(asking(asked, tmp_path / "absent", tmp_path / "run"), settings)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(CorpusUnusable, match="No article could be read"):
        run(asking(asked, tmp_path / "nothing", tmp_path / "run"), settings)
    with pytest.raises(CorpusUnusable, match="isnad ingest"):
        run(asking(asked, None, tmp_path / "run"), settings)


def test_sources_that_no_article_has_are_named_and_the_rest_is_measured(corpus: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    half = QUESTIONS[0] | {"sources": ["bridge.txt", "gone.txt"]}
    none = QUESTIONS[2] | {"sources": ["gone.txt"]}
    scores = score(
        run(asking(write_set(tmp_path / "set.jsonl", [half, none]), corpus, tmp_path / "run"), settings), settings
    )
    assert [(one["what"], one["where"], one["detail"]) for one in scores.problems] == [
        ("unknown_source", "length", "gone.txt"),
        ("unknown_source", "winner", "gone.txt"),
    ]
    first, second = scores.rows
    assert (first.sources, first.values["ndcg10"]) == (("bridge.txt",), 1.0)
    assert (second.sources, "ndcg10" in second.values) == ((), False)
    assert second.values["contained"] == 1.0


def test_a_store_that_is_gone_leaves_out_what_needs_it(asked: Path, corpus: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    out = run(asking(asked, corpus, tmp_path / "run"), settings)
    for path in sorted((out / "home").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    scores = score(out, settings)
    assert [one["what"] for one in scores.problems] == ["no_store"]
    assert "quotes_match" not in scores.overall
    assert scores.overall["contained"].num == 4


def test_two_processes_do_not_share_a_run(asked: Path, corpus: Path, tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "run").mkdir()
    with FileLock(tmp_path / "run" / ".lock"), pytest.raises(RunUnusable, match="Another process"):
        run(asking(asked, corpus, tmp_path / "run"), settings_for(tmp_path / "home"))


@pytest.mark.parametrize(
    ("llm_url", "shown"),
    [
        ("http://me:hidden@127.0.0.1:1/v1", "http://127.0.0.1:1/v1"),
        ("http://me:7/hidden@127.0.0.1:1/v1", "http://…"),
        ("http://127.0.0.1:1/v1?key=hidden", "http://127.0.0.1:1/v1?…"),
    ],
)
def test_no_password_enters_a_run_and_no_server_is_written_to(
    llm_url: str, shown: str, asked: Path, corpus: Path, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path / "home",
        database_url="postgresql+psycopg://name:hidden@127.0.0.1:1/isnad",
        llm_url=llm_url,
        llm_model="some/model",
        llm_api_key="hidden",
    )
    out = run(asking(asked, corpus, tmp_path / "run", only_retrieval=True), settings)
    assert "hidden" not in (out / run_folder.CONFIG).read_text("utf-8")
    kept = read_config(out)["settings"]
    assert (kept["llm_url"], kept["llm_model"], kept["embed_weight"]) == (shown, "some/model", settings.embed_weight)


def test_the_store_s_text_stands_in_for_a_file_that_is_gone(asked: Path, corpus: Path, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    out = run(asking(asked, corpus, tmp_path / "run"), settings)
    (corpus / "bridge.txt").unlink()
    assert figures(score(out, settings))["quotes_match"] == 1.0
    (corpus / "bridge.txt").write_text("صفحة أخرى", "utf-8")
    assert figures(score(out, settings))["quotes_match"] < 1.0


def test_an_outcome_comes_back_as_it_was(tmp_path: Path) -> None:
    outcome = Outcome("سؤال 1", {"answer": "نص\u2028آخر", "citations": []}, None, 1.5, (("a b.txt", 0.25),))
    file = AnswersFile(tmp_path)
    file.append(outcome)
    file.close()
    assert read_outcomes(tmp_path) == {"سؤال 1": outcome}


def row_of(scores: Scores, question_id: str) -> Any:
    return next(row for row in scores.rows if row.question_id == question_id)


def test_a_squad_file_as_it_is(tmp_path: Path) -> None:
    asked = {
        "bridge.txt": ("1", "كم يبلغ طول جسر الوادي؟", "340"),
        "harvest.txt": ("2", "من رئيس التعاونية؟", "سامر الحلبي"),
    }
    paragraphs = [
        {"context": PAGES[name], "qas": [{"id": number, "question": text, "answers": [{"text": said}]}]}
        for name, (number, text, said) in asked.items()
    ]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "أخبار", "paragraphs": paragraphs}]}), "utf-8")
    settings = settings_for(tmp_path / "home")
    scores = score(run(asking(path, None, tmp_path / "run"), settings), settings)
    assert figures(scores)["ndcg10"] == figures(scores)["contained"] == 1.0
    assert row_of(scores, "1").sources == ("أخبار/001.txt",)


def test_a_beir_folder_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    documents = [{"_id": f"d{number}", "title": "", "text": text} for number, text in enumerate(PAGES.values())]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(one) + "\n" for one in documents), "utf-8")
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "كم يبلغ طول جسر الوادي؟"}) + "\n", "utf-8")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td0\t1\n", "utf-8")
    settings = settings_for(tmp_path / "home")
    scores = score(run(asking(folder, None, tmp_path / "run"), settings), settings)
    assert figures(scores)["ndcg10"] == 1.0
    assert row_of(scores, "q1").verdict in {"right", "weak_right"}
    assert "contained" not in scores.overall
    assert scores.problems == ()


def test_the_footprint_is_that_of_a_fresh_process(asked: Path, corpus: Path, tmp_path: Path) -> None:
    ballast = bytearray(os.urandom(1)) * (300 << 20)  # what this process holds is not answering's
    run(Asking(asked, corpus, tmp_path / "run"), settings_for(tmp_path / "home"))
    config = read_config(tmp_path / "run")
    assert 50 < config["memory_mb"] < len(ballast) / (1 << 20)
    assert config["cold_ms"] > 100


def test_a_footprint_that_cannot_be_taken_is_none(tmp_path: Path) -> None:
    (tmp_path / "home" / "isnad.db").mkdir(parents=True)
    found = measure_footprint(["كم؟"], settings_for(tmp_path / "home", database_url="nonsense://x"))
    assert found == Footprint(None, None)
