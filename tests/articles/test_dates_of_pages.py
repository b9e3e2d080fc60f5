"""The day of an article whose page has no metadata: of all the dates that a page shows, its own or none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rag.articles.formats.html import extract_html
from rag.ingest import ingest
from rag.pipeline import Pipeline
from rag.settings import load_settings
from tests.articles.documents import ARTICLE, write
from tests.articles.test_real_pages import article_of

TITLE, _, _, FIRST, SECOND = ARTICLE
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p><p>{FIRST}</p>"
HEADING = f"<h1>{TITLE}</h1>"
DAY = "2025-03-12"
PUBLISHED = "نشر في 12 مارس 2025"
TODAY = "الأحد 29 نوفمبر 2026"
ISSUED = "<time itemprop='datePublished' datetime='2025-03-12'>قبل يومين</time>"
LATER = "<time datetime='2026-11-29'>أمس</time>"
STATED = "<meta itemprop='datePublished' content='2026-11-29'><p>أحسنتم.</p>"
LINK = "<a href='/2'>مقتل 99 شخصا في انهيار جسر آخر</a>"
WORDPRESS = f"""<div class="site"><header class="site-header"><p>الجسر نت</p><div>{TODAY}</div></header>
<main class="site-main"><article class="post comments-open"><header class="entry-header">{HEADING}
<div class="entry-meta"><span class="posted-on"><a href="/1">
<time class="entry-date published" datetime="2025-03-12T10:00">12 مارس 2025</time>
<time class="updated" datetime="2025-03-20">20 مارس</time></a></span></div></header><div>{TEXT}</div></article>
<div id="comments"><ol class="comment-list"><li><article class="comment-body"><time datetime="2025-03-14">14 مارس</time>
<p>أحسنتم.</p></article></li></ol></div></main><aside><time datetime="2026-11-29">اليوم</time></aside></div>"""


def of(body: str, title: str = TITLE) -> bytes:
    head = f"<head><meta charset='utf-8'><title>{title}</title></head>"
    return f"<!doctype html><html dir='rtl'>{head}<body>{body}</body></html>".encode()


def date_of(page: bytes) -> str | None:
    """The date of the article as it is stored."""
    return article_of(extract_html(page)).date


@pytest.mark.parametrize(
    "body",
    [
        f"{HEADING}<p>{PUBLISHED}</p>{TEXT}",
        f"<article>{HEADING}<span class='date'>12 مارس 2025</span>{TEXT}</article>",
        f"<article>{HEADING}<div class='info'><i class='icon'></i> 12/03/2025</div>{TEXT}</article>",
        f"<article><header>{HEADING}<time datetime='2025-03-12'>أمس</time></header>{TEXT}</article>",
        f"<article><header><time datetime='2025-03-12'>أمس</time>{HEADING}</header>{TEXT}</article>",
        f"<article><span class='date'>12 مارس 2025</span>{HEADING}{TEXT}</article>",
        f"<article><h2>{TITLE}</h2><div class='date'>12 مارس 2025</div>{TEXT}</article>",
        f"<div><h2>الجسر نت</h2></div><div><h2>{TITLE}</h2><div>12 مارس 2025</div>{TEXT}</div>",
        f"<header><h1>الجسر نت</h1></header><article>{HEADING}<span>12 مارس 2025</span>{TEXT}</article>",
        f"<article>{HEADING}<div><a href='/l'>ليلى حداد</a> | <span>12 مارس 2025</span> | 10:30</div>{TEXT}</article>",
        f"<article>{HEADING}<div class='meta'>كتبت: ليلى حداد - 12 مارس 2025</div>{TEXT}</article>",
        f"<article>{HEADING}<div>ليلى - <time datetime='2025-03-12'>12 مارس</time></div>{TEXT}</article>",
        f"<div>{HEADING}<span class='posted-on'><a href='/1'>يوم الأربعاء 12 مارس 2025</a></span>{TEXT}</div>",
        f"<div>{HEADING}<div>كتبت: ليلى<br>12 مارس 2025</div>{TEXT}</div>",
        f"<div>{HEADING}<figure><img><figcaption>12 مايو 2020</figcaption></figure><b>{PUBLISHED}</b>{TEXT}</div>",
        f"<article>{HEADING}<p>{FIRST}</p><div class='meta'><span>12 مارس 2025</span></div>{TEXT}</article>",
        f"<article>{HEADING}{TEXT}<footer><span>{PUBLISHED}</span></footer></article>",
        f"<article>{HEADING}{TEXT}<footer><time datetime='2025-03-12'>12 مارس</time></footer></article>",
        f"<article>{HEADING}<div><time class='updated' datetime='2025-04-01'>1</time>{ISSUED}</div>{TEXT}</article>",
        f"<main>{HEADING}<div>{ISSUED}</div>{TEXT}<div>{LINK} {LATER}</div></main>",
        f"<div class='related-and-more'><div>{HEADING}<div>نُشر في: 12 مارس 2025</div>{TEXT}</div></div>",
        f"<div><div>{LINK} <span>نشر في 1 مارس 2026</span></div><p>{PUBLISHED}</p>{HEADING}{TEXT}</div>",
        f"<article>{HEADING}<div>آخر تحديث: 13 مارس 2025 - 11:20</div><div>{PUBLISHED}</div>{TEXT}</article>",
        f"<article>{HEADING}<div>آخر تحديث: 13 مارس 2025 | نشر: 12 مارس 2025</div>{TEXT}</article>",
        f"<article>{HEADING}<div>نشر في 12 مارس 2025، وآخر تعديل 13 مارس 2025</div>{TEXT}</article>",
        f"<article>{HEADING}<div><b>حُدّث</b> <i>13 مارس 2025</i></div><div>{PUBLISHED}</div>{TEXT}</article>",
        f"<article>{HEADING}<div><b>آخر تحديث:</b> <i>13 مارس 2025</i></div><p>{PUBLISHED}</p>{TEXT}</article>",
        f"<article>{HEADING}<dl><dt>التحديث</dt><dd>13 مارس 2025</dd></dl><p>{PUBLISHED}</p>{TEXT}</article>",
        f"<article>{HEADING}<div>تم التحديث في: {LATER}</div><p>{PUBLISHED}</p>{TEXT}</article>",
        WORDPRESS,
    ],
)
@pytest.mark.parametrize("title", [TITLE, f"{TITLE} | الجسر نت"])
def test_the_date_that_a_page_shows_beside_its_title_is_the_articles(body: str, title: str) -> None:
    assert date_of(of(body, title)) == DAY


@pytest.mark.parametrize(
    "body",
    [
        f"<header><time datetime='2026-11-29'>اليوم</time></header><article>{HEADING}{TEXT}</article>",
        f"<header><div>{TODAY}</div></header>{HEADING}{TEXT}",
        f"<div class='top-bar'><time>{TODAY}</time></div><div>{HEADING}{TEXT}</div>",
        f"<div class='currentDate'>{TODAY}</div><div>{HEADING}{TEXT}</div>",
        f"<header><h1>الجسر نت</h1><div>{TODAY}</div></header><h2>{TITLE}</h2>{TEXT}",
        f"<header><h1>الجسر نت</h1><div>{TODAY}</div></header>{TEXT}",
        f"<div class='row'><time datetime='2026-11-29'>{TODAY}</time></div><div>{HEADING}{TEXT}</div>",
        f"<div>{HEADING}{TEXT}</div><div class='row'><b>سامي</b><time datetime='2026-11-29'>{TODAY}</time></div>",
        f"<div>آخر تحديث: 29 نوفمبر 2026</div><div>{HEADING}{TEXT}</div>",
        f"<main><div class='ticker'>{LINK}<time datetime='2026-11-29'>الآن</time></div>{HEADING}{TEXT}</main>",
        f"<article>{HEADING}{TEXT}</article><div class='comments'><article>{LATER}</article></div>",
        f"<article>{HEADING}{TEXT}<section id='postComments'><div>{LATER}</div></section></article>",
        f"<article>{HEADING}{TEXT}<h3>التعليقات</h3><div><b>سامي</b><p><time>29 نوفمبر 2026</time></p></div></article>",
        f"<div>{HEADING}{TEXT}</div><div><b>سامي</b> <span>نشر في 29 نوفمبر 2026</span><p>أحسنتم.</p></div>",
        f"<article>{HEADING}{TEXT}</article><section class='related'><article>{LATER}</article></section>",
        f"<div>{HEADING}{TEXT}</div><article class='comment'>{LATER}<p>أحسنتم.</p></article>",
        f"<div>{HEADING}{TEXT}</div><article><h3><a href='/2'>خبر آخر</a></h3>{LATER}</article>",
        f"<div><h2>افتتاح</h2><div>{TODAY}</div></div><div>{HEADING}{TEXT}</div>",
        f"<main>{HEADING}{TEXT}<aside>{LATER}</aside></main>",
        f"{HEADING}<ul class='related'><li>{LINK} <span>12 مارس 2026</span></li></ul>{TEXT}",
        f"<div>{HEADING}<div>{LINK} <span>12 مارس 2026</span></div>{TEXT}</div>",
        f"<article>{HEADING}<p>{FIRST}</p></article><div><h3>خبر آخر</h3><b class='date'>12 مارس 2026</b></div>",
        f"<div>{HEADING}{TEXT}</div><div>{LINK}{LATER}</div>",
        "".join(
            f"<article><h2>خبر {at}</h2><time datetime='2026-11-0{at}'>أمس</time><p>{FIRST}</p></article>"
            for at in (1, 2)
        ),
        f"<article>{HEADING}{TEXT}</article><footer><time datetime='2026-01-01'>2026</time></footer>",
        f"<article>{HEADING}<p>انهار الجسر القديم في <time>1 يناير 2020</time> أمام الناس.</p>{TEXT}</article>",
        f"<article>{HEADING}<p>انهار الجسر القديم في <b>1 يناير 2020</b> أمام الناس.</p>{TEXT}</article>",
        f"<article>{HEADING}<p><b><i>1 يناير 2020</i></b> هو اليوم الذي انهار فيه الجسر.</p>{TEXT}</article>",
        f"<article>{HEADING}<div>يقام الحفل في <time datetime='2026-03-12'>12 مارس</time></div>{TEXT}</article>",
        f"<article>{HEADING}{TEXT}<p>موعد الحفل: <time datetime='2026-05-01'>أول مايو 2026</time></p></article>",
        f"<article>{HEADING}<figure><img><figcaption>12 مارس 2020</figcaption></figure>{TEXT}</article>",
        f"<article>{HEADING}<div>آخر تحديث: 12 مارس 2026</div>{TEXT}</article>",
        f"<div>{HEADING}<div>12 مارس 2026 حدث الانهيار الكبير</div>{TEXT}</div>",
        f"<div>{HEADING}<script>published on 12/03/2026</script>{TEXT}</div>",
        f"<div>{HEADING}{TEXT}</div><div itemscope itemtype='https://schema.org/Comment'>{STATED}</div>",
        f"<article>{HEADING}{TEXT}<h2>تواريخ</h2><ul><li>12 مارس 2026</li></ul></article>",
    ],
)
def test_where_a_date_may_be_of_something_else_there_is_none(body: str) -> None:
    title = "الجسر نت" if body.startswith("<article><h2>خبر") else TITLE
    assert date_of(of(body, title)) is None


@pytest.mark.parametrize(
    "part",
    [
        f"{HEADING}<p>{PUBLISHED}</p><p>{FIRST}</p>",
        f"<p>{PUBLISHED}</p><p>{FIRST}</p><p>{SECOND}</p>",
        f"<article>{HEADING}<time datetime='2025-03-12'>أمس</time><p>{FIRST}</p></article>",
    ],
)
def test_a_part_of_a_page_has_its_date_too(part: str) -> None:
    assert date_of(part.encode()) == DAY


def test_what_the_metadata_say_holds() -> None:
    meta = "<meta property='article:published_time' content='2025-03-11'>"
    page = of(f"<article>{HEADING}<p>{PUBLISHED}</p>{TEXT}</article>").replace(b"</head>", f"{meta}</head>".encode())
    assert date_of(page) == "2025-03-11"


def test_a_window_that_is_called_after_a_day_says_nothing_of_the_article() -> None:
    assert date_of(of(f"{HEADING}{TEXT}", "نشر في 12 مارس 2025")) is None


@pytest.mark.parametrize("unset", ["1970-01-01T00:00:00+00:00", "1970-01-01"])
def test_a_day_that_a_program_left_unset_is_none(unset: str) -> None:
    meta = f"<meta property='article:published_time' content='{unset}'>"
    page = of(f"<article>{HEADING}<p>{PUBLISHED}</p>{TEXT}</article>").replace(b"</head>", f"{meta}</head>".encode())
    assert date_of(page) == DAY


@pytest.mark.parametrize("kind", ["NewsArticle", "https://schema.org/BlogPosting"])
def test_microdata_of_the_article_itself_are_read(kind: str) -> None:
    meta = "<meta itemprop='datePublished' content='2025-03-12'>"
    assert date_of(of(f"<div itemscope itemtype='{kind}'>{HEADING}{meta}{TEXT}</div>")) == DAY


def test_of_several_articles_in_the_data_of_a_page_its_own_is_meant() -> None:
    other = '{"@type":"NewsArticle","headline":"خبر آخر","datePublished":"2026-11-29"}'
    own = f'{{"@type":"NewsArticle","headline":"{TITLE}","datePublished":"{DAY}"}}'
    data = f"<script type='application/ld+json'>[{other},{own}]</script>"
    found = extract_html(of(f"{data}<article>{HEADING}{TEXT}</article>"))
    assert (found.title, found.date) == (TITLE, DAY)


def test_an_answer_can_be_kept_to_the_day_of_a_page(tmp_path: Path) -> None:
    body = f"<article>{HEADING}<span class='date'>12 مارس 2025</span>{TEXT}</article>"
    write(tmp_path / "pages", "a.html", of(body))
    settings = load_settings(home=tmp_path / "home")
    ingest([tmp_path / "pages"], settings)
    pipeline = Pipeline(settings)
    try:
        answer = pipeline.answer("كم يبلغ طول جسر الوادي الجديد؟")
    finally:
        pipeline.close()
    assert {citation.date for citation in answer.citations} == {DAY}


_OTHERS = (
    "<header><time datetime='2026-11-29'>اليوم</time></header>",
    f"<div class='topbar'>{TODAY}</div>",
    f"<div class='comments'><article><b>سامي</b> {LATER}</article></div>",
    f"<aside>{LINK}<span>1 مارس 2026</span></aside>",
    f"<div class='related'>{LINK}{LATER}</div>",
    f"<div>{LINK} {LATER}</div>",
    f"<section class='latest-news'><article><h3>{LINK}</h3><span class='date'>1 مارس 2026</span></article></section>",
    "<footer><time datetime='2026-01-01'>2026</time></footer>",
)
_AROUND = st.lists(st.sampled_from(_OTHERS), max_size=4).map("".join)
_WITHIN = st.lists(st.sampled_from(_OTHERS[1:-2]), max_size=4).map("".join)
"""A <header> or <footer> within is the article's; a teaser in the middle may be left in its text."""


@given(above=_AROUND, between=_WITHIN, below=_AROUND, is_dated=st.booleans(), frame=st.sampled_from(["article", "div"]))
@hypothesis_settings(max_examples=150)
def test_other_dates_of_a_page_change_nothing(above: str, between: str, below: str, is_dated: bool, frame: str) -> None:  # noqa: FBT001 - drawn
    stamp = "<div class='meta'><time datetime='2025-03-12'>12 مارس</time></div>" if is_dated else ""
    body = f"{above}<{frame}>{HEADING}{stamp}{between}{TEXT}</{frame}>{below}"
    assert date_of(of(body)) == (DAY if is_dated else None)
