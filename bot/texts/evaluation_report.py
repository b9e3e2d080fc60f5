"""What the report of a run says, on its page and in its other forms, beside what `evaluation` holds."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text

REPORT: Mapping[str, Text] = {
    # above
    "eval.report.title": Text("تقرير التقييم", "Evaluation report"),
    "eval.report.asked": Text(
        "الأسئلة {num_questions} · المقالات {num_articles} · المقاطع {num_chunks}",
        "{num_questions} questions · {num_articles} articles · {num_chunks} chunks",
    ),
    "eval.report.fact.started": Text("بدأ في", "started"),
    "eval.report.fact.version": Text("الإصدار", "version"),
    "eval.report.fact.digest": Text("بصمة الأسئلة", "questions’ digest"),
    "eval.report.fact.embed_model": Text("نموذج التضمين", "embedding model"),
    "eval.report.fact.llm_model": Text("النموذج اللغوي", "language model"),
    "eval.report.fact.machine": Text("الجهاز", "machine"),
    "eval.report.footer": Text(
        "المجالات 95% بإعادة المعاينة على الأسئلة (1000 مرة، ببذرة ثابتة). لا تحتاج هذه الصفحة إلى شبكة.",
        "Intervals are 95 % bootstrap intervals over questions (1,000 resamples, fixed seed). This page needs no network.",
    ),
    # sections
    "eval.report.section.figures": Text("المقاييس", "Figures"),
    "eval.report.section.plots": Text("الرسوم", "Plots"),
    "eval.report.section.groups": Text("بحسب النوع واللغة والطول", "By kind, language and length"),
    "eval.report.section.questions": Text("الأسئلة", "Questions"),
    "eval.report.group.answers": Text("الأجوبة", "Answers"),
    "eval.report.group.refusal": Text("الإجابة والامتناع", "Answering and refusing"),
    "eval.report.group.grounding": Text("الاستناد إلى المصادر", "Grounding"),
    "eval.report.group.retrieval": Text("البحث، بالملف", "Retrieval, by source"),
    "eval.report.group.stories": Text("البحث، بالخبر", "Retrieval, by story"),
    "eval.report.group.costs": Text("الزمن والذاكرة", "Time and memory"),
    "eval.report.num": Text("العدد", "n"),
    "eval.report.became": Text("ما آلت إليه", "What became of them"),
    # plots
    "eval.report.plot.risk_coverage": Text("الخطر والتغطية", "Risk and coverage"),
    "eval.report.plot.confidences": Text("الثقة حيث صح الجواب وحيث لم يصح", "Confidence where right and where not"),
    "eval.report.plot.latency": Text("زمن الجواب", "Time to answer"),
    "eval.report.axis.coverage": Text(
        "التغطية: نصيب الأسئلة، الأوثق أولا", "coverage: share of questions, surest first"
    ),
    "eval.report.axis.risk": Text("الخطر: نصيب ما لم يصح", "risk: share not right"),
    "eval.report.axis.confidence": Text("الثقة", "confidence"),
    "eval.report.axis.questions": Text("الأسئلة", "questions"),
    "eval.report.axis.milliseconds": Text("ميلي ثانية (سلّم لوغاريتمي)", "milliseconds (logarithmic)"),
    "eval.report.caption.risk_coverage": Text(
        "تؤخذ الأسئلة من الأوثق إلى الأقل، ويُحسب نصيب ما لم يصح مما أُخذ. النقطة: ما أُجيب جوابا صريحا.",
        "Questions are taken from the surest on; the line is the share of them that is not right. "
        "The dot: what is answered plainly.",
    ),
    "eval.report.caption.confidences": Text(
        "فوق الخط ما صح، وتحته ما لم يصح.", "Above the line what is right, below it what is not."
    ),
    "eval.report.caption.latency": Text(
        "الخطان: الوسيط، وما دونه 95% من الأسئلة.", "The lines: the median, and what 95 % of questions stay below."
    ),
    "eval.report.legend.good": Text("صحيح", "right"),
    "eval.report.legend.bad": Text("غير صحيح", "not right"),
    "eval.report.legend.pale": Text("باهت: امتناع", "pale: refused"),
    # questions
    "eval.report.search": Text("ابحث في الأسئلة والأجوبة والمصادر", "Search questions, answers and sources"),
    "eval.report.filter.verdict": Text("كل الأحكام", "All verdicts"),
    "eval.report.filter.kind": Text("كل الأنواع", "All kinds"),
    "eval.report.filter.lang": Text("كل اللغات", "All languages"),
    "eval.report.filter.status": Text("كل الحالات", "All statuses"),
    "eval.report.status.answered": Text("أُجيب", "answered"),
    "eval.report.status.weak": Text("أقرب المقاطع", "weak"),
    "eval.report.status.refused": Text("امتناع", "refused"),
    "eval.report.status.failed": Text("فشل", "failed"),
    "eval.report.clear": Text("امسح", "Clear"),
    "eval.report.open_all": Text("افتح الظاهر", "Open shown"),
    "eval.report.close_all": Text("أغلقه", "Close"),
    "eval.report.none_found": Text("لا سؤال بهذه الشروط.", "No question is like that."),
    "eval.report.confidence": Text("الثقة", "confidence"),
    "eval.report.milliseconds": Text("الزمن، مللي ثانية", "Time, ms"),
    "eval.report.part.history": Text("قبله في المحادثة", "Asked before it"),
    "eval.report.part.expected": Text("المنتظر", "Expected"),
    "eval.report.part.answer": Text("الجواب", "Answer"),
    "eval.report.part.citations": Text("الإحالات في فقراتها", "Citations in their paragraphs"),
    "eval.report.part.disagreements": Text("اختلاف المصادر", "Where the sources disagree"),
    "eval.report.part.ranking": Text("أول نتائج البحث", "First sources found"),
    "eval.report.part.measures": Text("مقاييسه", "Its measures"),
    "eval.report.expects_refusal": Text("الامتناع: لا جواب في المقالات", "To refuse: the articles do not answer it"),
    "eval.report.expects_nothing": Text("لا تذكر المجموعة ما الصحيح", "The set does not say what would be right"),
    "eval.report.quote.differs": Text(
        "هذا الاقتباس ليس ما في الملف في موضعه.", "This quote is not what stands there in the file."
    ),
    "eval.report.quote.no_article": Text(
        "ملف هذا الاقتباس غير موجود، فلا تُعرض فقرته.",
        "The file of this quote is not there; its paragraph is not shown.",
    ),
    # the tables
    "eval.report.column.id": Text("المعرّف", "id"),
    "eval.report.column.verdict": Text("الحكم", "Verdict"),
    "eval.report.column.question": Text("السؤال", "Question"),
    "eval.report.column.answer": Text("الجواب", "Answer"),
    "eval.report.column.why": Text("السبب", "Why"),
}
