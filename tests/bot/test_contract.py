from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.boundary import (
    EXIT_DONE,
    EXIT_NOTHING_DONE,
    EXIT_OTHER_BOT,
    EXIT_POLL_DIED,
    EXIT_STOPPED,
    EXIT_TOKEN,
    EXIT_USAGE,
)
from bot.cli import localised_command
from bot.contract import answer_record, failed_record, failed_search_record, search_record, to_json
from rag.articles.read import SkipReason
from rag.schema import Answer, DisagreementKind, Mode, Reason, Status
from rag.settings import Settings, variable_of
from tests.bot.fakes import DISAGREEMENT, PASSAGE, answered, refused, weak
from tests.bot.running import Run

PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text("utf-8")
TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "text or null": (str, type(None)),
    "integer": int,
    "number": float,
    "object": dict,
}


def section(heading: str) -> str:
    """What stands under a heading, to the next one of its level or above."""
    level = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{len(level)}}} |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, heading
    return found[1]


def fields_of(heading: str) -> dict[str, str]:
    """The first table under a heading: field -> type; a name that ends with `?` is not always there."""
    rows = re.findall(r"^\| `(\w+\??)` \| ([^|]+) \|", section(heading).partition("\n#")[0], re.MULTILINE)
    assert rows, heading
    return dict(rows)


ASK, SEARCH = "## The record of `ask --json`", "## The record of `search --json`"


def check(record: dict[str, Any], heading: str, *, also: frozenset[str] = frozenset()) -> None:
    """Hold a record, and those inside it, to the page; `also` are the fields of it that are not always there."""
    fields = fields_of(heading)
    always = {name for name in fields if not name.endswith("?")}
    assert record.keys() == always | also
    assert {f"{name}?" for name in also} <= fields.keys()
    for name, value in record.items():
        kind, _, of = fields.get(name, fields.get(f"{name}?", "")).partition("list of ")
        if not of:
            assert isinstance(value, TYPES[kind]), name
            assert not isinstance(value, bool), name
            continue
        assert isinstance(value, list), name
        for inner in value:
            if of in TYPES:
                assert isinstance(inner, TYPES[of]), name
            else:
                check(inner, f"### {of}")


@pytest.mark.parametrize(
    "answer", [answered(), answered(disagreements=(DISAGREEMENT,)), weak(), refused(), refused("empty_index")]
)
def test_an_answer_has_the_contracts_fields_and_types(answer: Answer) -> None:
    record = json.loads(to_json(answer_record(answer)))
    check(record, ASK)
    assert record["answer"] == " ".join(sentence["text"] for sentence in record["sentences"])
    assert all(isinstance(spent, float) for spent in record["timings_ms"].values())
    cited = {number for sentence in record["sentences"] for number in sentence["citations"]}
    assert cited <= {citation["number"] for citation in record["citations"]}


def test_a_failed_one_has_them_too_and_says_why() -> None:
    record = json.loads(to_json(failed_record("سؤال", "انقطع", question_id="7")))
    check(record, ASK, also=frozenset({"id", "error"}))
    assert (record["id"], record["status"], record["reason"], record["error"]) == ("7", "failed", "error", "انقطع")
    assert record["answer"] == ""


def test_only_a_batch_has_ids_and_only_a_failure_an_error() -> None:
    assert "id" not in answer_record(answered())
    assert answer_record(answered(), question_id="7")["id"] == "7"
    assert search_record([PASSAGE]).keys() == {"passages"}
    assert failed_search_record("انقطع", question_id="7") == {"id": "7", "passages": [], "error": "انقطع"}


def test_a_search_has_the_contracts_fields() -> None:
    check(json.loads(to_json(search_record([PASSAGE]))), SEARCH)
    check(search_record([PASSAGE], question_id="7"), SEARCH, also=frozenset({"id"}))
    check(failed_search_record("انقطع"), SEARCH, also=frozenset({"error"}))


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


# the rest of the page


def test_the_other_records_are_as_the_page_says(run: Run, folder: Path, tmp_path: Path) -> None:
    (folder_of := tmp_path / "articles").mkdir()
    for file in folder.iterdir():
        (folder_of / file.name).write_bytes(file.read_bytes())
    (folder_of / "empty.txt").touch()
    home = ("--home", tmp_path / "home", "--json")
    check(run("status", *home).json, "### description")
    report = run("ingest", folder_of, *home).json
    assert report["skipped"]
    check(report, "### report")
    check(run("status", *home).json, "### description")
    rows = run("sources", *home).json
    assert rows.keys() == {"sources"}
    for row in rows["sources"]:
        check(row, "### row")
    check(run("reindex", *home).json, "### report")
    check(run("remove", "market.txt", *home).json, "### report")


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        (ASK, [*get_args(Status), "failed"]),
        (ASK, [*get_args(Reason), "error"]),
        (ASK, get_args(Mode)),
        ("### disagreement", get_args(DisagreementKind)),
        ("### skipped", get_args(SkipReason)),
        ("## Exit codes", [EXIT_DONE, EXIT_NOTHING_DONE, EXIT_USAGE, EXIT_STOPPED]),
        ("## Exit codes", [EXIT_OTHER_BOT, EXIT_POLL_DIED, EXIT_TOKEN]),
    ],
)
def test_every_value_has_its_word(heading: str, words: Sequence[object]) -> None:
    assert [
        word for word in words if f"`{word}`" not in section(heading) and f"| {word} |" not in section(heading)
    ] == []


def test_the_page_names_the_settings_that_there_are() -> None:
    named = set(re.findall(r"`((?:ISNAD|TELEGRAM)_[A-Z_]+)`", section("## Settings")))
    assert named == {variable_of(name) for name in Settings.model_fields}


def test_the_page_names_the_commands_and_options_that_there_are() -> None:
    everywhere = {"--home", "--lang", "--help"}
    rows = re.findall(r"^\| `isnad ([a-z ]+?)(?: [A-Z.]+)?` \|(.*)\|$", section("## Commands"), re.MULTILINE)
    written = {name: set(re.findall(r"`(-[-a-z]+)`", options)) for name, options in rows}
    assert written == {name: options - everywhere for name, options in options_of(localised_command("en"))}


def options_of(group: Any) -> Iterator[tuple[str, set[str]]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {inner}", options) for inner, options in options_of(command))
        else:
            yield name, {word for option in command.params for word in option.opts if word.startswith("-")}
