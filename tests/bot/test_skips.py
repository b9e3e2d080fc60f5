from __future__ import annotations

from pathlib import Path

import pytest

from bot.texts.skips import skip_detail
from rag.text.normalise import has_arabic
from tests.articles.documents import ARTICLE, docx, painted, pdf, write
from tests.bot.running import Run


@pytest.mark.parametrize(
    ("detail", "arabic"),
    [
        ("the file is empty", ""),
        ("9000000 bytes; at most 8388608", "حجمه 9000000 بايت، والحد 8388608"),
        ("line 3: no `text`", "السطر 3: ليس فيه الحقل `text`"),
        ("line 4: `text` is empty", "السطر 4: الحقل `text` فارغ"),
        ("line 7: not an object but list", "السطر 7: ليس كائن JSON"),
        ("line 2: Expecting value: line 1 column 1 (char 0)", "السطر 2: عند الحرف 1"),
        (
            "not a whole Word file: fetch or save it again (File is not a zip file)",
            "ليس ملف Word كاملا: نزّله أو احفظه من جديد",
        ),
        ("damaged UTF-8 at byte 12", "ترميزه UTF-8 تالف عند البايت 12"),
        ("not read after 20 seconds", "المهلة بالثواني: 20"),
        ("PdfStreamError: Stream has ended unexpectedly", ""),
        ("Read-only file system", "لا يُسمح بالكتابة على هذا القرص"),
        ("the process that reads it does not start: Cannot allocate memory", "لم تبدأ قراءته: Cannot allocate memory"),
        (
            "ModuleNotFoundError while it was read: see isnad doctor",
            "ModuleNotFoundError أثناء قراءته: شغّل `isnad doctor`",
        ),
        ("some system's own word", "some system's own word"),
    ],
)
def test_a_detail_is_said_in_arabic_where_its_form_is_known(detail: str, arabic: str) -> None:
    assert skip_detail(detail, "ar") == arabic


@pytest.mark.parametrize(
    ("detail", "english"),
    [
        ("9000000 bytes; at most 8388608", "9000000 bytes; at most 8388608"),
        ("line 3: no `text`", "line 3: no `text`"),
        ("line 2: Expecting value: line 1 column 1 (char 0)", "line 2: at character 1"),
        ("PdfStreamError: Stream has ended unexpectedly", ""),
        (
            "not a whole PDF file: fetch or save it again (PdfReadError: startxref not found)",
            "not a whole PDF file: fetch or save it again",
        ),
    ],
)
def test_what_libraries_say_to_programmers_is_no_reason_for_a_reader(detail: str, english: str) -> None:
    assert skip_detail(detail, "en") == english


@pytest.mark.parametrize(("lang", "where"), [("ar", "السطر 3: عند الحرف 1"), ("en", "line 3: at character 1")])
def test_a_line_that_is_no_json_is_told_by_its_place(lang: str, where: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text('{"text": "سطر فيه كلمات."}\n\nnot json\n', "utf-8")
    done = run("ingest", tmp_path / "feed.jsonl", "--home", tmp_path / "home", "--lang", lang)
    assert f"({where})" in done.out
    assert "Expecting" in run("status", "--home", tmp_path / "home", "--json").json["skipped"][0]["detail"]


@pytest.mark.parametrize(("name", "kind"), [("a.docx", "Word"), ("a.pdf", "PDF")])
def test_a_file_that_was_cut_off_is_told_to_be_fetched_again(name: str, kind: str, run: Run, tmp_path: Path) -> None:
    whole = docx(ARTICLE) if kind == "Word" else pdf([painted(ARTICLE)])
    file = write(tmp_path, name, whole[: len(whole) // 2])
    said = run("ingest", file, "--home", tmp_path / "home", "--lang", "ar").out
    assert f"ليس ملف {kind} كاملا: نزّله أو احفظه من جديد" in said
    said = run("ingest", file, "--home", tmp_path / "home", "--lang", "en").out
    assert f"not a whole {kind} file: fetch or save it again" in said


def test_what_was_skipped_is_told_in_arabic(run: Run, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "empty.txt").touch()
    (tmp_path / "articles" / "lines.jsonl").write_text('{"text": "سطر فيه كلمات."}\n[1]\n{"title": "x"}\n', "utf-8")
    (tmp_path / "articles" / "broken.txt").write_bytes("نص".encode() + b"\xff\xfe\x00" * 50)
    home = ("--home", tmp_path / "home")
    said = run("ingest", tmp_path / "articles", *home).out
    lines = [line for line in said.splitlines() if line.startswith("- ")]
    assert len(lines) == 4
    assert all(has_arabic(line) for line in lines)
    assert "the file" not in said
    assert [line for line in lines if "السطر 2" in line]
