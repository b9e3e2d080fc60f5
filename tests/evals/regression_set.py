"""A small regression set: a third of the questions on our own articles, and some that need the whole article.

In `visit-*.txt` the town is named at the beginning alone, and what is asked about stands in another chunk, in
words that all of them share: only the score of the whole article tells them apart.
"""

from __future__ import annotations

import json
from pathlib import Path

TOWNS = (
    ("عين الزهر", "فارس العلي", 37),
    ("تل الرمان", "نوال حداد", 52),
    ("وادي الحور", "سليم الخوري", 18),
    ("كفر السنديان", "هناء شاهين", 64),
    ("مرج الغزلان", "رامي عبود", 29),
    ("بئر الصفا", "لمى درويش", 73),
    ("رأس النبع", "باسل قاسم", 41),
    ("دير الكرمة", "ريم النجار", 86),
)
SCENES = (
    "جلس الأهالي في الساحة منذ الصباح، وتبادلوا أخبار الموسم وأحوال الطريق.",
    "وتقول صاحبة الدكان المقابل إن الناس هنا اعتادوا حمل الجرار من الينبوع القديم.",
    "ويقطع التلاميذ المسافة إلى المدرسة سيرا، ويعودون قبل أن يشتد الحر.",
    "وعلى الجدران صور لاحتفالات مضت، وأسماء فرق زارت المكان ثم غابت.",
    "أما الحقول فقد اصفرّت هذا العام قبل أوانها، وتأخر الحصاد أسبوعين.",
    "ويحفظ كبار السن حكايات عن شتاء بعيد غمر فيه السيل البيوت المنخفضة.",
    "ولا يمر الباص من هنا إلا مرتين، فيركب الناس في صناديق الشاحنات.",
    "وفي المساء تضاء المصابيح القليلة، ويعود الرعاة من السفوح.",
    "وقد رصف شبان متطوعون الدرج المؤدي إلى السوق، وزرعوا على جانبيه الورد.",
    "وتنتظر الجمعية النسائية أن يفتح المشغل بابه من جديد في الخريف.",
    "ويشكو أصحاب الأفران من ارتفاع أجرة النقل وندرة الحطب.",
    "وبين البيوت أشجار توت معمرة، يقال إن أول من سكن المكان غرسها.",
)


def write_visits(folder: Path) -> Path:
    """Write the articles about the towns, and return their folder."""
    folder.mkdir()
    for at, (town, builder, cost) in enumerate(TOWNS):
        scenes = dict.fromkeys(SCENES[(at * 5 + step * (1 + at % 3)) % len(SCENES)] for step in range(6))
        first, second = " ".join(list(scenes)[:3]), " ".join(list(scenes)[3:])
        told = f"وقالت اللجنة المحلية إن كلفة خزان المياه الجديد بلغت {cost} ألف دينار. "
        told += f"وأشرف على بناء الخزان المهندس {builder}."
        text = f"يوميات مراسل: الحلقة {at + 1}\n\nزرنا {town} في يوم هادئ. {first}\n\n{second}\n\n{told}"
        (folder / f"visit-{at + 1}.txt").write_text(text, "utf-8")
    return folder


def write_set(path: Path, seeds_questions: Path) -> Path:
    """Write the questions, and return their file."""
    shipped = [json.loads(line) for line in seeds_questions.read_text("utf-8").splitlines()]
    asked = [question for question in shipped if int(question["id"].rpartition("-")[2]) % 3 == 1]
    for at, (town, builder, cost) in enumerate(TOWNS, start=1):
        source = [f"visit-{at}.txt"]
        about_cost, about_builder = f"كم بلغت كلفة خزان المياه في {town}؟", f"من أشرف على بناء خزان {town}؟"
        asked.append(
            {
                "id": f"cost-{at}",
                "question": about_cost,
                "kind": "far",
                "answers": [f"{cost} ألف دينار"],
                "sources": source,
            }
        )
        asked.append(
            {"id": f"builder-{at}", "question": about_builder, "kind": "far", "answers": [builder], "sources": source}
        )
    path.write_text("".join(json.dumps(question, ensure_ascii=False) + "\n" for question in asked), "utf-8")
    return path
