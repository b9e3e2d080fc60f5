from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contract import answer_record, failed_record, failed_search_record, search_record, to_json
from rag.schema import Answer
from tests.bot.fakes import DISAGREEMENT, PASSAGE, answered, refused, weak

TEXT_OR_NULL = (str, type(None))
# CONTRACT.md, `ask --json`: the fields of each object and their types
FIELDS: dict[str, dict[str, Any]] = {
    "ask": {
        "question": str,
        "searched": str,
        "status": str,
        "reason": TEXT_OR_NULL,
        "mode": str,
        "answer": str,
        "sentences": list,
        "citations": list,
        "passages": list,
        "nearest": list,
        "disagreements": list,
        "timings_ms": dict,
    },
    "sentences": {"text": str, "rank": int, "citations": list},
    "citations": {
        "number": int,
        "source": str,
        "title": str,
        "outlet": TEXT_OR_NULL,
        "date": TEXT_OR_NULL,
        "quote": str,
        "start": int,
        "end": int,
    },
    "passages": {"source": str, "chunk_id": str, "rank": int, "score": float, "title": str, "text": str},
    "nearest": {"source": str, "title": str},
    "disagreements": {"quantity": str, "kind": str, "sides": list},
    "sides": {"value": str, "unit": str, "speaker": TEXT_OR_NULL, "citation": int, "date": TEXT_OR_NULL},
}


def check(record: dict[str, Any], kind: str, *, also: frozenset[str] = frozenset()) -> None:
    fields = FIELDS[kind]
    assert record.keys() == fields.keys() | also
    for name, wanted in fields.items():
        assert isinstance(record[name], wanted), name
        if kind == "sentences" and name == "citations":
            assert all(isinstance(number, int) for number in record[name])
        elif name in FIELDS:
            for inner in record[name]:
                check(inner, name)


@pytest.mark.parametrize(
    "answer", [answered(), answered(disagreements=(DISAGREEMENT,)), weak(), refused(), refused("empty_index")]
)
def test_an_answer_has_the_contracts_fields_and_types(answer: Answer) -> None:
    record = json.loads(to_json(answer_record(answer)))
    check(record, "ask")
    assert record["answer"] == " ".join(sentence["text"] for sentence in record["sentences"])
    assert all(isinstance(spent, float) for spent in record["timings_ms"].values())
    cited = {number for sentence in record["sentences"] for number in sentence["citations"]}
    assert cited <= {citation["number"] for citation in record["citations"]}


def test_a_failed_one_has_them_too_and_says_why() -> None:
    record = json.loads(to_json(failed_record("سؤال", "انقطع", question_id="7")))
    check(record, "ask", also=frozenset({"id", "error"}))
    assert (record["id"], record["status"], record["reason"], record["error"]) == ("7", "failed", "error", "انقطع")
    assert record["answer"] == ""


def test_only_a_batch_has_ids_and_only_a_failure_an_error() -> None:
    assert "id" not in answer_record(answered())
    assert answer_record(answered(), question_id="7")["id"] == "7"
    assert search_record([PASSAGE]).keys() == {"passages"}
    assert failed_search_record("انقطع", question_id="7") == {"id": "7", "passages": [], "error": "انقطع"}


def test_search_prints_the_same_passages_as_ask() -> None:
    assert search_record([PASSAGE])["passages"] == answer_record(answered())["passages"]


@given(st.text(st.characters(), max_size=30))
def test_every_record_is_one_line_of_valid_unicode(text: str) -> None:
    line = to_json(failed_record(text, text))
    line.encode("utf-8")
    assert line.splitlines() == [line]
    read = json.loads(line)["question"]
    assert read == "".join("\ufffd" if 0xD800 <= ord(letter) <= 0xDFFF else letter for letter in text)
    assert len(read) == len(text)


def test_arabic_is_written_as_it_is() -> None:
    assert "انقطع" in to_json({"error": "انقطع"})
