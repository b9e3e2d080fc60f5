"""Cleaning: what a page says about itself is found, the body is selected and never rewritten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles.clean import MAX_TITLE_CUT, clean
from rag.articles.header import is_byline
from rag.articles.raw import RawArticle, Skipped
from rag.schema import Article

TITLE = "افتتاح الجسر الجديد فوق النهر"
BODY = "افتتحت البلدية الجسر صباح أمس.\n\nوحضر الافتتاح مئات السكان، وأُغلق الطريق القديم."


def _raw(text: str, **metadata: str | None) -> RawArticle:
    title, outlet, date, url, author = map(metadata.get, ("title", "outlet", "date", "url", "author"))
    return RawArticle("a.txt", text, title, outlet, date, url, author, encoding="utf-8", digest="")


def _clean(text: str, **metadata: str | None) -> Article:
    article = clean(_raw(text, **metadata))
    assert isinstance(article, Article)
    assert article.text == text
    return article


def _body(article: Article) -> list[str]:
    return [article.text[start:end] for start, end in article.body]


def test_a_short_first_line_is_the_title_and_part_of_the_body() -> None:
    article = _clean(f"\n {TITLE} \n\n{BODY}\n")
    assert article.title == TITLE
    assert _body(article) == [f"{TITLE} \n\n{BODY}"]


@pytest.mark.parametrize("length", [150, 151])
def test_a_long_first_line_is_no_title(length: int) -> None:
    first = ("كلمة " * 40)[: length - 1] + "ة"
    article = _clean(f"{first}\n{BODY}")
    if length <= 150:
        assert article.title == first
    else:
        assert first.startswith(article.title)
        assert len(article.title) <= MAX_TITLE_CUT
        assert first[len(article.title)] == " "


def test_a_text_of_one_line_is_called_after_its_first_sentence() -> None:
    article = _clean("أُغلق الطريق القديم. وافتُتح الجسر بعد ساعة من ذلك.")
    assert article.title == "أُغلق الطريق القديم."
    assert _body(article) == [article.text]


def test_metadata_win_over_the_text() -> None:
    article = _clean(
        f"{TITLE}\nالتاريخ: 2020-01-01\n{BODY}\nالمصدر: صحيفة النهر",
        title="عنوان آخر",
        outlet="الجسر",
        date="2021-02-03",
        url="u",
        author="ليلى",
    )
    assert (article.title, article.outlet, article.date) == ("عنوان آخر", "الجسر", "2021-02-03")
    assert (article.url, article.author) == ("u", "ليلى")


@pytest.mark.parametrize(
    "head",
    [
        f"{TITLE}\n\n",
        f"{TITLE}\n\nليلى سالم\nأخبار\n",
        f"{TITLE}\n• {TITLE}\n",
        f"{TITLE}\n{TITLE}\n\n",
    ],
)
def test_a_title_that_comes_twice_is_kept_once(head: str) -> None:
    article = _clean(f"{head}{TITLE}\n\n{BODY}")
    assert article.title == TITLE
    assert _body(article) == [f"{TITLE}\n\n{BODY}"]


@pytest.mark.parametrize("again", [f"  • {TITLE}\n", f"{TITLE}\n\n{TITLE}\n"])
def test_a_title_that_comes_again_under_the_summary_is_left_out(again: str) -> None:
    summary = "البلدية تقول إن العمل في الجسر استمر عامين كاملين، وإن كلفته بلغت خمسة ملايين دينار."
    article = _clean(f"{TITLE}\n\n{summary}\n{again}\n{BODY}")
    assert _body(article) == [f"{TITLE}\n\n{summary}", BODY]


def test_a_line_that_merely_holds_the_metadata_title_stays() -> None:
    text = f"يا جسر\nعدنا إليك\n{TITLE}\nعدنا إليك\n{TITLE}\nعدنا"
    assert _body(_clean(text, title=TITLE)) == [text]


@pytest.mark.parametrize(
    ("head", "outlet", "date", "author"),
    [
        (f"{TITLE}\nالأحد 5 مارس 2024\n", None, "2024-03-05", None),
        (f"{TITLE}\nصحيفة النهر - الأحد 5 آذار/مارس 2024\n", "صحيفة النهر", "2024-03-05", None),
        (f"{TITLE}\nوكالة النهر للأنباء\nالتاريخ: 5/3/2024\n", "وكالة النهر للأنباء", "2024-03-05", None),
        (f"{TITLE}\nبقلم: ليلى سالم\nنُشر في: ٢٠٢٤/٠٣/٠٥\n", None, "2024-03-05", "ليلى سالم"),
        (f"{TITLE}\n\nليلى سالم\n{TITLE}\nموقع النهر | 5 مارس 2024\n", "موقع النهر", "2024-03-05", None),
        (f"العنوان: {TITLE}\nالمصدر: النهر\nالتاريخ: 2024-03-05\n", "النهر", "2024-03-05", None),
        (f"المصدر: النهر\nالتاريخ: 2024-03-05\n{TITLE}\n", "النهر", "2024-03-05", None),
        (f"# {TITLE}\n\n**المصدر:** النهر\n**التاريخ:** 2024-03-05\n", "النهر", "2024-03-05", None),
        (f"---\ntitle: {TITLE}\nsource: 'النهر'\ndate: 2024-03-05\nx: y\n---\n", "النهر", "2024-03-05", None),
        (f'---\nالعنوان: {TITLE}\nالكاتب: "ليلى"\n---\n# {TITLE}\n', None, None, "ليلى"),
        (f"{TITLE}\nوكالة النهر تحذر\n", None, None, None),
        (f"{TITLE}\nالأحد 5 مارس\n", None, None, None),
        (f"{TITLE}\nوُضع حجر الأساس في 5 مارس 2021.\n", None, None, None),
    ],
)
def test_outlet_date_and_author_from_above_and_under_the_title(
    head: str, outlet: str | None, date: str | None, author: str | None
) -> None:
    article = _clean(head + "\n" + BODY)
    assert (article.title, article.outlet, article.date, article.author) == (TITLE, outlet, date, author)
    assert _body(article)[-1].endswith(BODY)


@pytest.mark.parametrize(
    ("tail", "outlet", "date"),
    [
        ("المصدر: وكالات + النهر نت\n\nرابط مختصر", "وكالات + النهر نت", None),
        ("المصدر: www.nahr.example", "www.nahr.example", None),
        ("التاريخ: 5 مارس 2024", None, "2024-03-05"),
        ("المصدر: النهر\n\nحريق في السوق\n\nاندلع حريق فجراً.\n\nالمصدر: الجسر", "النهر", None),
        ("المصدر: لا نعلق على ذلك، قال الوزير.", None, None),
    ],
)
def test_outlet_and_date_from_the_end(tail: str, outlet: str | None, date: str | None) -> None:
    article = _clean(f"{TITLE}\n\n{BODY}\n\n{tail}")
    assert (article.outlet, article.date) == (outlet, date)


def test_a_second_article_at_the_tail_stays() -> None:
    second = "حريق في السوق\n\nاندلع حريق في السوق القديم فجر اليوم، وأخمده رجال الإطفاء."
    text = f"{TITLE}\n\n{BODY}\n\nالمصدر: النهر\n\nإقرأ أيضاً:\n\n{second}"
    assert _body(_clean(f"{text}\n\nمقالات مشابهة\n\n  • جسر ثان\n  • طريق ثالث")) == [text]


def test_front_matter_is_no_part_of_the_body() -> None:
    article = _clean(f"---\ntitle: {TITLE}\n---\n{BODY}")
    assert _body(article) == [BODY]


@pytest.mark.parametrize("text", [f"{BODY}\n---\nوشكر رئيسها العمال.", f"{TITLE}: x\n{BODY}"])
@pytest.mark.parametrize("rules", ["---\n", "---\n---\n", "---\n" * 20])
def test_a_rule_at_the_top_is_no_front_matter_and_no_title(rules: str, text: str) -> None:
    article = _clean(rules + text)
    assert _body(article) == [text]
    assert article.title == text.partition("\n")[0]


def test_where_nothing_prints_at_the_top_the_source_is_the_title() -> None:
    assert _clean("\u200f" * 2000 + "كلمة").title == "a.txt"


def test_a_markdown_heading_is_a_title_without_its_mark() -> None:
    article = _clean(f"## {TITLE}\n\n{BODY}\n\n---\n")
    assert article.title == TITLE
    assert _body(article) == [f"{TITLE}\n\n{BODY}"]


def test_a_bullet_is_no_part_of_the_title() -> None:
    article = _clean(f"• {TITLE}\n\n{BODY}")
    assert article.title == TITLE
    assert _body(article) == [article.text]


def test_a_title_is_one_printable_line() -> None:
    assert _clean(f"{TITLE[:9]}\u202e{TITLE[9:]}\u00a0\t!\n{BODY}").title == f"{TITLE} !"


@pytest.mark.parametrize("text", ["...\n---\n", "؟!", "\u200f\u200e", "# \n* * *"])
def test_no_word_no_article(text: str) -> None:
    skipped = clean(_raw(text))
    assert isinstance(skipped, Skipped)
    assert (skipped.source, skipped.reason) == ("a.txt", "no_text")


def test_a_huge_page_is_cleaned_at_its_ends() -> None:
    paragraph = f"{BODY}\n\n"
    article = _clean(f"{TITLE}\n\n{paragraph * 2000}المصدر: النهر\nرابط مختصر\n")
    assert article.outlet == "النهر"
    assert _body(article) == [f"{TITLE}\n\n{paragraph * 2000}".strip()]


_PIECES = (
    TITLE,
    f"• {TITLE}",
    "# ",
    "---",
    "المصدر: النهر",
    "التاريخ: 2024-03-05",
    "title: x",
    "مقالات مشابهة",
    "• رابط",
    "رابط مختصر",
    "افتتحت البلدية الجسر.",
    "صحيفة النهر | 5 مارس 2024",
    "\u200f",
    "",
)
PAGES = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(_PIECES) | st.text(max_size=20), max_size=14).map("\n".join),
)


@given(PAGES, st.none() | st.sampled_from([TITLE, "x"]))
def test_any_text_gives_ordered_spans_of_itself(text: str, title: str | None) -> None:
    article = clean(_raw(text, title=title))
    if isinstance(article, Skipped):
        return
    assert article.text == text
    assert article.title
    assert article.body
    ends = [0]
    for start, end in article.body:
        assert ends[-1] <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        ends.append(end)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("المصدر: وكالة الأنباء", True),
        ("**المصدر:** دفتر السوق", True),
        ("الثلاثاء 9 شباط/فبراير 2021", True),
        ("شبكة المرسى - 13 أيلول/سبتمبر 2022", True),
        ("صحيفة الميناء", True),
        ("وقال الوزير: سنفوز", False),
        ("المصدر: قال مسؤول في الوزارة إن المفاوضات ستستأنف الأسبوع المقبل في العاصمة", False),
        ("فاز الفريق في 5 مارس 2024", False),
        ("", False),
    ],
)
def test_a_byline_tells_of_the_page_and_not_of_the_world(line: str, expected: bool) -> None:  # noqa: FBT001
    assert is_byline(line) is expected
