"""Dates as newspapers write them, and what is no date."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import find_date, find_date_line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-07-21", "2015-07-21"),
        ("2015-07-21 02:51:35", "2015-07-21"),
        ("2015-07-21T02:51:35+03:00", "2015-07-21"),
        ("2015/7/1", "2015-07-01"),
        ("21/07/2015", "2015-07-21"),
        ("1.2.2020", "2020-02-01"),
        ("٢١/٠٧/٢٠١٥", "2015-07-21"),
        ("۲۰۱۵-۰۷-۲۱", "2015-07-21"),
        ("الأحد 5 مارس 2024", "2024-03-05"),
        ("الاثنين، ٥ آذار ٢٠٢٤م", "2024-03-05"),
        ("13 أيلول/سبتمبر 2022", "2022-09-13"),
        ("13 سبتمبر (أيلول) 2022", "2022-09-13"),
        ("13 ايلول - سبتمبر 2022", "2022-09-13"),
        ("1 كانون الثاني 2021", "2021-01-01"),
        ("31 كانون الأول/ديسمبر 2021", "2021-12-31"),
        ("9 تشرين الأول 1999", "1999-10-09"),
        ("9 تشرين الثاني 1999", "1999-11-09"),
        ("3 جانفي 2019", "2019-01-03"),
        ("3 أوت 2019", "2019-08-03"),
        ("3 غشت 2019", "2019-08-03"),
        ("18 يوليوز 2019", "2019-07-18"),
        ("18 دجنبر 2019", "2019-12-18"),
        ("4 يونيه من عام 2013", "2013-06-04"),
        ("الرابع، 4 مايو، 2013", "2013-05-04"),
        ("Tue, 21 Jul 2015 02:51:35 GMT", "2015-07-21"),
        ("September 13, 2022", "2022-09-13"),
        ("Sept. 13, 2022", "2022-09-13"),
        ("26 شوال 1436 هـ الموافق 11 أغسطس 2015 م", "2015-08-11"),
        ("نُشر في 29 فبراير 2024 وحُدّث في 1 مارس 2024", "2024-02-29"),
    ],
)
def test_finds(text: str, expected: str) -> None:
    assert find_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5 مارس",
        "مارس 2024",
        "عام 2024",
        "1436-10-05",
        "5 شوال 1436",
        "2023-02-29",
        "31 أبريل 2024",
        "07/21/2015",
        "21-07/2015",
        "12021-01-01",
        "13 أيلول/أكتوبر 2022",
        "1437443494",
        "هاتف 05/06/20155",
        "150 مارس 2024",
        "5 مارسيليا 2024",
    ],
)
def test_finds_nothing_where_day_month_or_year_is_missing_or_wrong(text: str) -> None:
    assert find_date(text) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("الأحد 5 مارس 2024", "2024-03-05"),
        ("الأحد، 5 مارس/آذار 2024 - 10:35 صباحاً", "2024-03-05"),
        ("نُشر في: 2024/03/05 الساعة 10:35 بتوقيت غرينتش", "2024-03-05"),
        ("آخر تحديث: 05-03-2024", "2024-03-05"),
        ("24 شعبان 1445 هـ الموافق 5 مارس 2024 م", "2024-03-05"),
        ("وُلد في 5 مارس 2024", None),
        ("الرياض 5 مارس 2024", None),
        ("لا رقم هنا", None),
        ("الأحد 5 مارس", None),
        ("5 مارس 2024 " * 20, None),
    ],
)
def test_a_date_line_says_nothing_else(line: str, expected: str | None) -> None:
    assert find_date_line(line) == expected


@given(st.text(max_size=60) | st.text("0123456789٠١٢-/. مارسآذار\n", max_size=40))
def test_any_text_gives_a_date_or_nothing(text: str) -> None:
    found = find_date(text)
    assert found is None or date.fromisoformat(found).isoformat() == found


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    assert find_date(f"قال {day:%d/%m/%Y} ثم") == find_date(day.isoformat()) == day.isoformat()
