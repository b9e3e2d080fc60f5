"""Reading files: one article a page, one a line, and a reason for everything that gives none."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles import read
from rag.articles.read import RawArticle, Sandbox, Skipped, Unchanged, file_digest, read_articles

TEXT = "افتُتحت المكتبة.\nوحضر الأهالي."


def _read(path: Path, source: str = "name") -> list[RawArticle | Skipped]:
    return [found for found in read_articles(path, source) if not isinstance(found, Unchanged)]


def _only(path: Path) -> RawArticle | Skipped:
    (result,) = _read(path)
    return result


def _jsonl(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def _articles(path: Path) -> list[RawArticle]:
    return [result for result in _read(path) if isinstance(result, RawArticle)]


def _skipped(path: Path) -> list[Skipped]:
    return [result for result in _read(path) if isinstance(result, Skipped)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1256"])
def test_a_page_gives_the_text_that_read_text_gives(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(TEXT.replace("\n", "\r\n").replace("ُ", "").encode(encoding))
    article = _only(file)
    assert isinstance(article, RawArticle)
    assert article.text == file.read_text(encoding=article.encoding)
    assert article.source == "name"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.md", " \n\ufeff\r\n".encode(), "empty"),
        ("a.jsonl", b"", "empty"),
        ("a.jsonl", b"\n \n", "empty"),
        ("a.txt", b"\x00\x01\x02" * 99, "binary"),
        ("a.jsonl", b"\x00\x01\x02" * 99, "binary"),
        ("a.txt", TEXT.encode() + b"\xff", "bad_encoding"),
        ("a.doc", b"\xd0\xcf", "unsupported"),
        ("a", b"text", "unsupported"),
    ],
)
def test_a_file_without_article_says_why(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    result = _only(tmp_path / name)
    assert isinstance(result, Skipped)
    assert result.reason == reason
    assert result.detail


@pytest.mark.parametrize("suffix", ["txt", "jsonl"])
def test_what_cannot_be_read_is_skipped(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"folder.{suffix}").mkdir()
    os.mkfifo(tmp_path / f"pipe.{suffix}")
    (tmp_path / f"loop.{suffix}").symlink_to(tmp_path / f"loop.{suffix}")
    (tmp_path / f"locked.{suffix}").write_text(TEXT, encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    for name in ("folder", "pipe", "loop", "locked", "gone"):
        result = _only(tmp_path / f"{name}.{suffix}")
        assert isinstance(result, Skipped)
        assert result.reason == "unreadable"


def test_a_page_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 100)
    (tmp_path / "a.txt").write_bytes(b"a" * 101)
    result = _only(tmp_path / "a.txt")
    assert isinstance(result, Skipped)
    assert result.reason == "too_large"


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.pdf", "a.docx"])
def test_what_is_too_large_is_neither_hashed_nor_read(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).touch()
    os.truncate(tmp_path / name, 100 << 30)

    def never(*_: object, **__: object) -> None:
        pytest.fail("it was read")

    monkeypatch.setattr(Sandbox, "extract", never)
    result = _only(tmp_path / name)
    assert isinstance(result, Skipped)
    assert result.reason == "too_large"
    assert file_digest(tmp_path / name) == ""


def test_a_source_is_printable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert [result.source for result in _read(tmp_path / "a.txt", "sub/a\nb.txt")] == [r"sub/a\nb.txt"]


def test_jsonl_fields(tmp_path: Path) -> None:
    record = {
        "id": 7,
        "title": " عنوان\nالخبر ",
        "text": "نص\r\nالخبر",
        "url": "https://a.example/7",
        "source": "صحيفة الجسر",
        "date": "2015-07-21 02:51:35",
        "author": ["ليلى", "سامي"],
    }
    (article,) = _articles(_jsonl(tmp_path / "a.jsonl", record))
    assert article.digest
    assert article == RawArticle(
        source="name#7",
        text="نص\r\nالخبر",
        title="عنوان الخبر",
        outlet="صحيفة الجسر",
        date="2015-07-21",
        url="https://a.example/7",
        author="ليلى، سامي",
        encoding="utf-8",
        digest=article.digest,
    )


@pytest.mark.parametrize(
    ("record", "source"),
    [
        ({"id": "a-1", "url": "u"}, "name#a-1"),
        ({"id": 0, "url": "u"}, "name#0"),
        ({"id": " ", "url": "u"}, "name#u"),
        ({"url": "http://x.example/خبر"}, "name#http://x.example/خبر"),
        ({"id": "a\nb"}, r"name#a\nb"),
        ({"id": "\ud800"}, r"name#\ud800"),
    ],
)
def test_jsonl_ids(tmp_path: Path, record: dict[str, Any], source: str) -> None:
    (article,) = _articles(_jsonl(tmp_path / "a.jsonl", record | {"text": TEXT}))
    assert article.source == source


def test_without_id_and_url_the_text_names_the_article_wherever_it_stands(tmp_path: Path) -> None:
    one = _articles(_jsonl(tmp_path / "a.jsonl", {"text": "أول"}, {"text": "ثان"}))
    two = _articles(_jsonl(tmp_path / "a.jsonl", {"text": "ثان"}, {"text": "أول", "title": "ع"}))
    assert {article.source for article in one} == {article.source for article in two}
    assert len({article.source for article in one}) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "bad_json"),
        ("[" * 100_000, "bad_json"),
        ('{"id": ' + "1" * 5000 + "}", "bad_json"),
        ("[1, 2]", "bad_record"),
        ("null", "bad_record"),
        ({"id": 1, "text": 5}, "bad_record"),
        ({"id": ["x"], "text": TEXT}, "bad_record"),
        ({"id": True, "text": TEXT}, "bad_record"),
        ({"id": 1, "title": "بلا نص"}, "no_text"),
        ({"id": 1, "text": None}, "no_text"),
        ({"id": 1, "text": " \n\ufeff"}, "no_text"),
        ({"id": 1, "text": "نصف \ud83d زوج"}, "bad_text"),
        ({"id": 1, "text": "صفر\x00"}, "bad_text"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: object, reason: str) -> None:
    file = _jsonl(tmp_path / "a.jsonl", {"id": "first", "text": TEXT}, "", line, {"id": "last", "text": TEXT})
    before, bad, after = _read(file)
    assert (before.source, after.source) == ("name#first", "name#last")
    assert isinstance(bad, Skipped)
    assert bad.reason == reason
    assert bad.detail.startswith("line 3: ")


def test_the_first_of_two_lines_with_one_id_stays(tmp_path: Path) -> None:
    file = _jsonl(tmp_path / "a.jsonl", {"id": "1", "text": "أول"}, {"id": 1, "text": "ثان"}, {"id": 2, "text": "ثالث"})
    assert [article.text for article in _articles(file)] == ["أول", "ثالث"]
    assert [(skip.source, skip.reason) for skip in _skipped(file)] == [("name#1", "duplicate_id")]


def test_metadata_of_the_wrong_type_is_left_out(tmp_path: Path) -> None:
    record = {"text": TEXT, "title": {"ar": "ع"}, "date": 1437443494, "url": False, "author": [1], "source": None}
    (article,) = _articles(_jsonl(tmp_path / "a.jsonl", record))
    assert (article.title, article.date, article.url, article.author, article.outlet) == (None,) * 5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1256"])
def test_jsonl_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.jsonl"
    lines = [json.dumps({"id": number, "text": "نص الخبر الأول"}, ensure_ascii=False) for number in (1, 2)]
    file.write_bytes("\r\n".join(lines).encode(encoding))
    assert [(article.source, article.text) for article in _articles(file)] == [
        ("name#1", "نص الخبر الأول"),
        ("name#2", "نص الخبر الأول"),
    ]


def test_a_line_in_another_encoding_is_skipped_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes('{"id": 1, "text": "نص الخبر"}'.encode() + b'\n{"id": 2, "text": "\xc7"}\n{"id": 3, "text": "c"}')
    assert [article.source for article in _articles(file)] == ["name#1", "name#3"]
    assert [(skip.reason, skip.detail[:7]) for skip in _skipped(file)] == [("bad_encoding", "line 2:")]


def test_the_rest_of_damaged_utf_16_is_skipped(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    record = json.dumps({"text": "نص"}, ensure_ascii=False) + "\n"
    file.write_bytes(record.encode("utf-16") + (" " * 70_000 + "\n").encode("utf-16-le") + b"\x00\xd8\x41")
    assert len(_articles(file)) == 1
    assert [skip.reason for skip in _skipped(file)] == ["bad_encoding"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_line_that_is_too_long_is_skipped_alone(
    tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 100)
    file = tmp_path / "a.jsonl"
    lines = [json.dumps({"id": number, "text": "a" * size}) for number, size in enumerate((5, 300, 5, 301))]
    file.write_text("\n".join(lines), encoding=encoding)
    assert [article.source for article in _articles(file)] == ["name#0", "name#2"]
    assert [(skip.reason, skip.detail[:6]) for skip in _skipped(file)] == [
        ("too_large", "line 2"),
        ("too_large", "line 4"),
    ]


def test_lines_are_read_one_at_a_time(tmp_path: Path) -> None:
    file = _jsonl(tmp_path / "a.jsonl", *({"id": number, "text": TEXT} for number in range(5000)))
    lines = read_articles(file, "name")
    next(lines)
    file.unlink()
    file.write_text("")
    assert sum(1 for _ in lines) == 4999  # the open file goes on, though its name is another's now


def test_the_digest_tells_text_and_metadata_apart(tmp_path: Path) -> None:
    base = {"id": 1, "text": TEXT, "title": "ع"}
    variants = [
        base,
        base | {"text": TEXT + "."},
        base | {"title": "غ"},
        {"id": 1, "text": TEXT, "source": "ع"},
        base | {"date": "2020-01-01"},
    ]
    digests = [_articles(_jsonl(tmp_path / "a.jsonl", variant))[0].digest for variant in variants]
    assert len(set(digests)) == len(variants)


@given(st.sampled_from(["txt", "md", "jsonl"]), st.binary(max_size=400))
def test_any_bytes_are_read_or_skipped(tmp_path_factory: pytest.TempPathFactory, suffix: str, data: bytes) -> None:
    file = Path(tmp_path_factory.getbasetemp()) / f"any.{suffix}"
    file.write_bytes(data)
    assert _read(file)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = ("id", "title", "text", "url", "source", "date", "author")


@given(st.lists(st.dictionaries(st.sampled_from(_FIELDS), _JSON), max_size=4))
def test_any_records_are_read_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]]
) -> None:
    file = _jsonl(Path(tmp_path_factory.getbasetemp()) / "records.jsonl", *records, {"id": "end", "text": TEXT})
    results = _read(file)
    assert len(results) == len(records) + 1
    sources = [result.source for result in results if isinstance(result, RawArticle)]
    assert len(set(sources)) == len(sources)
    assert all(source.isprintable() for source in sources)


def test_what_is_known_by_its_digest_is_not_parsed_again(tmp_path: Path) -> None:
    path = _jsonl(tmp_path / "a.jsonl", {"id": 1, "text": TEXT}, {"id": 2, "text": TEXT})
    known = {article.digest: article.source for article in _articles(path)}
    with path.open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({"id": 3, "text": TEXT}))
    found = list(read_articles(path, "name", known))
    assert found[:2] == [Unchanged("name#1"), Unchanged("name#2")]
    assert isinstance(found[2], RawArticle)
    page = tmp_path / "page.txt"
    page.write_text(TEXT, encoding="utf-8")
    (article,) = _articles(page)
    assert list(read_articles(page, "name", {article.digest: "name"})) == [Unchanged("name")]
