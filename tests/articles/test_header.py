"""Lines above and under a title: which tell date, outlet and author, and which are the article itself."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from bot.texts.messages import MESSAGES
from rag.articles.clean import clean
from rag.articles.raw import RawArticle
from rag.schema import Article

TITLE = "افتتاح الجسر الجديد فوق النهر"
BODY = "افتتحت البلدية الجسر صباح أمس.\n\nوحضر الافتتاح مئات السكان، وأُغلق الطريق القديم."
FIRST = BODY.partition("\n")[0]
DAY, NEXT_DAY = "2024-03-05", "2024-03-06"


def _clean(text: str, *, title: str | None = None, encoding: str = "utf-8") -> Article:
    article = clean(RawArticle("a.txt", text, title, None, None, None, None, encoding=encoding, digest=""))
    assert isinstance(article, Article)
    return article


class Said(NamedTuple):
    """What is known of an article, but for its title."""

    date: str | None = None
    outlet: str | None = None
    author: str | None = None


def _said(article: Article) -> Said:
    return Said(article.date, article.outlet, article.author)


ABOVE = [
    ("الثلاثاء 5 مارس 2024", Said(DAY)),
    ("5 مارس 2024 - 10:30", Said(DAY)),
    ("05/03/2024", Said(DAY)),
    ("الثلاثاء، 5 آذار/مارس 2024.", Said(DAY)),
    ("24 شعبان 1445 هـ الموافق 5 مارس 2024 م", Said(DAY)),
    ("**الثلاثاء 5 مارس 2024**", Said(DAY)),
    ("نشر في 5 مارس 2024", Said(DAY)),
    ("نُشر في: 5 مارس 2024", Said(DAY)),
    ("آخر تحديث: 5 مارس 2024", Said(DAY)),
    ("تاريخ التحديث: 5 مارس 2024 عند الظهر", Said(DAY)),
    ("آخر تحديث: 6 مارس 2024\nنشر في 5 مارس 2024", Said(DAY)),
    ("آخر تحديث: 6 مارس 2024 - نُشر في 5 مارس 2024", Said(DAY)),
    ("آخر تحديث 6/3/2024 نشر 5/3/2024", Said(DAY)),
    ("نشر في 5 مارس 2024 - آخر تحديث 6 مارس 2024", Said(DAY)),
    ("تاريخ النشر: 5 مارس 2024 - آخر تحديث: 6 مارس 2024", Said(DAY)),
    ("الثلاثاء 5 مارس 2024\nالمصدر: صحيفة الفجر", Said(DAY, "صحيفة الفجر")),
    ("المصدر: صحيفة الفجر\nالثلاثاء 5 مارس 2024", Said(DAY, "صحيفة الفجر")),
    ("بيروت - رويترز - 5 مارس 2024", Said(DAY, "رويترز")),
    ("بيروت (رويترز) - 5 مارس 2024", Said(DAY, "رويترز")),
    ("رويترز | 5 مارس 2024", Said(DAY, "رويترز")),
    ("أبو ظبي – وام – الثلاثاء 5 مارس 2024", Said(DAY, "وام")),
    ("صحيفة الفجر - 5 مارس 2024", Said(DAY, "صحيفة الفجر")),
    ("كتب: سامي النجار | 5 مارس 2024", Said(DAY, None, "سامي النجار")),
]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
@pytest.mark.parametrize(("above", "said"), ABOVE, ids=[above for above, _ in ABOVE])
def test_a_date_or_a_byline_above_the_title_is_read_and_the_next_line_is_the_title(
    above: str, said: Said, gap: str
) -> None:
    article = _clean(f"{above}{gap}{TITLE}\n\n{BODY}")
    assert (article.title, _said(article)) == (TITLE, said)
    assert [article.text[start:end] for start, end in article.body] == [f"{TITLE}\n\n{BODY}"]


@pytest.mark.parametrize("above", ["الثلاثاء 5 مارس 2024", "بيروت - رويترز - 5 مارس 2024"])
def test_where_no_headline_follows_the_date_the_first_sentence_is_the_title(above: str) -> None:
    paragraph = " ".join([FIRST, "وحضر مئات السكان." * 10])
    article = _clean(f"{above}\n\n{paragraph}")
    assert (article.title, article.date) == (FIRST, DAY)
    assert [article.text[start:end] for start, end in article.body] == [paragraph]


def test_a_page_whose_headline_is_under_its_date_is_read_like_a_plain_text() -> None:
    article = _clean(f"الثلاثاء 5 مارس 2024\n{TITLE}\n{BODY}", encoding="html")
    assert (article.title, article.date) == (TITLE, DAY)


@pytest.mark.parametrize(
    "first",
    [
        "5 مارس 2024.. يوم لا ينسى",
        "5 مارس 2024 يوم لا ينسى",
        "5 مارس 2024",
        "حدث في 5 مارس 2024",
        "حصاد اليوم - 5 مارس 2024",
        "أسعار الذهب | 5 مارس 2024",
        "أسعار الذهب اليوم الثلاثاء 5 مارس 2024",
        "جلسة المحكمة - صحيفة الفجر - 5 مارس 2024",
        "رويترز - انفجار في مرفأ بيروت - 5 مارس 2024",
        "رويترز تعتذر عن خبر 5 مارس 2024",
        "آخر تحديث للقائمة 5 مارس 2024",
        "صحيفة إسبانية: الجسر مغلق - 5 مارس 2024",
        "قناة السويس الجديدة - 5 مارس 2024",
        "صحيفة الأمس.. قصة حب - 5 مارس 2024",
        "الأحد 5 مارس",
        "# الثلاثاء 5 مارس 2024",
        "العنوان: الثلاثاء 5 مارس 2024",
        "رويترز",
        "بيروت - رويترز",
        "صحيفة الفجر",
    ],
)
def test_a_headline_with_a_date_stays_the_title(first: str) -> None:
    rest = "" if first == "5 مارس 2024" else f"\n\n{BODY}"  # alone, a date is all that the article has
    article = _clean(first + rest)
    title = first.removeprefix("# ").removeprefix("العنوان: ")
    assert (article.title, _said(article)) == (title, Said())
    assert [article.text[start:end] for start, end in article.body] == [title + rest]


@pytest.mark.parametrize(
    "first",
    [
        "أعلنت البلدية في 5 مارس 2024 افتتاح الجسر.",
        "وقالت رويترز إن الجسر افتُتح في 5 مارس 2024، وحضر الافتتاح مئات السكان والضيوف.",
        "بيروت - رويترز - افتُتح الجسر أمس، وحضر الافتتاح مئات السكان والضيوف من المدينة.",
    ],
)
@pytest.mark.parametrize("title", ["", f"{TITLE}\n\n"])
def test_a_sentence_with_a_date_or_an_agency_is_text(first: str, title: str) -> None:
    article = _clean(f"{title}{first}\n\n{BODY}")
    assert (article.title, _said(article)) == (title.strip() or first, Said())
    assert [article.text[start:end] for start, end in article.body] == [article.text]


UNDER = [
    ("بيروت - رويترز - 5 مارس 2024", Said(DAY, "رويترز")),
    ("القاهرة - أ ش أ - 5 مارس 2024", Said(DAY, "أ ش أ")),
    ("باريس - أ.ف.ب - 5 مارس 2024", Said(DAY, "أ.ف.ب")),
    ("باريس (فرانس برس) - 5 مارس 2024", Said(DAY, "فرانس برس")),
    ("واشنطن | أسوشيتد برس | 5 مارس 2024", Said(DAY, "أسوشيتد برس")),
    ("إسطنبول / الأناضول / 5 مارس 2024", Said(DAY, "الأناضول")),
    ("موسكو - سبوتنيك - 5 مارس 2024", Said(DAY, "سبوتنيك")),
    ("برلين - (د ب أ) - 5 مارس 2024", Said(DAY, "د ب أ")),
    ("الرياض - واس - 5 مارس 2024", Said(DAY, "واس")),
    ("دمشق - سانا - 5 مارس 2024", Said(DAY, "سانا")),
    ("بكين - شينخوا - 5 مارس 2024", Said(DAY, "شينخوا")),
    ("الكويت - كونا - 5 مارس 2024", Said(DAY, "كونا")),
    ("الدوحة - قنا - 5 مارس 2024", Said(DAY, "قنا")),
    ("عمّان - بترا - 5 مارس 2024", Said(DAY, "بترا")),
    ("القاهرة - مينا - 5 مارس 2024", Said(DAY, "مينا")),
    ("رويترز - صحيفة الفجر - 5 مارس 2024", Said(DAY, "صحيفة الفجر")),
    ("بيروت - رويترز - 5 مارس 2024\nالمصدر: صحيفة الفجر", Said(DAY, "صحيفة الفجر")),
    ("كتب: سامي النجار | 5 مارس 2024", Said(DAY, None, "سامي النجار")),
    ("كتب: سامي النجار، الثلاثاء، 5 مارس 2024", Said(DAY, None, "سامي النجار")),
    ("بقلم: سامي النجار  - 5 مارس 2024", Said(DAY, None, "سامي النجار")),
    ("بقلم: سامي النجار، ليلى سالم - 5 آذار - مارس 2024", Said(DAY, None, "سامي النجار، ليلى سالم")),
    ("بقلم: سامي النجار - صحيفة الفجر - 5 مارس 2024", Said(DAY, "صحيفة الفجر", "سامي النجار")),
    ("كتب: سامي النجار | 5 مارس 2024 | رويترز", Said(DAY, "رويترز", "سامي النجار")),
    ("كتب: سامي النجار (رويترز) - 5 مارس 2024", Said(DAY, "رويترز", "سامي النجار")),
    ("كتب: بيروت - رويترز - 5 مارس 2024", Said(DAY, "رويترز")),
    ("كتب: بيروت - سامي النجار - 5 مارس 2024", Said(DAY, None, "بيروت - سامي النجار")),
    ("كتب: سامي النجار - آخر تحديث 6 مارس 2024\nنشر في 5 مارس 2024", Said(DAY, None, "سامي النجار")),
    ("المصدر: صحيفة الفجر | 5 مارس 2024", Said(DAY, "صحيفة الفجر")),
    ("المصدر: صحيفة الفجر، 5 مارس 2024 - 10:30", Said(DAY, "صحيفة الفجر")),
    ("المصدر: 5 مارس 2024 - صحيفة الفجر", Said(DAY, "صحيفة الفجر")),
    ("المصدر: بيروت - رويترز - 5 مارس 2024", Said(DAY, "رويترز")),
    ("المصدر: النهر | 5 مارس 2024", Said(DAY, "النهر")),
    ("المصدر: 5 مارس 2024", Said(DAY)),
    ("آخر تحديث: 6 مارس 2024", Said(NEXT_DAY)),
    ("آخر تحديث: 6 مارس 2024\nنشر في 5 مارس 2024", Said(DAY)),
    # What must not change.
    ("صحيفة الفجر\nالثلاثاء 5 مارس 2024", Said(DAY, "صحيفة الفجر")),
    ("الثلاثاء 5 مارس 2024\n\nصحيفة الفجر", Said(DAY, "صحيفة الفجر")),
    ("صحيفة الفجر", Said()),
    ("قناة السويس الجديدة - 5 مارس 2024", Said(DAY)),
    ("بقلم: سامي النجار - صحيفة الفجر", Said(None, None, "سامي النجار - صحيفة الفجر")),
    ("المصدر: وكالات - النهر نت", Said(None, "وكالات - النهر نت")),
    ("المصدر: صحيفة الفجر، العدد 120", Said(None, "صحيفة الفجر، العدد 120")),
    ("بيروت - رويترز", Said()),
    ("رويترز", Said()),
    ("رويترز\nالثلاثاء 5 مارس 2024", Said(DAY)),
    ("مراسل رويترز - 5 مارس 2024", Said(DAY)),
    ("اعتداء على مكتب للصحافة (رويترز) - 5 مارس 2024", Said(DAY)),
    ("قنا - 5 مارس 2024", Said(DAY)),
    ("قنا - محمد علي - 5 مارس 2024", Said(DAY)),
    ("بترا - 5 مارس 2024", Said(DAY)),
    ("دبا - 5 مارس 2024", Said(DAY)),
    ("قال مراسل رويترز في 5 مارس 2024", Said()),
]


@pytest.mark.parametrize(("under", "said"), UNDER, ids=[under for under, _ in UNDER])
@pytest.mark.parametrize("encoding", ["utf-8", "html"])
def test_bylines_under_the_title(under: str, said: Said, encoding: str) -> None:
    text = f"{TITLE}\n{under}\n\n{BODY}"
    article = _clean(text, title=TITLE if encoding == "html" else None, encoding=encoding)
    assert (article.title, _said(article)) == (TITLE, said)
    assert [text[start:end] for start, end in article.body] == [text]


def test_a_labelled_date_anywhere_wins_over_an_update() -> None:
    article = _clean(f"{TITLE}\nآخر تحديث: 6 مارس 2024\n\n{BODY}\n\nالتاريخ: 5 مارس 2024\nالمصدر: النهر | 5 مارس 2024")
    assert _said(article) == Said(DAY, "النهر")


@pytest.mark.parametrize("lang", ["ar", "en"])
def test_the_names_that_isnad_gives_to_fields_are_labels(lang: str) -> None:
    title, outlet, date = (getattr(MESSAGES[f"column.{name}"], lang) for name in ("title", "outlet", "date"))
    head = f"{outlet}: صحيفة الفجر\n{date}: 5 مارس 2024\n"
    for text in (f"{head}{title}: {TITLE}\n\n{BODY}", f"{TITLE}\n{head}\n{BODY}"):
        article = _clean(text)
        assert (article.title, _said(article)) == (TITLE, Said(DAY, "صحيفة الفجر"))
