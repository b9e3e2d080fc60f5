"""Lines that can end a page, and whether they belong to its article."""

from __future__ import annotations

import pytest

from rag.articles.furniture import find_lines, is_furniture, num_kept

BODY = "افتتحت البلدية الجسر الجديد صباح أمس.\n\nوحضر الافتتاح مئات السكان."


@pytest.mark.parametrize(
    "line",
    [
        "رابط مختصر",
        "رابط مختصر: https://x.example/p/77",
        "المصدر: وكالة الجسر",
        "المصدر : www.aljisr.example",
        "مصدر الخبر: وكالات + الجسر نت",
        "كلمات دلالية: جسر بلدية نهر افتتاح",
        "الكلمات المفتاحية : جسر، نهر",
        "الوسوم: #جسر",
        "#جسر #نهر_كبير",
        "قد يعجبك ايضا",
        "قد يعجبك أيضاً:",
        "ابق على اتصال",
        "احصل على النشرة الإخبارية",
        "اشترك في النشرة البريدية ليصلك كل جديد",
        "اشترك في نشرة «الجسر» المسائية",
        "تابعنا على تلغرام وفيسبوك",
        "تابعونا على: إنستغرام | يوتيوب",
        "شارك الخبر",
        "شاركها على: فيسبوك - واتساب",
        "فيسبوك تويتر واتساب",
        "طباعة | إرسال إلى صديق",
        "Facebook Twitter WhatsApp",
        "اقرأ أيضاً: خمسة جسور ستُبنى هذا العام",
        "إقرأ أيضا",
        "...المزيد",
        "* * *",
        "© جميع الحقوق محفوظة لوكالة الجسر",
        "جميع الحقوق محفوظة 2024",
        "الآراء الواردة في المقال لا تعبر بالضرورة عن رأي الموقع.",
        "إخلاء مسؤولية: لا نضمن صحة ما ورد في هذه الصفحة.",
        "ملحوظة: مضمون هذا الخبر كتبه محرر الجسر ولا يعبر عن وجهة نظرنا.",
        "لمراسلة الكاتب: writer@x.example",
    ],
)
def test_furniture_goes(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "وحضر الافتتاح مئات السكان.",
        "شارك في السباق 30 عداءً من سبع دول.",
        "شارك الخبير في إعداد الدراسة.",
        "اشترك في المعرض ثلاثون ناشراً.",
        "تابعنا عملنا رغم المطر، يقول المهندس.",
        "وقال إن تصريحات الوزير لا تعبر بالضرورة عن موقف الحكومة.",
        "الآراء الواردة في الاستطلاع تعكس قلق السكان.",
        "تنويه الوزارة بجهود المتطوعين لقي صدى واسعاً.",
        "المصدر الرئيسي للمياه في القرية هو النهر.",
        "حقوق النشر في العالم العربي موضوع الندوة.",
        "إعلان النتائج غداً.",
        "فيسبوك ترفض الغرامة.",
        "30",
        "• بند أخير في القائمة",
        "المزيد من المطر غداً.",
    ],
)
def test_text_stays(line: str) -> None:
    assert not is_furniture(line)


def _kept(text: str) -> str:
    lines = list(find_lines(text, 0, len(text)))
    return text[: lines[num_kept(text, lines) - 1][1]]


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "\n\nمقالات مشابهة\n\n  • جسر ثان فوق النهر\n  • هل يكفي جسر واحد؟\n  • «الجسر»: أرقام وتواريخ\n",
        "\n\nأخبار ذات صلة:\n\nجسر ثان فوق النهر\n\nالبلدية تغلق الطريق القديم\n\nرابط مختصر\n",
        "\nقد يعجبك أيضاً\n\nاشترك في النشرة البريدية\n\nابق على تواصل",
        "\n\nالوسوم\nجسر نهر بلدية\n\n\nشارك الخبر\nفيسبوك\nتويتر\n",
        "\nwriter@x.example\n",
        "\nرابط مختصر\nhttps://x.example/p/9",
        "\n \u00a0\n",
    ],
)
def test_the_tail_is_cut_off(tail: str) -> None:
    assert _kept(BODY + tail) == BODY


@pytest.mark.parametrize(
    "tail",
    [
        "\nوشملت المواد:\n• حديد\n• إسمنت",
        "\n\nاقرأ أيضاً:\n\nحريق في السوق\n\nاندلع حريق في السوق القديم فجر اليوم، وأخمده رجال الإطفاء بعد ساعتين.",
        "\n\nالمصدر: وكالة الجسر\n\nحريق في السوق\n\nاندلع حريق في السوق القديم فجر اليوم.",
        "\nتُرسل الطلبات إلى:\njobs@x.example",
        "\nللتسجيل:\nhttps://x.example/form",
        "\nخسائر السوق",
    ],
)
def test_what_may_be_text_stays(tail: str) -> None:
    assert _kept(BODY + tail) == BODY + tail


def test_a_page_of_furniture_keeps_its_first_line() -> None:
    assert _kept("شارك الخبر\nفيسبوك\nتويتر") == "شارك الخبر"


def test_lines_are_stripped_and_not_blank() -> None:
    text = "\n  أ ب \r\n\n\u00a0\n\tج\u2028د"
    assert [text[start:end] for start, end in find_lines(text, 0, len(text))] == ["أ ب", "ج", "د"]
