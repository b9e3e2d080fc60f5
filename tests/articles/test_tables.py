"""Tables of Word files and of pages: a row is a line, and each value stays under the head of its column."""

from __future__ import annotations

import pytest

from rag.articles.formats.docx import extract_docx
from tests.articles.documents import docx_of, run

LONG = "وقال الوزير إن الحركة على الطريق القديم ستتوقف حتى نهاية العام المقبل كما أعلن. " * 5


def cell(*paragraphs: str, look: str = "") -> str:
    return f"<w:tc><w:tcPr>{look}</w:tcPr>{''.join(f'<w:p>{run(text)}</w:p>' for text in paragraphs)}</w:tc>"


def lines_of(*rows: str) -> list[str]:
    return extract_docx(docx_of(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")).text.splitlines()


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (cell("جدة") + cell("") + cell("1,450"), "جدة | | 1,450"),
        (cell("جدة") + cell("900", "تقديري") + cell("1,450"), "جدة | 900 تقديري | 1,450"),
        (cell("جدة", look="<w:gridSpan w:val='2'/>") + cell("1,450"), "جدة | | 1,450"),
        ("<w:trPr><w:gridBefore w:val='1'/></w:trPr>" + cell("900") + cell("1,450"), "| 900 | 1,450"),
        (cell("جدة", look="<w:gridSpan w:val='٢0000000000'/>") + cell("1"), f"جدة |{' |' * 62} 1"),
        (cell("") + cell("") + cell(""), None),
    ],
    ids=["empty", "two paragraphs", "wide", "later", "absurd", "nothing"],
)
def test_a_value_of_a_word_file_stays_in_its_column(row: str, line: str | None) -> None:
    head = cell("الميناء") + cell("2023") + cell("2024")
    assert lines_of(head, row) == ["الميناء | 2023 | 2024", *([line] if line else [])]


def test_a_cell_that_holds_a_page_takes_its_row_apart_and_no_other() -> None:
    rows = (cell("مصر") + cell("10", LONG), cell("تونس") + cell("20"))
    assert lines_of(*rows) == ["مصر", "10", LONG.strip(), "تونس | 20"]
