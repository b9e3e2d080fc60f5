from __future__ import annotations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rag.text.number_words import NUMBER_WORDS
from rag.text.numbers import find_numbers
from tests.text.spelling import Style, spell
from tests.text.tables import Row, rows

OUT_OF_REACH = {"hard-04": 'without its marks the verb "he composed" is written like the number'}
DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
STYLES = st.builds(
    Style,
    hundred=st.sampled_from(["مئة", "مائة"]),
    is_oblique=st.booleans(),
    is_feminine=st.booleans(),
    is_apart=st.booleans(),
)
PARTICLES = st.sampled_from(["", "و", "ب", "ل", "بـ", "الـ", "وال"])
PIECES = st.sampled_from(
    [
        *NUMBER_WORDS,
        "و",
        "وال",
        "ب",
        "في المئة",
        "%",
        "كتاب",
        *"0123456789٣۴",
        ".",
        ",",
        "،",
        "٬",
        "٫",
        ":",
        "/",
        " ",
        " ",
        "\n",
        "ر",
        "A",
    ]
)


def values(text: str) -> list[int | float]:
    return [number.value for number in find_numbers(text)]


@pytest.mark.parametrize("case", rows("numbers", OUT_OF_REACH))
def test_case(case: Row) -> None:
    assert values(case["text"]) == case["values"]


@given(
    st.one_of(
        st.text(st.characters()),
        st.lists(PIECES, max_size=25).map("".join),
        st.lists(PIECES, max_size=12).map(" ".join),
    )
)
@example("9" * 5000)
@example("\ud800 ثلاثة")
@example("5%6")
def test_spans_are_slices_in_order(text: str) -> None:
    behind = 0
    for number in find_numbers(text):
        assert behind <= number.start < number.end
        assert text[number.start : number.end] == number.text
        assert number.value >= 0
        behind = number.end


@given(st.integers(0, 10**15), st.sampled_from(DIGITS), st.sampled_from(["", ",", "٬", "،", "\u00a0"]), PARTICLES)
def test_what_is_written_in_digits_is_found(value: int, digits: str, separator: str, particle: str) -> None:
    written = (f"{value:,}" if separator else str(value)).replace(",", separator)
    written = written.translate({ord(str(digit)): digits[digit] for digit in range(10)})
    (number,) = find_numbers(f"بلغ العدد {particle}{written} شخصا.")
    assert (number.value, number.text) == (value, written)


@given(st.integers(0, 10**6), st.integers(0, 99), st.sampled_from(DIGITS), st.sampled_from([".", "٫", ","]))
def test_decimals_are_found(whole: int, hundredths: int, digits: str, mark: str) -> None:
    written = f"{whole}{mark}{hundredths:02}".translate({ord(str(digit)): digits[digit] for digit in range(10)})
    (number,) = find_numbers(f"السعر {written} دينار")
    assert number.value == pytest.approx(whole + hundredths / 100)


@given(st.integers(0, 9_999_999), STYLES, st.sampled_from(["", "و", "ب", "ل"]))
@example(0, Style(), "")
@example(1_002_011, Style(is_oblique=True), "و")
def test_what_is_spelled_is_found(value: int, style: Style, particle: str) -> None:
    spelled = spell(value, style)
    assume(f"{particle}{spelled}".split()[0] != "لست")  # reads "I am not"
    (number,) = find_numbers(f"شارك {particle}{spelled} شخص في السباق")
    assert (number.value, number.text) == (value, spelled)


def test_every_small_number_is_found_spelled() -> None:
    small = range(1100)
    assert [values(spell(value, Style())) for value in small] == [[value] for value in small]


@pytest.mark.parametrize(
    ("text", "value", "quoted"),
    [
        ("بنسبة 12.5% هذا العام", 12.5, "12.5%"),
        ("بنسبة ٪٣٠ هذا العام", 30, "٪٣٠"),
        ("ارتفع ثلاثين بالمائة", 30, "ثلاثين بالمائة"),
        ("نحو 40 في المئة من السكان", 40, "40 في المئة"),
    ],
)
def test_a_percentage_says_so_and_holds_its_sign(text: str, value: float, quoted: str) -> None:
    (number,) = find_numbers(text)
    assert (number.value, number.text, number.is_percent) == (value, quoted, True)


def test_a_number_is_no_percentage() -> None:
    assert not find_numbers("حضر 40 في القاعة")[0].is_percent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5ر6 ملايين", [6_500_000]),
        ("«230» ألف متر", [230_000]),
        ("1.500 شخص", [1500]),
        ("1.500 مليون", [1_500_000]),
        ("سهم بسعر 2.345", [2.345]),
        ("مئة واحد عشر", [111]),
        ("في الخامسة عشرة من عمره", []),
        ("الحادي والعشرين من مايو", []),
        ("فاز 3-صفر", [3, 0]),
        ("5 صفر 1445", [5, 1445]),
        ("يوم الأحد عشرة قتلى", [10]),
        ("لست هنا", []),
        ("ميتين", []),
        ("G20 وMP4 و4K", []),
        ("طولها 10km", [10]),
        ("ثلاثة أرباع المليون", [750_000]),
        ("خمسة ونصف مليون", [5_500_000]),
        ("ألف وخمسمئة مليون", [1_500_000_000]),
        ("ثلاثة وأربعين فاصلة ثمانية", [43.8]),
        ("ألف\nومئة", [1000, 100]),
    ],
)
def test_what_newspapers_write(text: str, expected: list[float]) -> None:
    assert values(text) == expected
