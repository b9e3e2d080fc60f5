from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.questions import AskedLine, parse_date, read_history, read_questions
from rag.errors import QuestionsError


def test_lines_are_read_in_order_and_broken_ones_keep_their_place(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + "\n".join(
            [
                '{"id": "a", "question": "متى؟", "history": ["من فاز؟"]}',
                "",
                '{"id": 7, "question": "سطر\\u2028واحد"}\r',
                "not json",
                '{"id": "b"}',
                '["a list"]',
                '{"id": "c", "question": "كم؟", "history": "من فاز؟"}',
                '{"question": "", "history": null}',
                "[" * 100_000,
                '{"id": ["x"], "question": "كم؟"}',
                '{"id": true, "question": "كم؟"}',
                '{"id": 1.5, "question": "كم؟"}',
            ]
        ).encode()
        + b'\n{"question": "\xff"}\n'
    )
    lines = read_questions(path, "en")
    assert lines[:2] == [AskedLine("متى؟", ("من فاز؟",), "a"), AskedLine("سطر\u2028واحد", (), "7")]
    assert lines[6] == AskedLine("")
    errors = [line.error or "" for line in lines]
    assert [error.partition(":")[0] for error in errors] == [
        "",
        "",
        "Line 4 is not JSON",
        "Line 5 has no text in `question`",
        "Line 6 has no text in `question`",
        "Line 7",
        "",
        "Line 9 is not JSON",
        "Line 10",
        "Line 11",
        "",
        "Line 13 is not UTF-8",
    ]
    assert errors[8:10] == [f"Line {number}: `id` is neither a text nor a number" for number in (10, 11)]
    assert [(line.question, line.question_id) for line in lines[8:11]] == [("كم؟", None), ("كم؟", None), ("كم؟", "1.5")]
    assert [line.question_id for line in lines[2:6]] == [None, "b", None, "c"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{broken", "السطر 1 ليس JSON: عند الحرف 2"),
        ("[" * 100_000, "السطر 1 ليس JSON: متداخل أكثر من المسموح"),
    ],
)
def test_a_broken_line_is_said_in_arabic_without_a_word_of_english(line: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(line, "utf-8")
    assert [asked.error for asked in read_questions(path, "ar")] == [said]


@given(st.binary(max_size=200))
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("questions") / "q.jsonl"
    path.write_bytes(content)
    lines = read_questions(path, "ar")
    assert len(lines) == sum(bool(line.strip()) for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n"))


@pytest.mark.parametrize("name", ["missing.jsonl", ".", "nul\0.jsonl"])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(QuestionsError) as raised:
        read_questions(tmp_path / name, "en")
    assert raised.value.details["path"] == tmp_path / name


def test_a_history_is_a_list_of_texts(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps(["من فاز؟", "ومتى؟"]), "utf-8")
    assert read_history(path, "ar") == ("من فاز؟", "ومتى؟")
    assert read_history(None, "ar") == ()


@pytest.mark.parametrize("content", ["", "{}", '"text"', "[1]", "[", "\udcff"])
def test_anything_else_is_no_history_and_one_is_shown(content: str, tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(content, "utf-8", errors="surrogateescape")
    with pytest.raises(QuestionsError, match=r'\["متى افتُتح الجسر؟"\]'):
        read_history(path, "ar")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("2024-05-31", "2024-05-31"),
        (" 2024-05-31 ", "2024-05-31"),
        ("٢٠٢٤-٠٥-٣١", "2024-05-31"),
        ("۲۰۲۴-۰۵-۳۱", "2024-05-31"),
        ("2024-5-1", "2024-05-01"),
        ("2024/01/02", "2024-01-02"),
        ("٢٠٢٤/٠١/٠٢", "2024-01-02"),
        ("02/01/2024", "2024-01-02"),
        ("31 أيار/مايو 2024", "2024-05-31"),
    ],
)
def test_a_date(value: str | None, expected: str | None) -> None:
    assert parse_date(value, "ar") == expected


@pytest.mark.parametrize(
    "value",
    [
        "2024",
        "2024-02-30",
        "05/31/2024",
        "20240531",
        "2024-W01",
        "2024-W22-5",
        "1445-01-01",
        "1899-12-31",
        "2024-05-31 2024-06-30",
        "منذ 2024-05-31",
        "أمس",
        "\x00",
    ],
)
def test_no_date(value: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(value, "en")


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_date_has_a_sentence_of_its_own(value: str) -> None:
    with pytest.raises(ValueError, match="is empty"):
        parse_date(value, "en")
