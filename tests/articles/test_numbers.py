"""Numbers, dates and names in a PDF: read as they stand on the page, or left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.articles.formats.bidi import paint
from rag.articles.formats.extracted import RefusedError
from rag.articles.formats.pdf import extract_pdf
from rag.articles.formats.readings import read_line
from tests.articles.documents import ARTICLE, painted, pdf

NUMBERS = (
    *("يوم ١٢/٠٥/٢٠٢٤ مساء", "الساعة ١٦:٠٠ تماما", "نسبة ١٥٫٥٪ تقريبا", "مبلغ ١٬٢٥٠٬٠٠٠ ليرة", "نتيجة ٣-١ للضيوف"),
    *("بين ١٩٩٠-٢٠٠٠ فقط", "نتيجة 3-1 للضيوف", "بين 1990-2000 فقط", "يوم 2024-05-12 مساء"),
    *("هاتف +963 11 555 1234 مباشر", "درجة -5 مئوية", "درجة −٥ مئوية", "المادة 12/أ من القانون"),
    *("طراز F-16 الأميركية", "فيروس كوفيد-19 الجديد", "مجموعة G20 وشركة Apple Inc. الأميركية", "سعر $45.5 للبرميل"),
    *("نسبة 7% و8% معا", "قرار 1701/2006 الأممي", "من 5 إلى 10 أيام", "(15) شخصا و[3] أطفال"),
    *("عام 1445هـ/2024م الحالي", "الساعة 4:30-5:30 مساء", "البند 3.2.1 منه", "ارتفع 2.5 % أمس"),
    *("موقع www.example.com/a-b الإلكتروني", "بريد info@news.ae للمراسلة", "لا لأن الله والآن فإلى الأئمة"),
    *("تغريدة @user #وسم_عام جديد", '«اقتباس» "آخر" (قوس) [معقوف]', "خسارة -2.5% في -12 يوما", "5×7 و3+4=7"),
    *("من 100,000-150,000 دولار", 'فيلم "The 400 Blows" الفرنسي'),
    *("فوز 2-0 ثم 3-1 ثم 4-4", "٢٠٢٤-٠٥-١٢ و١٢-٠٥-٢٠٢٤", "صفحة 12–15 وصفحة ٢٠–٣٠", "(2-1) ثم (0-3)"),
    *("بنسبة 15.5% من الميزانية", "في آب/أغسطس 1954"),
)
LONG = "وقال المصدر في بيان نشره أمس على موقعه الرسمي {} بحسب ما أوردته الوكالة."
FILLED = "وبلغ عدد الحاضرين في القاعة الكبيرة بحسب تقدير اللجنة المنظمة نحو"


def read(lines: list[str], *, before: str = "AL") -> list[str]:
    """What is read of lines that are painted as they stand here, each after a letter of the kind `before`."""
    return extract_pdf(pdf([[list(paint(line, before=before)) for line in lines]])).text.splitlines()


def test_numbers_of_a_page_that_a_browser_printed() -> None:
    """Made with Chromium's --print-to-pdf, in short lines and in narrow paragraphs; the fonts are taken out of it."""
    printed = (Path(__file__).parent / "cases" / "numbers.pdf").read_bytes()
    text = " ".join(extract_pdf(printed).text.split())
    assert [one for one in NUMBERS if f"قال المصدر {one}." not in text] == []
    assert [one for one in NUMBERS if LONG.format(one) not in text] == []
    assert "737" not in text  # "Boeing 737-800" and "800-737 Boeing" look alike


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("737-800 الأميركية", "L"),
        ("5×7 سنتمترات", "AL"),
        ("3-1 لصالح الضيوف", "AL"),
        ("3-1 لصالح الضيوف", "R"),
        ("150,000-100,000", "AL"),
    ],
)
def test_a_line_is_read_by_what_stands_before_it(line: str, before: str) -> None:
    assert read_line(paint(line, before=before), before=[before]) == (line, True)


def test_a_name_that_goes_on_in_the_next_line() -> None:
    assert read_line(paint("شركة Coca-", behind="L"), cut=True) == ("شركة Coca-", True)
    lines = [list(paint(f"{FILLED} Coca-", behind="L")), list(paint("Cola وحدها.", before="L"))]
    assert extract_pdf(pdf([lines])).text == f"{FILLED} Coca- Cola وحدها."


def test_a_number_at_the_beginning_of_a_line_is_read_as_part_of_its_sentence() -> None:
    assert read([FILLED, FILLED, "100,000 شخص، أي 7%."]) == [f"{FILLED} {FILLED} 100,000 شخص، أي 7%."]


def test_two_numbers_at_the_beginning_of_a_line_are_left_out() -> None:
    """WeasyPrint paints each line as if nothing stood above it, others as part of its paragraph: 3-1 or 1-3."""
    for before in ("AL", "R"):
        lines = [*painted([*ARTICLE * 3, FILLED]), list(paint("3-1 لصالح الضيوف.", before=before))]
        assert extract_pdf(pdf([lines])).text.splitlines() == [*ARTICLE * 3]


def test_a_date_below_a_title_is_read_as_it_stands() -> None:
    lines = painted([FILLED])[:1] + [list(line) for line in ("2024-09-05", *map("".join, painted(ARTICLE)))]
    assert "2024-09-05" in extract_pdf(pdf([lines])).text


def test_a_score_below_a_title_may_be_another_paragraph() -> None:
    title, score = "فاز الأهلي على الزمالك في المباراة النهائية", "3-1 انتهت المباراة في القاهرة أمس."
    lines = [list(paint(title)), list(paint(score)), *painted(list(ARTICLE))]
    text = extract_pdf(pdf([lines])).text
    assert "1-3" not in text
    assert ARTICLE[3] in text


def test_what_may_be_read_in_two_ways_is_left_out() -> None:
    """Behind a full stop a line may begin a paragraph or go on with one: 3-1 or 1-3."""
    known = [*ARTICLE * 3, "ووصل الفريقان إلى الملعب الكبير أمس. وخرج الجمهور بعد ساعة."]
    lines = [*painted(known), list(paint("3-1 انتهت المباراة. وغادر الجميع.", before="AL"))]
    assert extract_pdf(pdf([lines])).text.splitlines() == known


@pytest.mark.parametrize("number", ["537-12-34", "3-1"])
def test_a_number_in_a_line_that_is_filled_up_is_no_cell(number: str) -> None:
    """White as wide as between cells stands in front of it."""
    lines = painted([*ARTICLE * 3])
    places = [f"50 {790 - 20 * at}" for at in range(len(lines))]
    parts = [list(paint("ويرد المكتب على الرقم")), list(paint(f"{number}، صباحا.", before="AL"))]
    text = extract_pdf(pdf([[*lines, *parts]], places=[*places, "300 30", "100 30"])).text
    assert text.splitlines() == [*ARTICLE * 3]


def test_a_file_most_of_whose_numbers_stand_in_no_order_is_refused() -> None:
    lines = ["من 5 .إلى 10 a,12 ,b", "12 a,5 .ب 7 c.", ARTICLE[3]]
    with pytest.raises(RefusedError) as refused:
        extract_pdf(pdf([[list(line) for line in lines[:2]] + painted(lines[2:])]))
    assert refused.value.reason == "visual_order"


def test_the_dates_of_an_english_pdf_with_arabic_in_it() -> None:
    lines = ["The bridge, called in Arabic the bridge of ٢٠٢٤ ويام ١٢ or ويام 12 موي, opened.", "It is long."]
    text = extract_pdf(pdf([[list(line) for line in lines]])).text
    assert text.splitlines()[0] == "The bridge, called in Arabic the bridge of ١٢ مايو ٢٠٢٤ or يوم 12 مايو, opened."


def test_the_tops_of_the_next_page_are_no_text() -> None:
    """As Chromium paints and cuts off at the foot of a page."""
    first, second = painted([FILLED, "أ"]), painted(["مئتي شخص."])
    assert extract_pdf(pdf([first, second])).text.split() == f"{FILLED} مئتي شخص.".split()
