"""What comparing runs, gates and proposing questions say."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text

TOOLS: Mapping[str, Text] = {
    "eval.compare.title": Text(
        "`{before}` (قبل) و`{after}` (بعد): أسئلة مشتركة {num_pairs}، وأخرى لم تُقارن {num_left_out}",
        "`{before}` (before) and `{after}` (after): {num_pairs} questions in both, {num_left_out} not compared",
    ),
    "eval.compare.same": Text(
        "لا فرق: كل سؤال آل إلى ما آل إليه من قبل.", "No difference: every question ended as it did before."
    ),
    "eval.compare.chance": Text(
        "لا فرق يُعتدّ به: ما تغيّر قد يكون صدفة.", "No difference that counts: what changed may be chance."
    ),
    "eval.compare.better": Text("أحسن: {measures}", "Better: {measures}"),
    "eval.compare.worse": Text("أسوأ: {measures}", "Worse: {measures}"),
    "eval.compare.other": Text("تغيّر: {measures}", "Changed: {measures}"),
    "eval.compare.note": Text(
        "المجال 95% بإعادة المعاينة على الأسئلة، وp من اختبار التبديل مصحّحا لعدد المقاييس (هولم)؛ ويُعتدّ بالفرق تحت 0.05.",
        "The interval is a 95 % bootstrap over questions, p a permutation test corrected for the number of measures (Holm); "
        "a difference counts below 0.05.",
    ),
    "eval.compare.changed": Text("أسئلة تغيّرت: {num_changed}", "Questions that changed: {num_changed}"),
    "eval.compare.more": Text("وغيرها {num_more}: كلها في `--json`", "and {num_more} more: all of them in `--json`"),
    "eval.compare.question": Text("السؤال", "question"),
    "eval.compare.column.before": Text("قبل", "Before"),
    "eval.compare.column.after": Text("بعد", "After"),
    "eval.compare.column.difference": Text("الفرق", "Difference"),
    "eval.compare.column.p": Text("p", "p"),
    "eval.compare.nothing_said": Text("لم يُقل شيء", "nothing was said"),
    "eval.gate.miss": Text(
        "لم تُبلغ العتبة `{gate}`: القيمة `{value}`", "Gate missed: `{gate}`, the value is `{value}`"
    ),
    "eval.gate.unknown": Text(
        "لم تُبلغ العتبة `{gate}`: لم يُقس هذا هنا", "Gate missed: `{gate}`, it was not measured here"
    ),
    "eval.gate.held": Text("بُلغت العتبات كلها: {num_gates}", "All gates held: {num_gates}"),
    "eval.calibrate.title": Text(
        "للضبط: أجوبة صحيحة {num_right}، وأخرى خاطئة {num_wrong}، عن مصادر عددها {num_sources}",
        "Fitted on {num_right} right answers and {num_wrong} wrong ones, about {num_sources} groups of sources",
    ),
    "eval.calibrate.set": Text(
        "`{name}`: الأسئلة {num_questions}، سُئل منها {num_asked}، والمحاولات {num_trials}",
        "`{name}`: {num_questions} questions, {num_asked} of them asked, {num_trials} trials",
    ),
    "eval.calibrate.held_out": Text(
        "الأرقام التالية من أسئلة لم تُضبط عليها الثوابت (خمس طيات بحسب الخبر):",
        "What follows is of questions that the constants were not fitted on (five folds, by story):",
    ),
    "eval.calibrate.column.figure": Text("القيمة", "Figure"),
    "eval.calibrate.column.before": Text("قبل", "Before"),
    "eval.calibrate.column.after": Text("بعد", "After"),
    "eval.calibrate.slope": Text("الميل", "Slope"),
    "eval.calibrate.bias": Text("الإزاحة", "Bias"),
    "eval.calibrate.answer_above": Text("يُجاب من", "Answered from"),
    "eval.calibrate.refuse_below": Text("يُمتنع دون", "Refused below"),
    "eval.calibrate.log_loss": Text("خسارة الاحتمال", "Log loss"),
    "eval.calibrate.change": Text("تغيّرها، مجال 95%", "its change, 95 % interval"),
    "eval.calibrate.value": Text("قيمة القرار", "Value of deciding"),
    "eval.calibrate.right_answered": Text("الصحيح: أُجيب", "Right: answered"),
    "eval.calibrate.right_refused": Text("الصحيح: امتناع", "Right: refused"),
    "eval.calibrate.wrong_answered": Text("الخاطئ: أُجيب", "Wrong: answered"),
    "eval.calibrate.wrong_refused": Text("الخاطئ: امتناع", "Wrong: refused"),
    "eval.calibrate.risk": Text("الخطر عند تغطية {share}", "Risk at coverage {share}"),
    "eval.calibrate.area": Text("المساحة تحت المنحنى", "Area under risk-coverage"),
    "eval.calibrate.written": Text(
        "كُتبت الثوابت في `{path}`، ويعمل بها كل ما يُفتح بعد الآن. لإلغائها احذف الملف.",
        "The constants are in `{path}` and serve whatever is started from now on. Delete the file to go back.",
    ),
    "eval.calibrate.not_written": Text(
        "لم يُكتب شيء: على ما لم تُضبط عليه ليست الثوابت الجديدة أحسن من الأصلية، أو قد يكون الفرق صدفة.",
        "Nothing was written: where they were not fitted the constants are no better than the shipped ones, or it may be chance.",
    ),
    "eval.calibrate.kept": Text(
        "وما ضُبط من قبل ({detail}) باقٍ يعمل. لإلغائه احذف `calibration.json`.",
        "What was fitted earlier ({detail}) serves on. Delete `calibration.json` to go back to the shipped ones.",
    ),
    "eval.report.written": Text("التقرير: `{path}`", "The report: `{path}`"),
    "eval.questions.written": Text(
        "كُتب في `{path}` من هياكل الأسئلة: {num_written}. اكتب في كل سطر `question`، وصحّح `answers` و`kind`؛ وما بقي فارغا لا يُسأل.",
        "Skeletons written to `{path}`: {num_written}. Write the `question` of each line, and correct its `answers` and `kind`; "
        "one that stays empty is not asked.",
    ),
    "eval.questions.none": Text(
        "لا جملة في المقالات يُبنى عليها سؤال.", "No sentence of the articles offers a question."
    ),
}

ERRORS: Mapping[str, tuple[Text, ...]] = {
    "RunUnusable.not_comparable": (Text("لا سؤال مشتركا بين `{before}` و`{after}`", "{message}"),),
    "CalibrationImpossible.write": (Text("تعذّرت كتابة الثوابت في `{path}`: {why}", "{message}"),),
    "CalibrationImpossible": (
        Text(
            "لا يكفي للضبط: أجوبة صحيحة {num_right}، خاطئة {num_wrong}، مصادر {num_groups}؛ يلزم {at_least} من كلّ. زد الأسئلة.",
            "{message}",
        ),
        Text("لا يمكن الضبط: {message}", "{message}"),
    ),
    "FileTaken": (Text("`{path}` موجود، ولا يُكتب فوقه. اختر ملفا آخر: `--out FILE`", "{message}"),),
    "GatesUnreadable": (Text("عتبة غير مقروءة: {message}", "{message}"),),
}

USAGE: Mapping[str, tuple[Text, ...]] = {
    "usage.gate.empty": (
        Text(
            "لا عتبة هنا. اكتب مثل `ndcg10=0.83,false_answers<=0.05`",
            "There is no gate here. Write one like `ndcg10=0.83,false_answers<=0.05`",
        ),
    ),
    "usage.gate.form": (
        Text(
            "`{part}` ليس عتبة: اكتب `name=number` أو `name>=number` أو `name<=number`",
            "`{part}` is no gate: write `name=number`, `name>=number` or `name<=number`",
        ),
    ),
    "usage.gate.name": (
        Text("لا مقياس باسم `{name}`. المقاييس: `{names}`", "There is no figure `{name}`. These are there: `{names}`"),
    ),
    "usage.gate.direction": (
        Text(
            "في `{part}` الأقل أحسن، و`=` تعني «على الأقل»: اكتب `{meant}`",
            "In `{part}` less is better, and `=` means at least: write `{meant}`",
        ),
    ),
    "usage.gate.number": (Text("`{number}` في `{part}` ليس عددا", "`{number}` in `{part}` is no number"),),
    "usage.calibrate_alone": (
        Text(
            "مع `--calibrate` تُعطى المجموعات و`--corpus` و`--json` فقط، وقد أُعطي `{option}`",
            "`--calibrate` takes sets, `--corpus` and `--json`, and `{option}` is given",
        ),
    ),
    "usage.one_set": (
        Text(
            "تُسأل مجموعة واحدة في كل مرة؛ المجموعات مع `--calibrate`",
            "One set at a time; several only with `--calibrate`",
        ),
    ),
    "usage.compare_alone": (
        Text(
            "مع `--compare` لا يُعطى إلا `--json`، وقد أُعطي `{option}`",
            "`--compare` takes nothing but `--json`, and `{option}` is given",
        ),
    ),
}

COMMANDS: Mapping[str, Text] = {
    "questions": Text("مجموعات الأسئلة.", "Question sets."),
    "questions new": Text(
        "يقترح من جمل المقالات هياكل أسئلة تكملها أنت: المصدر والموضع وجواب محتمل.",
        "Propose skeletons of questions from the articles' sentences for you to finish: source, place, a likely answer.",
    ),
}

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "questions": ("isnad questions new --count 30 --out questions.jsonl",),
    "questions new": ("isnad questions new --count 30 --out questions.jsonl", "isnad questions new --count 5"),
}

OPTIONS: Mapping[str, Text] = {
    "compared": Text(
        "يقارن تشغيلين لأسئلة واحدة: الأقدم ثم الأحدث.",
        "Compare two runs of the same questions: the earlier, the later.",
    ),
    "calibrating": Text(
        "يضبط ثوابت الامتناع لهذا الفهرس على المجموعات، ويكتبها في مجلده.",
        "Fit the abstention constants of this index on the sets, and write them into its home.",
    ),
    "fail_under": Text(
        "عتبات مثل `ndcg10=0.83,false_answers<=0.05`؛ ما لم تُبلغ فرمز الخروج 3.",
        "Gates such as `ndcg10=0.83,false_answers<=0.05`; where one is missed the exit code is 3.",
    ),
    "report": Text(
        "يكتب التقرير في هذا المجلد: صفحة HTML وMarkdown وCSV.",
        "Write the report into this folder: an HTML page, Markdown, CSV.",
    ),
    "count": Text("عدد الهياكل.", "How many skeletons."),
    "new_file": Text(
        "الملف الذي تُكتب فيه، ولا يكون موجودا؛ وإلا فالمخرج القياسي.", "A new file to write; else standard output."
    ),
}
