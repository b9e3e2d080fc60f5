"""HTML, PDF and DOCX: the text as it shows, and title, outlet and date from where the file says them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from rag.articles.encoding import NotTextError
from rag.articles.formats.bidi import paint
from rag.articles.formats.docx import _text as docx_text
from rag.articles.formats.docx import extract_docx
from rag.articles.formats.extracted import Extracted, RefusedError
from rag.articles.formats.html import extract_html
from rag.articles.formats.pdf import extract_pdf
from rag.articles.formats.readings import read_line
from tests.articles.documents import ARTICLE, as_forms, docx, html, painted, pdf, run_by_run, with_ligatures, wrapped

TITLE, FIRST = ARTICLE[0], ARTICLE[3]
MATHS = "http://schemas.openxmlformats.org/officeDocument/2006/math"
LINKED = {
    "@graph": [
        {"@type": "WebSite", "name": "موقع"},
        {
            "@type": "NewsArticle",
            "headline": TITLE,
            "datePublished": "2024-05-12T23:30:00+03:00",
            "author": [{"name": "ليلى"}, {"name": "سامي"}],
            "publisher": {"name": "صحيفة الجسر"},
        },
    ]
}
CROWD = {"@type": "NewsArticle", "author": [{"name": f"كاتب {number}"} for number in range(99)]}


def page(head: str = "", lines: tuple[str, ...] = ARTICLE) -> Extracted:
    return extract_html(html(lines, head=head).encode())


def test_a_page_gives_its_article_and_nothing_around_it() -> None:
    assert page().text.splitlines() == list(ARTICLE)


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ('<meta property="og:title" content="عنوان آخر">', "title", "عنوان آخر"),
        (f"<title>{TITLE} - صحيفة الجسر</title>", "title", TITLE),
        (f'<meta property="og:title" content="{TITLE} | الجسر">', "title", TITLE),
        ('<meta property="og:site_name" content="صحيفة الجسر">', "outlet", "صحيفة الجسر"),
        ('<meta property="article:published_time" content="2024-05-12T23:30:00+03:00">', "date", "2024-05-12"),
        ('<meta name="date" content="12 مايو 2024">', "date", "2024-05-12"),
        ('<meta itemprop="datePublished" content="2024/05/12">', "date", "2024-05-12"),
        ('<link rel="canonical" href="https://a.example/1">', "url", "https://a.example/1"),
        ('<link rel="canonical" href="/1"><meta property="og:url" content="javascript:x">', "url", None),
        ('<meta name="author" content="ليلى">', "author", "ليلى"),
        ('<meta property="article:author" content="https://a.example/layla">', "author", None),
        (f'<script type="application/ld+json">{json.dumps(LINKED)}</script>', "outlet", "صحيفة الجسر"),
        (f'<script type="application/ld+json">{json.dumps(LINKED)}</script>', "date", "2024-05-12"),
        (f'<script type="application/ld+json">{json.dumps(LINKED)}</script>', "author", "ليلى، سامي"),
        (f'<script type="application/ld+json">{json.dumps(CROWD)}</script>', "author", None),
        ('<script type="application/ld+json">{broken</script>', "author", None),
        (f'<script type="application/ld+json">{"[" * 99_999}</script>', "author", None),
        ('<meta property="og:site_name" content=" ">', "outlet", "صحيفة الجسر"),
    ],
)
def test_metadata_of_a_page(head: str, field: str, value: str | None) -> None:
    assert getattr(page(head), field) == value


def test_a_title_without_the_name_of_its_site() -> None:
    head = '<meta property="og:title" content="خبر الجسر - الجسر نت"><meta property="og:site_name" content="الجسر نت">'
    assert page(head, ("", *ARTICLE[1:])).title == "خبر الجسر"
    assert page('<title>الجسر نت</title><meta property="og:site_name" content="الجسر نت">', ("", "نص.")).title is None


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("كلفة الجسر 20<br>2024 درهم", "كلفة الجسر 20 2024 درهم"),
        ("كلفة الجسر 20<span style='display:block'><b>2024</b> درهم</span>", "كلفة الجسر 20 2024 درهم"),
        ("كلفة الجسر <del>20</del> 30 درهما", "كلفة الجسر 30 درهما"),
        ("مساحة الجسر 340 م<sup>2</sup>", "مساحة الجسر 340 م²"),
    ],
)
def test_a_title_says_what_its_heading_shows(heading: str, title: str) -> None:
    found = extract_html(html(("AAA", *ARTICLE[1:])).replace("AAA", heading).encode())
    assert (found.title, found.text.splitlines()[0]) == (title, title)


def test_the_time_of_the_article_and_not_of_another() -> None:
    two = html((ARTICLE[0], *ARTICLE[2:])).replace("<article>", '<time datetime="2020-01-01">س</time><article>')
    assert extract_html(two.encode()).date is None
    both = two.replace("</h1>", '</h1><time datetime="2024-05-12T10:00">أمس</time>')
    assert extract_html(both.encode()).date == "2024-05-12"
    assert extract_html(two.replace("<nav>", '<time datetime="2021-01-01">س</time><nav>').encode()).date is None


def test_a_title_stands_above_its_text_and_once() -> None:
    head = '<meta property="og:title" content="عنوان آخر">'
    assert page(head).text.splitlines()[:2] == ["عنوان آخر", TITLE]
    assert page(f'<meta property="og:title" content="{TITLE}">').text.count(TITLE) == 1


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("windows-1256", "cp1256"),
        ("utf-8", "cp1256"),
        ("iso-8859-1", "cp1256"),
        ("windows-1256", "utf-8"),
        ("no-such", "utf-8"),
        ("hex", "utf-8"),
        ("iso-8859-6", "iso-8859-6"),
        ("windows-1256", "iso-8859-6"),
        ("", "iso-8859-6"),
        ("utf-8", "utf-16"),
        ("", "utf-8-sig"),
    ],
)
def test_what_the_bytes_are_weighs_more_than_what_the_page_says(declared: str, encoding: str) -> None:
    assert extract_html(html(ARTICLE, head=f'<meta charset="{declared}">').encode(encoding)).text == "\n".join(ARTICLE)


def test_damage_outside_the_article_is_no_matter() -> None:
    whole = html(ARTICLE).encode()
    assert extract_html(whole.replace("من نحن".encode(), "من نحن".encode()[:-1])).text.splitlines() == list(ARTICLE)
    with pytest.raises(RefusedError):
        extract_html(whole.replace("سامر".encode(), "سامر".encode()[:-1]))
    with pytest.raises(NotTextError):
        extract_html("<p>中文新聞</p>".encode("big5") * 9)


@pytest.mark.parametrize("part", ["div", "p", "span", "section"])
def test_lines_under_the_heading_that_share_one_part(part: str) -> None:
    lines = "المصدر: راديو المرسى<br>كتبت: <b>ريم</b>\nحداد<br/>7 أيلول 2024"
    found = extract_html(html(ARTICLE).replace("</h1>", f"</h1><{part}>{lines}</{part}>").encode())
    assert (found.outlet, found.author, found.date) == ("راديو المرسى", "ريم حداد", "2024-09-07")
    left_out = extract_html(html(ARTICLE).replace("</h1>", f'</h1><{part} class="byline">{lines}</{part}>').encode())
    assert (left_out.outlet, left_out.author, left_out.date) == (found.outlet, found.author, found.date)


def test_no_line_that_a_break_ends_is_lost() -> None:
    lines = ("المصدر: راديو المرسى", "التاريخ: 7 أغسطس 2024", "قال الوزير إن الجسر طويل.")
    shared = f"<div>{'<br>'.join(lines).replace('الوزير', '<b>الوزير</b>')}</div>"
    found = extract_html(html((ARTICLE[0], *ARTICLE[3:])).replace("</h1>", f"</h1>{shared}").encode())
    assert found.text.splitlines() == [ARTICLE[0], *lines, *ARTICLE[3:]]


def test_a_short_page_keeps_its_sentences_whole() -> None:
    text = extract_html(
        "<html><body><p>قال <b>الوزير</b> إن <a href='/'>الجسر</a> طويل.</p></body></html>".encode()
    ).text
    assert text == "قال الوزير إن الجسر طويل."


def test_a_word_file_gives_its_paragraphs_in_order() -> None:
    assert extract_docx(docx(ARTICLE)).text.splitlines() == list(ARTICLE)


@pytest.mark.parametrize(
    ("title", "expected"), [(TITLE, TITLE), ("Word Document", None), ("خبر قديم", None), ("", None)]
)
def test_the_title_of_a_file_is_taken_where_its_text_says_it(title: str, expected: str | None) -> None:
    assert extract_docx(docx(ARTICLE, title=title)).title == expected
    assert extract_pdf(pdf([painted(ARTICLE)], title=title)).title == expected


def test_what_a_word_file_shows_and_no_more() -> None:
    document = Document()
    table = document.add_table(2, 2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "أبجد", strict=True):
        cell.text = text
    table.cell(1, 1).add_paragraph("سطر ثان")
    inner = table.cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text = "داخل"
    text = "<w:r><w:t>{}</w:t></w:r>"
    deleted = "<w:del w:id='2' w:author='a'><w:r><w:delText>حذف</w:delText></w:r></w:del>"
    for content in (
        f"<w:ins w:id='1' w:author='a'>{text.format('أضيف')}</w:ins>{deleted}",
        f"<w:hyperlink>{text.format('رابط')}</w:hyperlink><w:r><w:tab/><w:t>بعده</w:t><w:br/><w:t>سطر</w:t></w:r>",
        f"<w:sdt><w:sdtContent>{text.format('حقل')}</w:sdtContent></w:sdt>",
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>مخفي</w:t></w:r>" + text.format("ظاهر"),
        f"<w:r><w:ruby><w:rt>{text.format('شرح')}</w:rt><w:rubyBase>{text.format('أصل')}</w:rubyBase></w:ruby></w:r>",
        f"{text.format('طوله ')}<m:oMath xmlns:m='{MATHS}'><m:r><m:t>340</m:t></m:r></m:oMath>",
    ):
        document.element.body.insert(-1, parse_xml(f"<w:p {nsdecls('w')}>{content}</w:p>"))
    out = io.BytesIO()
    document.save(out)
    lines = extract_docx(out.getvalue()).text.splitlines()
    assert lines == [
        "أ | ب",
        "ج",
        "د",
        "سطر ثان",
        "داخل |",
        "أضيف",
        "رابط بعده",
        "سطر",
        "حقل",
        "ظاهر",
        "أصل",
        "طوله 340",
    ]


def test_a_tab_of_the_ruler_is_no_space() -> None:
    tabs = "<w:pPr><w:tabs><w:tab w:val='left' w:pos='9'/></w:tabs></w:pPr>"
    document = Document()
    document.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}>{tabs}<w:r><w:t>نص</w:t></w:r></w:p>"))
    assert docx_text(document.element.body[0]) == "نص"


def test_deleted_rows_and_cells_of_a_word_file_are_left_out() -> None:
    document = Document()
    table = document.add_table(3, 2)
    for row in table.rows:
        row.cells[0].text, row.cells[1].text = "الأول", "الثاني"
    deleted = f"<w:{{}} {nsdecls('w')}><w:{{}} w:id='1' w:author='a'/></w:{{}}>"
    table.rows[0]._tr.insert(0, parse_xml(deleted.format("trPr", "del", "trPr")))
    table.rows[1].cells[1]._tc.get_or_add_tcPr().append(parse_xml(f"<w:cellDel {nsdecls('w')} w:id='2'/>"))
    out = io.BytesIO()
    document.save(out)
    assert extract_docx(out.getvalue()).text.splitlines() == ["الأول", "الأول | الثاني"]


@pytest.mark.parametrize("how", ["letters", "forms", "ligatures", "as they are read"])
def test_a_pdf_is_read_however_its_arabic_is_painted(how: str) -> None:
    lines = painted(ARTICLE)
    if how == "forms":
        lines = as_forms(lines)
    elif how == "ligatures":
        lines = with_ligatures(lines)
    elif how == "as they are read":
        lines = [list(line) for line in wrapped(ARTICLE)]
    assert extract_pdf(pdf([lines])).text.splitlines() == list(ARTICLE)


def test_a_page_printed_by_a_browser_is_read_to_the_letter() -> None:
    """Made with Chromium's --print-to-pdf; the fonts are taken out of it since reading needs none."""
    printed = (Path(__file__).parent / "cases" / "printed.pdf").read_bytes()
    assert extract_pdf(printed).text.splitlines() == [
        *ARTICLE[:4],
        ARTICLE[4].replace("الحلبي", "الحلبي (Samer)"),
        "وأضاف: «شُيّد الجسر قديماً في آب/أغسطس 1954، وعبره 24 ألفاً و40 شخصاً، ولا أعدّ الأطفال».",
    ]


def test_cells_that_are_painted_from_the_right_are_read_so() -> None:
    """As browsers paint a table: the first cell first, the pen going back to the left for each of the rest."""
    cells = [list(paint(cell)) for cell in ("مصر", "110 ملايين", "3.5%")]
    places = ["300 700", "200 700", "100 700"]
    assert extract_pdf(pdf([cells], places=places)).text == "مصر 110 ملايين 3.5%"


def test_a_line_is_read_from_its_places_in_whatever_order_it_is_painted() -> None:
    lines = [*ARTICLE, "ورفع السعر من 3-5 دراهم إلى 5.5 درهم في آب/أغسطس (أو بعده).", "المصابون 146 لا 1460."]
    runs, places = run_by_run(lines)
    assert extract_pdf(pdf([runs], places=places)).text.splitlines() == lines
    rows = [place.split()[1] for place in places]
    backwards = sorted(range(len(runs)), key=lambda at: (-int(rows[at]), -at))
    turned = pdf([[runs[at] for at in backwards]], places=[places[at] for at in backwards])
    assert extract_pdf(turned).text.splitlines() == lines


def test_a_file_of_libreoffice_is_read_to_the_letter() -> None:
    """Made with LibreOffice 7.4 from a Word file with lists and a table; the fonts are taken out of it."""
    exported = (Path(__file__).parent / "cases" / "exported.pdf").read_bytes()
    assert extract_pdf(exported).text.splitlines() == [
        *ARTICLE[:4],
        ARTICLE[4].replace("الحلبي", "الحلبي (Samer Halabi)"),
        "• إغلاق الطريق القديم في 15 مايو 2024.",
        "• تشغيل 24 حافلة إضافية يوميا",
        "• تخفيض الرسوم بنسبة 10% حتى نهاية العام",
        "1. المرحلة الأولى: من الميناء إلى السوق.",
        "2. المرحلة الثانية: من السوق إلى الجامعة.",
        "المدينة السكان النسبة",
        "الرباط 1,932,000 3.5%",
        "الدار البيضاء 3,752,000 6.1%",
        "وأضاف: «شُيّد الجسر قديماً في آب/أغسطس 1954، وعبره 24 ألفاً و40 شخصاً، ولا أعدّ الأطفال».",
        "ورفع السعر من 3-5 دراهم إلى 5.5 درهم؛ وسأل النائب: هل هذا عدل؟ فرد الوزير: لا!",
    ]


def test_a_slash_may_stretch_a_word_or_stand_between_two() -> None:
    """As LibreOffice names the strokes of Noto Naskh: from two on they are strokes, one may be either."""
    lines = [FIRST.replace("وزير", "وزي//ر").replace("الجسر", "الجس////ر"), "حضر الوزير و/أو نائبه.", *ARTICLE * 3]
    plain = [FIRST, "حضر الوزير و/أو نائبه.", *ARTICLE * 3]
    assert extract_pdf(pdf([painted(lines)])).text.splitlines() == plain
    unclear = [*lines, "حضر المدني/العسكري أمس."]
    assert extract_pdf(pdf([painted(unclear)])).text.splitlines() == plain
    assert extract_pdf(pdf([painted([*plain, unclear[-1]])])).text.splitlines() == [*plain, unclear[-1]]


@pytest.mark.parametrize("word", ["الوزي××ر", "¤الوزير", "الو¡ زير", "الوزيرé"])
def test_a_sign_that_no_word_holds_costs_its_sentence(word: str) -> None:

    lines = painted([*ARTICLE * 3, f"حضر {word} أمس."])
    assert extract_pdf(pdf([lines])).text.splitlines() == [*ARTICLE * 3]


@pytest.mark.parametrize("name", ["#", '"'])
def test_strokes_that_stretch_a_word_are_no_signs_of_it(name: str) -> None:
    """As LibreOffice fills a line with the fonts of Noto."""
    lines = [FIRST.replace("وزير", f"وزي{name * 2}ر").replace("الجسر", f"الجس{name}ر"), 'وقرأ "الأهرام" و"الشرق".']
    plain = [FIRST, 'وقرأ "الأهرام" و"الشرق".']
    assert extract_pdf(pdf([painted(lines)])).text.splitlines() == plain
    assert extract_pdf(pdf([painted(plain)])).text.splitlines() == plain


def test_a_raised_number_of_a_pdf_runs_into_no_other() -> None:
    runs, places = run_by_run(["بلغ الطول 3402 مترا"])
    at = runs.index(list("3402"))
    left, up = map(int, places[at].split())
    runs[at : at + 1], places[at : at + 1] = [list("340"), ["2"]], [places[at], f"{left + 18} {up + 4}"]
    assert extract_pdf(pdf([runs], places=places)).text == "بلغ الطول 340² مترا"


def test_letters_that_are_painted_twice_are_read_once() -> None:
    line = painted(["افتتاح الجسر اليوم."])
    assert extract_pdf(pdf([line * 2], places=["50 700", "50.3 700"])).text == "افتتاح الجسر اليوم."


@pytest.mark.parametrize("sign", ["\ue003", "\ufffd", "\x01", "N"])
def test_a_sentence_with_a_sign_that_has_no_name_is_left_out_of_a_pdf(sign: str) -> None:
    """Its neighbours do not become one paragraph."""
    lines = [*ARTICLE * 3, "وصل المراسلون أمس. وقال نائب الوزير إن الج" + sign + "سر آمن. وغادروا بعد ساعة."]
    text = extract_pdf(pdf([painted(lines)])).text
    assert text.splitlines() == [*ARTICLE * 3, "وصل المراسلون أمس.", "وغادروا بعد ساعة."]


@pytest.mark.parametrize("sign", ["\ue003", "N"])
def test_a_pdf_without_most_of_its_sentences_is_refused(sign: str) -> None:
    lines = [f"وقال الوزير في مؤتمر صحفي طويل عقده أمس في العاصمة إن الج{sign}سر آمن.", ARTICLE[3]]
    with pytest.raises(RefusedError) as refused:
        extract_pdf(pdf([painted(lines)]))
    assert refused.value.reason == "bad_encoding"


def test_bullets_without_a_name_are_bullets_and_begin_a_paragraph() -> None:
    items = ["إغلاق الطريق القديم أمام المركبات كلها", "تشغيل حافلات إضافية من الميناء إلى السوق"]
    lines = painted([f"\uf0b7 {item}" for item in items])
    assert extract_pdf(pdf([lines])).text.splitlines() == [f"• {item}" for item in items]
    assert "\uf038" not in extract_pdf(pdf([painted(["قتل \uf038 أشخاص في الحريق.", *ARTICLE * 3])])).text


def test_the_full_stop_of_a_line_without_arabic_stands_behind_it() -> None:
    assert read_line(".%74.6", before=["AL", "R"]) == ("74.6%.", True)
    lines = [list(paint("نقلت الشركة الركاب، وبلغ معدل إشغال المقاعد")), list(paint("74.6%.", before="AL"))]
    assert extract_pdf(pdf([lines])).text == "نقلت الشركة الركاب، وبلغ معدل إشغال المقاعد 74.6%."


def test_letters_too_small_to_be_seen_are_not_read() -> None:
    lines = painted([*ARTICLE, "استقال الوزير سرا أمس."])
    places = [f"50 {780 - 20 * at}" for at in range(len(lines))]
    unseen = pdf([lines], places=[*places[:-1], f"{places[-1]} Tm 0.08 0 0 0.08 {places[-1]}"])
    assert extract_pdf(unseen).text.splitlines() == list(ARTICLE)
    small = [f"{place} Tm 0.1 0 0 0.1 {place}" for place in places]
    assert "سرا" in extract_pdf(pdf([lines], places=small)).text


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [painted(["صحيفة الجسر", line, str(number)]) for number, line in enumerate([*ARTICLE[3:], *ARTICLE[3:]], 1)]
    assert extract_pdf(pdf(pages)).text.splitlines() == [*ARTICLE[3:], *ARTICLE[3:]]


def test_what_chromium_prints_on_every_page_is_left_out() -> None:
    """Its head is painted below the text, before its foot."""
    lines = [*ARTICLE[3:], *ARTICLE[3:]]
    pages = [
        [*painted([line]), list(f"11/29/26, 4:43 AM {paint(ARTICLE[0])}"), list(f"https://news.ae/a {number}/4")]
        for number, line in enumerate(lines, 1)
    ]
    assert extract_pdf(pdf(pages)).text.splitlines() == lines


def test_an_english_pdf_with_arabic_in_it() -> None:
    lines = [list("The bridge, called رسج in Arabic, is 340 metres long."), list("It opened in 2024.")]
    assert extract_pdf(pdf([lines])).text.splitlines() == [
        "The bridge, called جسر in Arabic, is 340 metres long.",
        "It opened in 2024.",
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("فاز 3-1 أمس", "سمأ 1-3 زاف"),
        ("نسبة 51.8% و1,250.5 دولار", "رالود 1,250.5و %51.8 ةبسن"),
        ("2024-05-12", "2024-05-12"),
        ("يوم 2024-05-12", "12-05-2024 موي"),
        ("وكالة Reuters News (لندن)", "(ندنل) Reuters News ةلاكو"),
        ("بند ثان (Samer) 15%", "15% (Samer) ناث دنب"),
        ("شركة News (UK) Ltd أمس", "سمأ News (UK) Ltd ةكرش"),
        ("١٢ مايو ٢٠٢٤", "٢٠٢٤ ويام ١٢"),
        ("الساعة 12:30 في A4", "A4 يف 12:30 ةعاسلا"),
    ],
)
def test_painting_and_reading_are_one(line: str, shown: str) -> None:
    assert paint(line) == shown
    assert read_line(shown) == (line, True)
