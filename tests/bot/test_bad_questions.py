"""The hand-made bad questions, asked of the starter articles through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.contract import search_record, to_json
from bot.direction import visible
from bot.render import answer_lines
from bot.session import Session
from rag.pipeline import Pipeline
from rag.settings import load_settings

ROWS = [
    json.loads(row)
    for row in (Path(__file__).parent / "cases" / "bad-questions.jsonl").read_text("utf-8").splitlines()
    if row.strip()
]
IDS = [row["id"] for row in ROWS]


def question_of(row: dict[str, Any]) -> str:
    if "question_escape" in row:
        return str(json.loads('"' + row["question_escape"] + '"'))
    return str(row["question"]) if "question" in row else str(row["unit"] * row["repeat"])


@pytest.fixture(scope="module")
def home(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    assert main(["ingest", str(repository / "seeds"), "--home", str(home), "--json"]) == 0
    return home


@pytest.fixture(scope="module")
def records(home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """All of them in one batch, by id; JSON can carry a lone surrogate as an escape."""
    path = tmp_path_factory.mktemp("questions") / "bad.jsonl"
    rows = [json.dumps({"id": row["id"], "question": question_of(row)}) for row in ROWS]
    path.write_text("\n".join(rows), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("bot.commands.asking.write_json", lambda record: lines.append(to_line(record)))
        assert main(["ask", "--questions", str(path), "--home", str(home)]) == 0
    read = [json.loads(line) for line in lines]
    assert [record["id"] for record in read] == IDS
    return {record["id"]: record for record in read}


def to_line(record: dict[str, Any]) -> str:
    return to_json(record).encode("utf-8").decode("utf-8")


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_bad_question_is_answered_or_refused_and_never_breaks(
    row: dict[str, Any], records: dict[str, dict[str, Any]]
) -> None:
    record = records[row["id"]]
    assert record["status"] in {"answered", "weak", "refused"}, record.get("error")
    assert (record["status"] == "refused") == (record["answer"] == "") == (record["citations"] == [])
    if row["expect"] == "refused":
        assert record["status"] == "refused"
    elif row["expect"] != "any":
        assert (record["status"], record["reason"]) == ("refused", row["expect"])


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_search_takes_it_too(row: dict[str, Any], pipeline: Pipeline) -> None:
    passages = pipeline.search(question_of(row), 3)
    assert len(passages) <= 3
    to_line(search_record(passages))


@pytest.fixture(scope="module")
def pipeline(home: Path) -> Any:
    with Pipeline(load_settings(home=home)) as pipeline:
        yield pipeline


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_conversation_takes_it_and_can_show_the_reply(row: dict[str, Any], pipeline: Pipeline) -> None:
    session = Session(pipeline, history=["من فاز برئاسة بلدية دار السرو؟"])
    reply = session.turn(question_of(row))
    if reply.answer is not None:
        for shown in answer_lines(reply.answer, "ar"):
            shown.text.encode("utf-8")
            assert shown.text == visible(shown.text)
