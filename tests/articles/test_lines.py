"""Lines that `<br>` ends: a sentence that they cut is whole again, and nothing is joined that stands apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rag.articles.formats.html import extract_html
from tests.articles.documents import ARTICLE, html, wrapped

TITLE, _, _, FIRST, SECOND = ARTICLE
THIRD = "وأضاف أن الحافلات ستنقل السكان مجانا طوال شهر كامل، وأن المدارس ستفتح أبوابها في موعدها."
FOURTH = (
    "وكانت الأمطار الغزيرة التي هطلت في مارس الماضي قد ألحقت أضرارا بالدعامة الشرقية. وقدرت لجنة فنية كلفة الإصلاح "
    "بنحو 900 ألف درهم، ثم أوصت بإغلاق الجسر القديم أمام الشاحنات حتى انتهاء الفحص."
)
BODY = [FIRST, SECOND, THIRD, FOURTH]
SENTENCES = [
    *(
        "افتتح وزير النقل جسر الوادي الجديد، ويبلغ طول الجسر 340 مترا.",
        "وبلغت كلفته 12.5 مليون درهم، أي 51.8% من الميزانية.",
    ),
    *(SECOND, THIRD, "وكانت الأمطار الغزيرة التي هطلت في مارس الماضي قد ألحقت أضرارا بالدعامة الشرقية."),
    "وقدرت لجنة فنية كلفة الإصلاح بنحو 900 ألف درهم، ثم أوصت بإغلاق الجسر القديم أمام الشاحنات حتى انتهاء الفحص.",
]
VERSES = [
    "على قدر أهل العزم تأتي العزائم وتأتي على قدر الكرام المكارم",
    "وتعظم في عين الصغير صغارها وتصغر في عين العظيم العظائم",
    "يكلف سيف الدولة الجيش همه وقد عجزت عنه الجيوش الخضارم",
    "ويطلب عند الناس ما عند نفسه وذلك ما لا تدعيه الضراغم",
]
HEADLINES = [
    "الحكومة تقر موازنة العام المقبل بعجز يبلغ ثلاثة بالمئة",
    "البرلمان يبدأ مناقشة قانون الاستثمار الجديد يوم الأحد",
    "المنتخب يغادر إلى الدوحة للمشاركة في البطولة العربية",
    "الأرصاد تتوقع أمطارا غزيرة على المناطق الساحلية غدا",
]

ADVERTISEMENTS = [
    "مطلوب محاسب خبرة ثلاث سنوات في شركة مقاولات. الراتب حسب الكفاءة",
    "مطلوب سائق رخصة ثقيلة للعمل في مصنع البلوك. السكن مؤمن للعازب",
    "مطلوب مدرسة لغة فرنسية لمدرسة خاصة في صويلح. الدوام صباحي فقط",
    "مطلوب نجار موبيليا خبرة طويلة للعمل في ورشة. الاتصال بعد الظهر.",
]

BRIEFS = [
    "سرقة محل مجوهرات في وسط البلد فجر أمس. الجناة ثلاثة ملثمين",
    "انقلاب شاحنة خضار قرب المفرق مساء السبت دون وقوع إصابات",
    "حريق في مستودع أخشاب شرق المدينة. الخسائر بالآلاف والسبب مجهول",
    "ضبط كمية من الأدوية المهربة في المطار. المتهم مسافر عربي",
    "غرق فتى في بركة زراعية قرب الأغوار. الدفاع المدني انتشل الجثة.",
]


def page(*parts: str) -> bytes:
    return html([TITLE, "AAA"]).replace("<p>AAA</p>", "".join(parts)).encode()


def lines_of(*parts: str) -> list[str]:
    first, *rest = extract_html(page(*parts)).text.splitlines()
    assert first == TITLE
    return rest


def broken(text: str, width: int = 60) -> str:
    return "<br>\n".join(wrapped([text], width))


@pytest.mark.parametrize("width", [50, 60, 72, 100])
@pytest.mark.parametrize(
    "frame",
    ["".join(f"<p>{{{at}}}</p>" for at in range(4)), "<div>{0}<br><br>{1}<br>&nbsp;<br>{2}<br/><br/>{3}</div>"],
    ids=["paragraphs", "two breaks"],
)
def test_a_text_that_is_wrapped_at_a_width_has_its_paragraphs_back(width: int, frame: str) -> None:
    assert lines_of(frame.format(*(broken(line, width) for line in BODY))) == BODY


def test_where_a_line_ends_with_a_sentence_the_break_stays() -> None:
    shown = lines_of("<div>", "<br>".join(broken(line) for line in SENTENCES), "</div>")
    assert shown == SENTENCES


@pytest.mark.parametrize(
    "inline", ["<b>{}</b>", "<font size=3>{}</font>", "<span class=c><i>{}</i></span>", "<!-- x -->{}"]
)
def test_a_frame_round_all_of_the_lines_is_no_matter(inline: str) -> None:
    assert lines_of(*(f"<p>{inline.format(broken(line))}</p>" for line in BODY)) == BODY


def test_a_word_that_leads_on_is_enough_in_a_text_of_two_lines() -> None:
    cut = "وقال الوزير سامر الحلبي في مؤتمر صحفي عقده أمس إن<br>الأعمال استمرت 18 شهرا."
    assert lines_of(f"<p>{cut}</p>") == [cut.replace("<br>", " ")]


@pytest.mark.parametrize(
    "lines",
    [
        VERSES,
        [*VERSES[:-1], VERSES[-1] + "."],
        HEADLINES,
        [*HEADLINES[:-1], HEADLINES[-1] + "."],
        ["القاهرة - وكالة الأنباء", FIRST],
        ["الأحد 12 مايو 2024", FIRST],
        ["المصدر: وكالة الأنباء التي تنقل أخبار المدن والقرى في", FIRST],
        ["وكالة الواحة", "12 مايو 2024", FIRST],
        ["القاهرة - من مراسلنا الخاص محمد عبد الله على", FIRST],
        ADVERTISEMENTS,
        BRIEFS,
        ["مصر 20", "2024 عدد السكان", "تونس 12", "المغرب 7"],
        ["وزارة النقل والأشغال العامة، مبنى الإدارة الرئيسي", "شارع الوادي الجديد", "ص. ب. 340", "الهاتف 5550123"],
        ["العدد: 340 مترا", "الكلفة: 12.5 مليون درهم", "المدة: 18 شهرا"],
        ["قال الوزير إن الخطة تقوم على ما أعلن في المؤتمر السابق عن", "1- إغلاق الطريق القديم", "2- تشغيل الحافلات"],
        ["تفاصيل افتتاح جسر الوادي الجديد في العاصمة أمس", "قال الوزير إن الجسر جاهز."],
        [FIRST, SECOND],
    ],
)
@pytest.mark.parametrize("with_wrapped", [False, True])
def test_lines_that_stand_apart_stay_apart(lines: list[str], with_wrapped: bool) -> None:  # noqa: FBT001 - a column
    """In a page whose text is wrapped too, and wider, as well."""
    texts = [broken(line, 72) for line in BODY * 3] if with_wrapped else [FIRST]
    shown = lines_of("<p>", "<br>".join(lines), "</p>", *(f"<p>{text}</p>" for text in texts))
    assert shown == [*lines, *(BODY * 3 if with_wrapped else [FIRST])]


@pytest.mark.parametrize("frame", ["<b>{}</b>", "<span class='lead'>{}</span>", "<a href='/2'>{}</a>"])
def test_a_line_that_looks_otherwise_is_a_heading(frame: str) -> None:
    first, *rest = wrapped([FOURTH], 60)
    heading = "تفاصيل جديدة عن الدعامة الشرقية وعن موعد فحص الجسر في"
    text = "<br>".join([frame.format(heading), first, *rest])
    assert lines_of(*(f"<p>{broken(line)}</p>" for line in BODY[:3]), f"<p>{text}</p>") == [*BODY[:3], heading, FOURTH]


def test_the_title_above_a_wrapped_text_stays_a_line() -> None:
    title = "تفاصيل افتتاح جسر الوادي الجديد في العاصمة بعد أعوام من"
    text = "".join(f"<p>{broken(line)}</p>" for line in BODY[1:])
    head = f"<head><meta charset='utf-8'><title>{title} | الجسر</title></head>"
    shown = extract_html(f"<html>{head}<body><p>{title}<br>{broken(FIRST)}</p>{text}</body></html>".encode()).text
    assert shown.splitlines()[1:] == [title, *BODY]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("<p>سطر أول<br>قال الوزير،\n  إن <b>الجسر\nجاهز</b>.</p>", ["سطر أول", "قال الوزير، إن الجسر جاهز."]),
        ("<div>سطر أول<br>\n\nقال الوزير،\r\nإن الجسر جاهز.</div>", ["سطر أول", "قال الوزير، إن الجسر جاهز."]),
        ("<p style='white-space: pre-line'>سطر أول<br>ثان\nثالث.</p>", ["سطر أول", "ثان", "ثالث."]),
    ],
)
def test_the_line_ends_of_the_source_are_spaces(content: str, lines: list[str]) -> None:
    assert lines_of(f"<p>{FIRST}</p>", content, f"<p>{SECOND}</p>") == [FIRST, *lines, SECOND]


_WORD = st.sampled_from(sorted({word for line in BODY for word in line.split()} | {"في", "من", "أمس.", "20", "2024"}))


@given(lines=st.lists(st.lists(_WORD, min_size=1, max_size=14).map(" ".join), min_size=1, max_size=12))
@hypothesis_settings(max_examples=200)
def test_whatever_is_joined_every_word_stands_once_and_in_its_place(lines: list[str]) -> None:
    shown = lines_of(f"<p>{'<br>'.join(lines)}</p><p>{SECOND}</p>")
    assert " ".join(shown).split() == " ".join([*lines, SECOND]).split()
    for line in shown:
        assert not any(end in line for end in (". 1-", "20 20", "20 2024", "2024 2024"))


@given(width=st.integers(45, 110), order=st.permutations(BODY))
@hypothesis_settings(max_examples=60)
def test_every_sentence_of_a_wrapped_article_can_be_quoted(width: int, order: list[str]) -> None:
    """But for one before which a line ends by chance with a sentence: there the break stays."""
    shown = lines_of(*(f"<p>{broken(line, width)}</p>" for line in order))
    text = "\n".join(shown)
    assert text.replace("\n", " ") == " ".join(order)
    assert all(sentence in text for sentence in SENTENCES)
