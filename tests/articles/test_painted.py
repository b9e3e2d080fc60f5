"""Lines of a PDF that are read well word by word and not in the order of the page: left out, or the file refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from rag.articles.formats.bidi import MIRRORED, paint
from rag.articles.formats.extracted import RefusedError
from rag.articles.formats.pdf import extract_pdf
from tests.articles.documents import ARTICLE, painted, pdf

KNOWN = list(ARTICLE) * 3
SET_FROM_LEFT = (
    "وأضاف أن شركة Boeing سلمت طائرات من طراز جديد للشركة الوطنية في",
    "العام الماضي، بموجب عقد مع شركة Airbus الأوروبية ومقرها.",
)


def from_left(line: str) -> list[str]:
    """The line of a paragraph that is set from left to right: Arabic is turned in it phrase by phrase."""
    parts = re.split(r"( ?[A-Za-z]+ ?|[.]$)", line)
    return list("".join(part if at % 2 else paint(part) for at, part in enumerate(parts)))


def test_a_pdf_of_arabic_that_is_set_from_the_left_is_refused() -> None:
    lines = [from_left(line) for line in ("أعلنت الحكومة خطة جديدة في المحافظات كافة.", *SET_FROM_LEFT)]
    with pytest.raises(RefusedError) as refused:
        extract_pdf(pdf([lines]))
    assert refused.value.reason == "visual_order"


def test_one_paragraph_that_is_set_from_the_left_is_left_out() -> None:
    lines = [*painted(KNOWN), *(from_left(line) for line in SET_FROM_LEFT), *painted(KNOWN)]
    assert extract_pdf(pdf([lines])).text.splitlines() == [*KNOWN, *KNOWN]


def test_columns_that_are_painted_row_by_row_are_left_out() -> None:
    rows = [
        ("وقالت وزارة النقل إن الجسر", "من جهة أخرى أعلنت البلدية"),
        ("الجديد سيفتح قبل نهاية العام", "إغلاق السوق القديم أمام الزوار"),
        ("أمام المركبات كلها بلا رسوم.", "ثلاثة أيام لأعمال الصيانة."),
    ]
    cells, places = in_cells(rows)
    assert extract_pdf(pdf([[*painted(KNOWN), *cells]], places=places)).text.splitlines() == KNOWN


def test_a_row_without_a_number_that_others_have_is_left_out() -> None:
    rows = [("الدولة", "2022", "2023"), ("مصر", "", "110"), ("تونس", "12", "13")]
    cells, places = in_cells(rows)
    assert "110" not in extract_pdf(pdf([[*painted(KNOWN), *cells]], places=places)).text
    whole = [("الدولة", "2022", "2023"), ("مصر", "105", "110"), ("تونس", "12", "13")]
    cells, places = in_cells(whole)
    text = extract_pdf(pdf([[*painted(KNOWN), *cells]], places=places)).text
    assert text.splitlines()[-3:] == ["الدولة 2022 2023", "مصر 105 110", "تونس 12 13"]


def test_what_nobody_sees_of_a_page_is_not_read() -> None:
    lines = painted([*ARTICLE, "استقال الوزير سرا أمس."])
    places = [f"50 {780 - 20 * at}" for at in range(len(lines))]
    for place in (f"{places[-1]} Tm 3 Tr 1 0 0 1 {places[-1]}", "700 300", "50 900"):
        unseen = pdf([lines], places=[*places[:-1], place], picture=True)
        assert extract_pdf(unseen).text.splitlines() == list(ARTICLE)


def test_the_unseen_words_of_a_scanned_page_are_read() -> None:
    """A program that reads pictures paints them so, over the picture."""
    lines = painted(ARTICLE)
    places = [f"50 {780 - 20 * at} Tm 3 Tr 1 0 0 1 50 {780 - 20 * at}" for at in range(len(lines))]
    assert extract_pdf(pdf([lines], places=places, picture=True)).text.splitlines() == list(ARTICLE)
    with pytest.raises(RefusedError) as refused:
        extract_pdf(pdf([lines], places=places))
    assert refused.value.reason == "no_text"


@pytest.mark.parametrize("meant", ["«»", "()", "«»()", ""])
def test_brackets_face_what_they_hold_whichever_a_file_names_as_they_are_meant(meant: str) -> None:
    """Chromium names so the quotation marks of Amiri alone, LibreOffice all brackets that stand in Arabic."""
    lines = [
        "قال «الوزير» إن الجسر (الجديد) سيفتح.",
        "وردت «الوكالة» بأن شركة News (UK) Ltd (البريطانية) وافقت.",
        "وبلغ السعر 82.4 (USD) للبرميل.",
    ]
    mirrored = {sign: sign if chr(sign) in meant else other for sign, other in MIRRORED.items()}
    shown = [list(paint(line, mirrored=mirrored)) for line in lines]
    assert extract_pdf(pdf([shown])).text.splitlines() == lines


def test_no_part_of_a_line_without_an_order_is_taken() -> None:
    """A full stop may stand inside of what stands between two spaces."""
    unclear = painted(["بعد ذلك سلمت الشركة 15 Boeing أمس.وزنها", "كبير جدا."])
    text = extract_pdf(pdf([[*painted(KNOWN), *unclear, *painted(KNOWN)]])).text
    assert "Boeing" not in text
    assert "وزنها" not in text


def in_cells(rows: Sequence[tuple[str, ...]]) -> tuple[list[list[str]], list[str]]:
    """The cells of rows that stand below `KNOWN`, and the places of it all."""
    first = len(painted(KNOWN))
    places = [f"50 {790 - 15 * at}" for at in range(first)]
    cells: list[list[str]] = []
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell:
                cells.append(list(paint(cell)))
                places.append(f"{500 - 240 * column} {790 - 15 * (first + at)}")
    return cells, places
