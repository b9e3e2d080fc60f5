"""Everything bad that a folder may hold, what each gets, and that nothing stored before is lost.

The table in docs/bad-input.md is what `PLACED` and `PLAYED` say.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rag.articles.files import printable
from rag.articles.formats.bidi import paint
from rag.articles.read import read_articles
from rag.corpus import survey_paths
from rag.errors import PathNotFound, SourceConflict
from rag.index.status import load_sources, load_status, load_text
from rag.ingest import IngestReport, ingest
from rag.settings import Settings
from tests.articles.documents import ARTICLE, docx, overlapping, pdf
from tests.corpus import PAGES, settings_for, without_rights, write_pages

PAGE = "افتتاح المعرض\n\nافتتح الوزير المعرض أمس في المدينة."
CAFE = "مقهى القرية"
GOOD = "bridge.txt"
READ, PASSED_OVER = "read", "passed over"
_SPARSE_BYTES = 50 << 20


class Placed(NamedTuple):
    """Something bad that stands in a folder beside a good page."""

    what: str
    name: str
    """The file whose fate is told; other names stand in `make`."""
    make: Callable[[Path], object]
    gets: str
    """read, passed over, or the code of the reason for which it is skipped; of several, each."""


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content.encode(encoding))


def data(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def lines(*rows: object) -> Callable[[Path], object]:
    written = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    return text("\n".join(written))


def large(begin: bytes) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        path.write_bytes(begin)
        os.truncate(path, _SPARSE_BYTES)

    return make


def long_line(path: Path) -> None:
    good = json.dumps({"id": 1, "text": PAGE})
    path.write_text(json.dumps({"id": 0, "text": "خبر " * (3 << 20)}, ensure_ascii=False) + "\n" + good, "utf-8")


def nested_zips(path: Path) -> None:
    inner = docx(ARTICLE)
    for _ in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("inner.docx", inner)
        inner = out.getvalue()
    path.write_bytes(inner)


def locked_pdf(path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([[list("abc")]]))))
    writer.encrypt("secret")
    writer.write(path)


def set_from_left(path: Path) -> None:
    path.write_bytes(pdf([[[*paint(line.rstrip(".")), "."] for line in PAGE.splitlines() if line.endswith(".")]]))


def loop(path: Path) -> None:
    path.symlink_to(path.parent / "other-end.txt")
    (path.parent / "other-end.txt").symlink_to(path)
    (path.parent / "folder-loop").symlink_to(path.parent)


def leaving(path: Path) -> None:
    outside = path.parents[1] / "outside.txt"
    outside.write_text(PAGE, "utf-8")
    path.symlink_to(outside)


def without_permission(path: Path) -> None:
    path.write_text(PAGE, "utf-8")
    path.chmod(0)


PLACED = (
    Placed("an empty file", "empty.txt", data(b""), "empty"),
    Placed("nothing but white space", "blank.md", data(b" \n\xc2\xa0\n"), "empty"),
    Placed("a binary file named `.txt`", "binary.txt", data(bytes(range(256)) * 20), "binary"),
    Placed("a file without permission", "locked.txt", without_permission, "unreadable"),
    Placed("50 MB of text", "large.txt", large(PAGE.encode()), "too_large"),
    Placed("50 MB of HTML", "large.html", large(b"<html>"), "too_large"),
    Placed("broken UTF-8", "broken.txt", data(PAGE.encode()[:-20] + b"\xd9" + PAGE.encode()), "bad_encoding"),
    Placed(
        "UTF-8 and windows-1256 in one file",
        "mixed.txt",
        data(PAGE.encode() * 5 + CAFE.encode("cp1256")),
        "bad_encoding",
    ),
    Placed(
        "neither UTF-8, UTF-16, windows-1256 nor ISO-8859-6",
        "latin.txt",
        text("é à ü ö ä ñ ç " * 9, "latin-1"),
        "bad_encoding",
    ),
    Placed("windows-1256", "old.txt", text(PAGE, "cp1256"), READ),
    Placed("ISO-8859-6", "older.txt", text(PAGE, "iso-8859-6"), READ),
    Placed("UTF-16", "wide.txt", text(PAGE, "utf-16"), READ),
    Placed("a `.docx` of 45 kB that unpacks to gigabytes", "bomb.docx", data(overlapping(60)), "bomb"),
    Placed("zips in zips named `.docx`", "nested.docx", nested_zips, "broken"),
    Placed("a damaged `.docx`", "damaged.docx", data(docx(ARTICLE)[:-400]), "broken"),
    Placed("a broken PDF", "broken.pdf", data(b"%PDF-1.7\n1 0 obj\n<<"), "broken"),
    Placed("a PDF behind a password", "secret.pdf", locked_pdf, "encrypted"),
    Placed("a PDF whose Arabic is set from the left", "from-left.pdf", set_from_left, "visual_order"),
    Placed("a scanned PDF", "scanned.pdf", data(pdf([[], []], picture=True)), "scanned"),
    Placed("HTML without text", "menu.html", text('<html><body><img src="a.jpg"></body></html>'), "no_text"),
    Placed("JSONL with a line that is no JSON", "json.jsonl", lines({"id": 1, "text": PAGE}, "{"), "read, bad_json"),
    Placed(
        "JSONL with a line that is no object", "list.jsonl", lines([1], {"id": 1, "text": PAGE}), "read, bad_record"
    ),
    Placed("JSONL with a line without text", "less.jsonl", lines({"id": 0}, {"id": 1, "text": PAGE}), "read, no_text"),
    Placed(
        "JSONL with one id twice",
        "twice.jsonl",
        lines({"id": 1, "text": PAGE}, {"id": 1, "text": CAFE}),
        "read, duplicate_id",
    ),
    Placed("JSONL with a line of 12 MB", "long.jsonl", long_line, "read, too_large"),
    Placed(
        "JSONL with a line in another encoding",
        "tongues.jsonl",
        data(json.dumps({"id": 1, "text": PAGE}, ensure_ascii=False).encode() + b'\n{"text": "\xc7\xe1"}'),
        "read, bad_encoding",
    ),
    Placed("links in a circle", "loop.txt", loop, PASSED_OVER),
    Placed("a link that leaves the folder", "leaving.txt", leaving, PASSED_OVER),
    Placed("another kind of file", "picture.jpg", data(b"\xff\xd8\xff"), PASSED_OVER),
    Placed("a pipe", "pipe.txt", os.mkfifo, PASSED_OVER),
    Placed("a file with the name of one in another folder", "again/bridge.txt", text(PAGE), READ),
    Placed("a name with spaces", "two words.txt", text(PAGE), READ),
    Placed("a name in Arabic", "خبر اليوم.txt", text(PAGE), READ),
    Placed("a name with a newline", "two\nlines.txt", text(PAGE), READ),
    Placed("a name with control characters", "bell\x07\x1b[31m.txt", text(PAGE), READ),
    Placed("a name that is not UTF-8", os.fsdecode(b"\xff.txt"), text(PAGE), "unreadable"),
    Placed(
        "a name that may be that of an article in another file, `feed.jsonl#1.txt`",
        "json.jsonl#1.txt",
        text(PAGE),
        "unreadable",
    ),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home that has read a good page, and then the same folder with everything bad beside it."""
    return settings_for(tmp_path_factory.mktemp("bad") / "home")


@pytest.fixture(scope="module")
def report(settings: Settings) -> IngestReport:
    pages = settings.home.parent / "pages"
    write_pages(pages, {GOOD: PAGES[GOOD]})
    ingest([pages], settings)
    for placed in PLACED:
        path = pages / placed.name
        path.parent.mkdir(exist_ok=True)
        placed.make(path)
    with without_rights():
        return ingest([pages], settings)


def what_got(name: str, report: IngestReport, settings: Settings) -> str:
    """The fate of a file, in the words of the table."""
    name = printable(name)
    sources = [row.source for row in load_sources(settings)]
    got = [READ] if any(source == name or source.startswith(f"{name}#") for source in sources) else []
    got += [
        item.reason
        for item in report.skipped
        if item.source == name or item.source.startswith(f"{name}#") or item.source.endswith(f"/{name}")
    ]
    return ", ".join(got) or PASSED_OVER


@pytest.mark.parametrize("placed", PLACED, ids=lambda placed: placed.what)
def test_what_is_bad_gets_its_reason(placed: Placed, report: IngestReport, settings: Settings) -> None:
    assert what_got(placed.name, report, settings) == placed.gets


def test_the_good_page_beside_all_that_is_as_it_was(report: IngestReport, settings: Settings) -> None:
    assert report.num_unchanged == 1
    assert load_text(GOOD, settings) == PAGES[GOOD]


def test_all_of_it_again_changes_nothing(report: IngestReport, settings: Settings) -> None:
    with without_rights():
        again = ingest([settings.home.parent / "pages"], settings)
    assert (again.num_added, again.num_changed, again.num_removed) == (0, 0, 0)
    assert set(again.skipped) == set(report.skipped) == set(load_status(settings).skipped)


def home_with(pages: Path) -> Settings:
    settings = settings_for(pages.parent / "home")
    ingest([pages], settings)
    return settings


def an_empty_folder(pages: Path) -> None:
    settings = home_with(pages)
    (pages / GOOD).unlink()
    report = ingest([pages], settings)
    assert (report.num_kept, report.num_removed) == (1, 0)
    assert ingest([pages], settings, prune=True).num_removed == 1


def a_folder_that_was_never_there(pages: Path) -> None:
    with pytest.raises(PathNotFound):
        ingest([pages / "nowhere"], home_with(pages))


def a_folder_that_is_missing(pages: Path) -> None:
    settings = home_with(pages)
    away = pages.rename(pages.parent / "away")
    with pytest.raises(PathNotFound, match=f"isnad ingest {pages} --prune"):
        ingest([pages], settings)
    away.rename(pages)
    assert ingest([pages], settings).num_unchanged == 1


def a_folder_that_vanishes(pages: Path) -> None:
    write_pages(pages, {"sub/new.txt": PAGE})
    settings = home_with(pages)

    def vanishing(*arguments: Any, **options: Any) -> Any:
        survey = survey_paths(*arguments, **options)
        shutil.rmtree(pages)
        return survey

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.ingest.survey_paths", vanishing)
        report = ingest([pages], settings)
    assert {(item.source, item.reason) for item in report.skipped} == {
        (GOOD, "unreadable"),
        ("sub/new.txt", "unreadable"),
    }
    assert (report.num_kept, report.num_removed) == (2, 0)


def a_file_that_changes_while_it_is_read(pages: Path) -> None:
    file = pages / "feed.jsonl"
    rows = [json.dumps({"id": str(n), "text": f"خبر رقم {n} عن المدينة."}) for n in range(3)]
    file.write_text("\n".join(rows), "utf-8")
    settings = home_with(pages)
    file.write_text(rows[0], "utf-8")

    def grown(path: Path, *arguments: Any) -> Iterator[Any]:
        yield from read_articles(path, *arguments)
        if path == file:
            file.write_text("\n".join([rows[0], rows[2]]), "utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.reading.read_articles", grown)
        report = ingest([pages], settings)
    assert (report.num_kept, report.num_removed) == (2, 0)
    report = ingest([pages], settings)
    assert (report.num_kept, report.num_removed, report.num_articles) == (0, 1, 3)


def two_roots_with_one_relative_path(pages: Path) -> None:
    settings = home_with(pages)
    other = write_pages(pages.parent / "other", {GOOD: PAGE})
    with pytest.raises(SourceConflict, match="--name"):
        ingest([other], settings)
    assert ingest([other], settings, name="other").num_articles == 2


def a_folder_that_was_moved(pages: Path) -> None:
    settings = home_with(pages)
    moved = pages.rename(pages.parent / "moved")
    with pytest.raises(SourceConflict, match=f"isnad ingest {pages} --prune"):
        ingest([moved], settings)
    assert ingest([pages], settings, prune=True).num_articles == 0
    assert ingest([moved], settings).num_articles == 1


def a_folder_without_permission(pages: Path) -> None:
    write_pages(pages, {"sub/new.txt": PAGE})
    settings = home_with(pages)
    (pages / "sub").chmod(0)
    with without_rights():
        report = ingest([pages], settings)
    (pages / "sub").chmod(0o700)
    assert [item.reason for item in report.skipped][:1] == ["unreadable"]
    assert (report.num_articles, report.num_removed) == (2, 0)
    assert load_status(settings).skipped == report.skipped
    assert ingest([pages / GOOD], settings).skipped == ()
    assert load_status(settings).skipped == report.skipped
    assert ingest([pages / "sub"], settings).skipped == load_status(settings).skipped == ()


def an_emptied_folder_inside(pages: Path) -> None:
    write_pages(pages, {"sub/new.txt": PAGE})
    settings = home_with(pages)
    (pages / "sub" / "new.txt").unlink()
    report = ingest([pages], settings)
    assert (report.num_kept, report.num_removed) == (1, 0)
    assert ingest([pages], settings, prune=True).num_removed == 1


def a_missing_folder_inside(pages: Path) -> None:
    write_pages(pages, {"sub/new.txt": PAGE})
    settings = home_with(pages)
    shutil.rmtree(pages / "sub")
    assert ingest([pages], settings).num_removed == 1


def a_folder_that_may_not_be_entered(pages: Path) -> None:
    write_pages(pages, {"sub/new.txt": PAGE})
    settings = home_with(pages)
    (pages / "sub").chmod(0o444)
    with without_rights():
        report = ingest([pages], settings)
    (pages / "sub").chmod(0o700)
    assert [(item.source, item.reason) for item in report.skipped] == [(str(pages / "sub"), "unreadable")]
    assert (report.num_read, report.num_articles) == (1, 2)
    assert load_status(settings).skipped == report.skipped
    assert ingest([pages], settings).skipped == load_status(settings).skipped == ()


PLAYED = {
    "an empty folder": (an_empty_folder, "what was read from it is kept until `--prune`"),
    "a path where nothing is": (a_folder_that_was_never_there, "an error, exit code 1"),
    "a path where something was read and nothing is": (
        a_folder_that_is_missing,
        "an error that names `--prune`, exit code 1; what was read from it is kept",
    ),
    "a folder that vanishes while it is read": (a_folder_that_vanishes, "`unreadable`; what was read from it is kept"),
    "a folder without permission": (a_folder_without_permission, "`unreadable`; what was read from it is kept"),
    "a folder that may be listed and not entered": (
        a_folder_that_may_not_be_entered,
        "`unreadable`; what was read from it is kept",
    ),
    "an empty folder inside of the one that is read": (
        an_emptied_folder_inside,
        "what was read from it is kept until `--prune`",
    ),
    "a folder missing inside of the one that is read": (a_missing_folder_inside, "what was read from it goes"),
    "a file that changes while it is read": (
        a_file_that_changes_while_it_is_read,
        "read as it is then; what is missing is kept; the next ingest reads it again",
    ),
    "a folder that was moved": (
        a_folder_that_was_moved,
        "an error that names `--prune` with its old path, exit code 1; what was read from it is kept",
    ),
    "two folders with the same relative path": (
        two_roots_with_one_relative_path,
        "an error that names `--name`, exit code 1; with a name both are kept",
    ),
}


@pytest.mark.parametrize("what", PLAYED)
def test_what_happens_in_the_middle_loses_nothing(what: str, tmp_path: Path) -> None:
    pages = write_pages(tmp_path / "pages", {GOOD: PAGES[GOOD]})
    PLAYED[what][0](pages)
    stored = [row.source for row in load_sources(settings_for(tmp_path / "home"))]
    assert GOOD in stored or what == "an empty folder"


@pytest.mark.parametrize(
    ("name", "reason"), [("pipe.txt", "unreadable"), ("pipe.pdf", "unreadable"), ("pipe", "unsupported")]
)
def test_a_pipe_that_is_named_is_never_opened(tmp_path: Path, name: str, reason: str) -> None:
    os.mkfifo(tmp_path / name)  # opening it would wait for ever
    report = ingest([tmp_path / name], settings_for(tmp_path / "home"))
    assert [(item.source, item.reason) for item in report.skipped] == [(name, reason)]


def test_the_page_on_bad_input_says_what_happens(repository: Path) -> None:
    page = (repository / "docs" / "bad-input.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (.*?) \| (.*?) \|$", page, re.MULTILINE))
    told = {placed.what: gets_of(placed.gets) for placed in PLACED} | {what: gets for what, (_, gets) in PLAYED.items()}
    assert {what: gets for what, gets in rows.items() if not what.startswith(("-", "what stands"))} == told


def gets_of(gets: str) -> str:
    """The fate as the page writes it."""
    first, _, rest = gets.partition(", ")
    if gets in {READ, PASSED_OVER}:
        return gets
    return f"the rest is read; the line: `{rest}`" if rest else f"skipped: `{first}`"
