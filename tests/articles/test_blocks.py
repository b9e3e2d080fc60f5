"""Lines of a page that stand by themselves: none runs into the next, none is lost, and none is of another article."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import html

from rag.articles.formats.html import extract_html
from tests.articles.documents import ARTICLE

TITLE, _, _, FIRST, SECOND = ARTICLE
LONG = "وقال الوزير إن الحركة على الطريق القديم ستتوقف حتى نهاية العام المقبل كما أعلن. " * 5
ELSEWHERE = "<a href='/2'>مقتل 99 شخصا في انهيار جسر آخر</a>"


def lines_of(content: str) -> list[str]:
    """What stands between the first and the last paragraph of an article with this content there."""
    page = (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{TITLE}</title></head><body>"
        "<nav><ul><li><a href='/'>الرئيسية</a></li></ul></nav>"
        f"<article><h1>{TITLE}</h1><div>{content}</div></article><footer><p>حقوق محفوظة</p></footer></body></html>"
    )
    lines = extract_html(page.encode()).text.splitlines()
    assert (lines[:2], lines[-1]) == ([TITLE, FIRST], SECOND)
    return lines[2:-1]


def between(content: str) -> list[str]:
    return lines_of(f"<p>{FIRST}</p>{content}<p>{SECOND}</p>")


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("<div>بلغ العدد 20<div>2024 كان جيدا</div>بقية 15<div>77</div>88 عنصرا</div>", 5),
        ("<div>بلغ العدد 20<section>2024 كان جيدا</section>بقية</div>", 3),
        ("<div>بلغ <b>العدد 20</b><h3>2024 كان جيدا</h3></div>", 2),
        ("<p>بلغ العدد <span style='display:block'>20</span><span style='display: block'>2024</span></p>", 3),
        ("<p><b><span style='display:flex'>20</span></b><span style='display:block'>2024</span></p>", 2),
        ("<div><span>العدد 20</span><div>2024 كان جيدا</div>15</div>", 3),
        ("<div>بلغ العدد 20<br>2024 كان جيدا</div>", 2),
        ("<pre>20<div>2024</div></pre>", 2),
    ],
)
def test_what_stands_on_lines_of_its_own_runs_into_no_other(content: str, lines: int) -> None:
    found = between(content)
    assert len(found) == lines
    assert not any("202024" in line or "1577" in line or "7788" in line for line in found)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("<ul><li>بند 10<div>20 تتمة</div>30</li></ul>", "- بند 10 20 تتمة 30"),
        ("<ul><li><span style='display:block'>10</span><span style='display:block'>20</span></li></ul>", "- 10 20"),
        ("<dl><dd>20<div>30</div></dd></dl>", "- 20 30"),
        ("<table><tr><td>10<div>20</div>30</td><td><p>1</p>2<p>3</p></td></tr></table>", "10 20 30 | 1 2 3"),
        ("<table><tr><td>5<ul><li>أ 10</li><li>ب 20</li></ul></td><td>7</td></tr></table>", "5 أ 10 ب 20 | 7"),
        ("<table><tr><td></td><td>7</td><td>8</td></tr></table>", "| 7 | 8"),
    ],
)
def test_an_item_or_a_row_is_one_line_whatever_stands_in_it(content: str, line: str) -> None:
    assert between(content) == [line]


@pytest.mark.parametrize(
    "content",
    [
        "<p>وقال المتحدث إن العدد 5. <a href='/x'><img style='display:block;margin:0 auto' src=y></a></p>",
        "<p>قال <a style='display:block' href='/x'>الوزير</a> كلاما 4</p>",
        "<p>قال <a href='/x'><div>الوزير</div></a> كلاما 4</p>",
    ],
)
def test_a_short_paragraph_that_holds_a_link_and_a_block_is_no_menu(content: str) -> None:
    assert re.search("[45]", " ".join(between(content)))


@pytest.mark.parametrize("second", ["<div>{0}</div>", "سطر<br>{0}", "{0}<figure><img src='a'></figure>بقية"])
def test_an_article_of_divisions_is_read_whole(second: str) -> None:
    found = lines_of(f"<div>{FIRST}</div><div>{second.format(LONG)}</div><div>{SECOND}</div>")
    assert LONG.strip() in found


def test_what_is_short_beside_a_text_may_be_the_name_of_the_site() -> None:
    site = "<div>بوابة الجسر الإخبارية</div>"
    assert extract_html(f"<body><div>{site}<div>{FIRST}<br>{SECOND}</div>{site}</div>".encode()).text.splitlines() == [
        FIRST,
        SECOND,
    ]


def test_a_cell_that_holds_a_page_takes_its_row_apart_and_no_other() -> None:
    head = "<tr><th>البلد</th><th>العدد</th><th>ملاحظات</th></tr>"
    rows = f"<tr><td>مصر</td><td>10</td><td>{LONG}</td></tr><tr><td>تونس</td><td>20</td><td><ul><li>لا</ul></td></tr>"
    expected = ["البلد | العدد | ملاحظات", "مصر", "10", LONG.strip(), "تونس | 20 | لا"]
    assert between(f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>") == expected


def test_no_row_is_taken_from_a_cell_that_reaches_down_into_it() -> None:
    rows = f"<tr><td rowspan=2>مصر</td><td>2023</td></tr><tr><td>2024</td></tr><tr><td>{LONG}</td><td>20</td></tr>"
    assert between(f"<table>{rows}</table>") == ["مصر", "2023", "2024", LONG.strip(), "20"]


@pytest.mark.parametrize(
    "teaser",
    [
        f"<p>اقرأ أيضا: {ELSEWHERE}</p>",
        f"<p>طالع أيضا: {ELSEWHERE}</p>",
        f"<p><strong>إقرأ أيضًا:</strong> {ELSEWHERE}، {ELSEWHERE}</p>",
        "<p><a href='/2'>اقرأ المزيد: مقتل 99 شخصا</a></p>",
        f"<ul><li>شاهد أيضا {ELSEWHERE}</li></ul>",
        f"<div>مواضيع ذات صلة<ul><li>{ELSEWHERE}</li><li>{ELSEWHERE}</li></ul></div>",
    ],
)
def test_a_link_to_another_article_is_no_part_of_this_one(teaser: str) -> None:
    assert between(teaser) == []


def test_nor_is_it_on_a_line_of_a_paragraph() -> None:
    lines = f"سطر أول 5<br>اقرأ أيضا: {ELSEWHERE}<br><b>شاهد أيضا</b> {ELSEWHERE}<br>سطر <b>ثان</b> 6"
    assert between(f"<div>{lines}</div>") == ["سطر أول 5", "سطر ثان 6"]


@pytest.mark.parametrize("text", ["اقرأ أيضا ما كتبه <a>الوزير</a> أمس.", "<a>الجسر</a> ذات صلة", "اقرأ أيضا: الجسر"])
def test_a_sentence_that_begins_like_a_teaser_is_kept(text: str) -> None:
    assert between(f"<p>{text}</p>") == [text.replace("<a>", "").replace("</a>", "")]


_NUMBER = st.integers(100, 999).map(str)
_FRAMES = (
    *("<div>{}</div>", "<p>{}</p>", "<section>{}</section>", "<h3>{}</h3>", "<ul><li>{}</li></ul>", "<b>{}</b>"),
    *("<table><tr><td>{}</td><td>7</td></tr></table>", "<span style='display:block'>{}</span>", "{}<br>{}"),
)
_PARTS = st.recursive(
    _NUMBER,
    lambda inner: st.lists(
        inner | st.builds(lambda frame, part: frame.replace("{}", part), st.sampled_from(_FRAMES), inner),
        min_size=1,
        max_size=3,
    ).map("".join),
    max_leaves=8,
)


def words_of(element: Any) -> str:
    """What a browser shows of an element, with white space round all that stands on lines of its own."""
    apart = "" if element.tag in {"b", "span"} and "style" not in element.attrib else " "
    inner = "".join(words_of(child) + (child.tail or "") for child in element)
    return f"{apart}{element.text or ''}{inner}{apart}"


@given(content=_PARTS)
@hypothesis_settings(max_examples=200)
def test_no_number_runs_into_another_however_blocks_are_nested(content: str) -> None:
    page = f"<html><body><article><p>{FIRST}</p><div>{content}</div><p>{SECOND}</p></article></body></html>"
    shown = words_of(html.document_fromstring(page)).split()
    for number in re.findall(r"\d+", extract_html(page.encode()).text):
        assert any(number in word for word in shown)
