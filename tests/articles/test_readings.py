"""Lines with Latin words and numbers, painted and read: what comes out is the line, or is called unproven."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.formats.bidi import paint
from rag.articles.formats.readings import LONGEST, read_line, readings

_WORDS = "قال الوزير إن الشركة باعت نحو في عام من إلى على أمس طائرة بقيمة دولار مليون شخص بنسبة وسجلت هاتف بسعر وزن"
_NAMES = "Boeing Google iPhone USD kg F-16 COVID-19 H1N1 A320neo S&P WHO info@news.ae 992@news.ae www.news.ae/p?id=12"
_NUMBERS = "15 2024 3.5% 12,450 3-1 10:30 05/03/2024 -2.5% $4.5 +1.3% 2019-2024 38° ١٢٫٥٪ ٣-١ ٢٠٢٤ 15.000$ 1."
_SHAPES = ("{}", "{}", "{}", "({})", "«{}»", "[{}]", '"{}"', "{}،", "{}:", "و{}", "- {}", "({} {})", "{} {}", "{} ({})")

_word = st.sampled_from(_WORDS.split())
_foreign = st.sampled_from([*_NAMES.split(), *_NUMBERS.split(), "Real Madrid"])
_shaped = st.tuples(st.sampled_from(_SHAPES), _foreign, _foreign).map(lambda one: one[0].format(one[1], one[2]))
_line = st.lists(_word | _shaped, min_size=1, max_size=9).map(" ".join)
_kind = st.sampled_from(["R", "AL", "L"])


@given(line=_line, before=_kind, others=st.lists(_kind), behind=st.sampled_from("RL"))
def test_a_line_is_read_as_it_was_written_or_called_unproven(
    line: str, before: str, others: list[str], behind: str
) -> None:
    painted = paint(line, before=before, behind=behind)
    text, is_proven = read_line(painted, before=[*others, before], cut=behind == "L")
    assert not is_proven or text == line


@given(line=st.text("اA12 -%.()[٢", max_size=12), before=_kind)
def test_the_line_itself_is_among_its_readings(line: str, before: str) -> None:
    found = readings(paint(line, before=before), before=before)
    assert found is None or line in found


@pytest.mark.parametrize(
    "line",
    [
        "وبلغ وزن الشحنة 15 kg فقط",
        "فاز 2-1 Real Madrid على ضيفه",
        "وارتفع خام Brent 3.5% أمس",
        "انخفض السهم -2.5% Google أمس",
        "وسجلت شركة Boeing، 15 طلبا",
        "وبلغ السعر 82.4 (USD) للبرميل",
        "اشترت الدولة 12 F-16 هذا العام",
        "باع المتجر 3 iPhone 15 أمس",
        "وارتفع سهم Apple (3.5%) أمس",
        "15 kg, 2024 Google, 3 iPhone 15",
    ],
)
def test_a_number_beside_a_latin_word_is_read_right_or_not_at_all(line: str) -> None:
    text, is_proven = read_line(paint(line))
    assert not is_proven or text == line


@pytest.mark.parametrize(
    "line",
    [
        "تناول المريض 20 قرصا من Aspirin أمس",
        "بلغ عدد إصابات COVID-19 نحو 1,250 حالة بنسبة 3.5%",
        "أقلعت طائرة F-16 من قاعدة (Al-Udeid) عند 10:30",
        "للتواصل: 992@news.ae أو www.news.ae/p?id=12 للتفاصيل",
        "50% من السكان و30% من الزوار (38.5°)",
        "$4.5 مليار قيمة الصفقة",
        "+1.3% في يوم واحد",
    ],
)
def test_what_can_be_written_in_one_way_alone_is_proven(line: str) -> None:
    assert read_line(paint(line)) == (line, True)


@pytest.mark.parametrize(("painted", "line"), [("kg 15", ""), ("Real Madrid", "Real Madrid"), ("Inc.", "Inc.")])
def test_a_line_without_arabic_may_go_on_with_a_paragraph_of_arabic(painted: str, line: str) -> None:
    assert read_line(painted, before=["AL", "R"], is_latin=True)[1] == bool(line)
    assert not line or read_line(painted, before=["AL", "R"], is_latin=True)[0] == line


@pytest.mark.parametrize("unit", ["1,,", "#", "+", "(1)", "1-A ", "٣1,", "$1%"])
def test_a_line_of_nothing_but_signs_takes_no_time(unit: str) -> None:
    """Which a page of a hostile file may be full of: ten thousand of them are to be read within a few seconds."""
    painted = (unit * LONGEST)[:LONGEST]
    read_line(painted, before=["AL", "R", "L"], cut=True)
    assert not read_line(painted + "اا")[1]
