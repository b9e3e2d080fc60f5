from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.corpus import write_articles
from evals.errors import QuestionSetUnusable
from evals.formats import read_own
from evals.questions import Question, as_record, from_record, load_questions


def lines(folder: Path, *records: object) -> Path:
    path = folder / "set.jsonl"
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in records), "utf-8")
    return path


FULL: dict[str, Any] = {
    "id": "a1",
    "question": "ومتى بدأت الحملة؟",
    "kind": "followup",
    "answers": ["السبت", "يوم السبت"],
    "sources": ["x.txt"],
    "history": ["كم الإصابات؟"],
    "lang": "ar",
}


def test_our_own_line_with_all_its_fields(tmp_path: Path) -> None:
    read = load_questions(lines(tmp_path, FULL))
    assert read.questions == (
        Question(
            "a1",
            "ومتى بدأت الحملة؟",
            "followup",
            ("السبت", "يوم السبت"),
            ("x.txt",),
            ("كم الإصابات؟",),
            "ar",
            answerable=True,
        ),
    )
    assert (read.name, read.problems, dict(read.articles)) == ("set.jsonl", (), {})


@pytest.mark.parametrize(
    ("fields", "answerable", "kind"),
    [
        ({"answers": []}, False, "unanswerable"),
        ({"answers": [], "sources": ["near.txt"]}, False, "unanswerable"),
        ({"answers": ["x"]}, True, "answerable"),
        ({"answers": "x"}, True, "answerable"),
        ({"sources": ["a.txt"]}, True, "answerable"),
        ({}, None, "answerable"),
        ({"answers": [], "kind": "false premise"}, False, "false premise"),
    ],
)
def test_empty_answers_mean_that_refusing_is_right(
    tmp_path: Path, fields: dict[str, Any], *, answerable: bool | None, kind: str
) -> None:
    read = load_questions(lines(tmp_path, {"question": "متى؟"} | fields))
    assert (read.questions[0].answerable, read.questions[0].kind) == (answerable, kind)
    assert [one.what for one in read.problems] == ([] if answerable is not None else ["says_nothing"])


def test_values_that_are_all_needed_and_what_is_forbidden(tmp_path: Path) -> None:
    given = {"question": "كم؟", "all_of": ["146", ["230", "٢٣٠ حالة"]], "forbidden": "مليون"}
    question = load_questions(lines(tmp_path, given)).questions[0]
    assert question.all_of == question.needed == (("146",), ("230", "٢٣٠ حالة"))
    assert (question.answers, question.forbidden, question.answerable) == (("146", "230", "٢٣٠ حالة"), ("مليون",), True)
    assert from_record(json.loads(json.dumps(as_record(question)))) == question


@pytest.mark.parametrize("bad", ["146", [], [[]], [["146"], [3]], [""], {"a": "b"}])
def test_what_is_no_list_of_values_is_named(tmp_path: Path, bad: object) -> None:
    read = load_questions(lines(tmp_path, {"question": "كم؟"}, {"question": "كم؟", "all_of": bad}))
    assert ("bad_all_of" in {one.what for one in read.problems}) is (bad != [])


@pytest.mark.parametrize("answers", [[""], ["  ", "—"], "؟", ["the"]])
def test_answers_that_no_text_can_hold_are_named(tmp_path: Path, answers: object) -> None:
    broken = {"id": "a", "question": "كم؟", "answers": answers, "sources": ["x.txt"]}
    kept = {"id": "b", "question": "كم؟", "answers": ["", "340"]}
    read = load_questions(lines(tmp_path, broken, kept))
    assert [(one.what, one.where) for one in read.problems] == [("bad_answers", "line 1")]
    assert [one.answers for one in read.questions] == [("340",)]


def test_a_squad_question_whose_answer_is_blank_is_not_one_to_refuse(tmp_path: Path) -> None:
    asked = [
        {"id": str(at), "question": "كم؟", "answers": [{"text": text, "answer_start": 0}]}
        for at, text in enumerate((" ", "340", "-)"))
    ]
    paragraphs = [{"context": "طوله 340 مترا.", "qas": [*asked, {"id": "3", "question": "متى؟", "answers": []}]}]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "أخبار", "paragraphs": paragraphs}]}), "utf-8")
    read = load_questions(path)
    assert [(one.what, one.detail) for one in read.problems] == [("bad_answers", "0"), ("wordless", "-)")]
    assert [(one.question_id, one.answerable) for one in read.questions] == [("1", True), ("2", True), ("3", False)]


def test_what_is_broken_is_named_and_the_rest_is_asked(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        FULL,
        "{broken",
        "[1, 2]",
        "",
        {"id": "b", "answers": []},
        {"id": "c", "question": "  "},
        {"id": "d", "question": ["متى؟"]},
        {"id": True, "question": "متى؟"},
        {"id": "e", "question": "متى؟", "answers": [1]},
        {"id": "f", "question": "متى؟", "sources": {"a": 1}},
        {"id": "g", "question": "متى؟", "history": 3},
        FULL | {"question": "سؤال آخر بالمعرّف نفسه"},
        {"id": 7, "question": "where?", "answers": ["here"]},
        {"question": "أين؟", "answers": ["هنا"]},
    )
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\xff\xfe\n")
    read = load_questions(path)
    assert [one.question_id for one in read.questions] == ["a1", "7", "line-14"]
    assert [one.lang for one in read.questions] == ["ar", "und", "ar"]
    assert [(one.what, one.where) for one in read.problems] == [
        ("not_json", "line 2"),
        ("not_json", "line 3"),
        ("no_question", "line 5"),
        ("no_question", "line 6"),
        ("no_question", "line 7"),
        ("bad_id", "line 8"),
        ("bad_answers", "line 9"),
        ("bad_sources", "line 10"),
        ("bad_history", "line 11"),
        ("not_utf8", "line 15"),
        ("duplicate_id", "a1"),
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b'{"data": []}', "empty"),
        (b"{broken\n", "not_json"),
        (b"\x00\x01\x02", "not_json"),
        (b'{"question": ""}\n{"question": " "}\n', "no_question"),
        (b'{"question": ""}\n{broken\n', "not_json"),
    ],
)
def test_a_set_without_a_question_is_an_error_that_names_it(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(content)
    with pytest.raises(QuestionSetUnusable, match=r"empty\.jsonl") as raised:
        load_questions(path)
    assert raised.value.details["what"] == what


def test_a_set_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetUnusable, match="no such file") as raised:
        load_questions(tmp_path / "absent.jsonl")
    assert raised.value.details["what"] == "missing"
    (tmp_path / "beir").mkdir()
    with pytest.raises(QuestionSetUnusable, match=r"corpus\.jsonl"):
        load_questions(tmp_path / "beir")


def test_the_digest_is_that_of_what_was_understood(tmp_path: Path) -> None:
    one = load_questions(lines(tmp_path, FULL)).digest
    again = load_questions(lines(tmp_path, "", json.dumps(FULL, ensure_ascii=False))).digest
    other = load_questions(lines(tmp_path, FULL | {"answers": ["الأحد"]})).digest
    assert one == again != other


SQUAD = {
    "version": "1.1",
    "data": [
        {
            "title": "جسر الوادي",
            "paragraphs": [
                {
                    "context": "يبلغ طول الجسر 340 مترا.",
                    "qas": [
                        {
                            "id": "1",
                            "question": " - كم طوله؟ ال",
                            "answers": [{"text": "340 ", "answer_start": 16}] * 2,
                        },
                        {"id": "2", "question": "ما لونه؟", "answers": [], "is_impossible": True},
                        {"id": "3", "question": " "},
                    ],
                },
                {
                    "context": "افتتحه الوزير.",
                    "qas": [{"id": "4", "question": "من افتتحه؟", "answers": [{"text": "الوزير"}]}],
                },
                {
                    "context": "يبلغ طول الجسر 340 مترا.",
                    "qas": [{"id": "5", "question": "كم؟", "answers": [{"text": "340"}]}],
                },
                {"context": 3, "qas": []},
            ],
        },
        {"title": "جسر  الوادي!", "paragraphs": [{"context": "نص آخر.", "qas": []}]},
        {"title": "مكسور"},
        "ليس موضوعا",
    ],
}


def test_squad_contexts_become_the_corpus(tmp_path: Path) -> None:
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(SQUAD, ensure_ascii=False), "utf-8")
    read = load_questions(path)
    assert [(one.question_id, one.text, one.answers, one.sources) for one in read.questions] == [
        ("1", "كم طوله؟", ("340",), ("جسر-الوادي/001.txt",)),
        ("2", "ما لونه؟", (), ("جسر-الوادي/001.txt",)),
        ("4", "من افتتحه؟", ("الوزير",), ("جسر-الوادي/002.txt",)),
        ("5", "كم؟", ("340",), ("جسر-الوادي/001.txt",)),
    ]
    assert [one.answerable for one in read.questions] == [True, False, True, True]
    assert list(read.articles) == ["جسر-الوادي/001.txt", "جسر-الوادي/002.txt", "جسر-الوادي/003.txt"]
    assert [one.what for one in read.problems] == ["no_question", "bad_text", "not_squad", "not_squad"]
    write_articles(read.articles, tmp_path / "corpus")
    for source, article in read.articles.items():
        assert (tmp_path / "corpus" / source).read_text("utf-8") == article["text"]


def test_a_long_title_is_a_name_that_a_file_system_takes(tmp_path: Path) -> None:
    topic = {
        "title": "ط" * 500,
        "paragraphs": [{"context": "نص.", "qas": [{"id": "1", "question": "كم؟", "answers": []}]}],
    }
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [topic]}), "utf-8")
    write_articles(load_questions(path).articles, tmp_path / "corpus")


def beir(
    folder: Path,
    qrels: str = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq1\td3\t0\nq2\td3\t0\ngone\td1\t1\nx\n",
) -> Path:
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(
        '{"_id": "d1", "title": "عنوان", "text": "نص أول."}\n'
        '{"_id": "d2", "title": "", "text": "نص ثان."}\n{"_id": "d4"}\n',
        "utf-8",
    )
    (folder / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "سؤال؟"}\n{"_id": "q2", "text": "غيره؟"}\n'
        '{"_id": "q3", "text": "بلا حكم"}\n{"_id": "q4"}\n',
        "utf-8",
    )
    (folder / "qrels" / "test.tsv").write_text(qrels, "utf-8")
    (folder / "qrels" / "dev.tsv").write_text("q3\td1\t1\n", "utf-8")
    return folder


def test_a_beir_folder(tmp_path: Path) -> None:
    read = load_questions(beir(tmp_path / "set"))
    assert read.articles == {
        "corpus.jsonl#d1": {"text": "نص أول.", "title": "عنوان"},
        "corpus.jsonl#d2": {"text": "نص ثان."},
    }
    first, second = read.questions
    assert (first.question_id, first.sources, first.answers, first.answerable) == (
        "q1", ("corpus.jsonl#d1", "corpus.jsonl#d2"), (), True,
    )  # fmt: skip
    assert dict(first.relevance) == {"corpus.jsonl#d1": 2, "corpus.jsonl#d2": 1}
    assert (second.question_id, second.answerable, dict(second.relevance)) == ("q2", None, {})
    assert [(one.what, one.where) for one in read.problems] == [
        ("bad_text", "corpus line 3"),
        ("bad_judgement", "qrels line 7"),
        ("no_question", "query line 4"),
        ("unknown_question", "gone"),
    ]


def test_a_document_twice_and_an_odd_grade_are_named(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set", "q1\td1\t1\nq1\td2\t²\nq1\td2\t--1\nq1\td2\t\n")
    with (folder / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"_id": "d1", "text": "نص آخر."}\n')
    read = load_questions(folder)
    assert read.articles["corpus.jsonl#d1"]["text"] == "نص أول."
    assert [one.sources for one in read.questions] == [("corpus.jsonl#d1",)]
    assert [(one.what, one.where) for one in read.problems if one.what in {"duplicate_id", "bad_judgement"}] == [
        ("duplicate_id", "corpus line 4"),
        *(("bad_judgement", f"qrels line {number}") for number in (2, 3, 4)),
    ]


def test_trec_qrels_are_read_too(tmp_path: Path) -> None:
    read = load_questions(beir(tmp_path / "set", "q1 0 d2 1\nq2 0 d1 1\n"))
    assert [one.sources for one in read.questions] == [("corpus.jsonl#d2",), ("corpus.jsonl#d1",)]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    read_own(content)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([*FULL, "x"]), st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text()))
        )
    )
)
def test_no_record_breaks_it_and_each_is_asked_or_named(records: list[dict[str, Any]]) -> None:
    read = read_own("\n".join(map(json.dumps, records)).encode())
    broken = [one for one in read.problems if one.what != "says_nothing"]
    assert len(read.questions) + len(broken) == len(records)
    for question in read.questions:
        assert from_record(json.loads(json.dumps(as_record(question)))) == question
