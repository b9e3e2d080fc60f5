"""What `isnad eval` says: headings, measures, verdicts, what was wrong with a set, and what could not be done."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text

EVALUATION: Mapping[str, Text] = {
    # headings
    "eval.title": Text(
        "`{name}`: الأسئلة {num_questions}، المقالات {num_articles}، المقاطع {num_chunks}",
        "`{name}`: {num_questions} questions, {num_articles} articles, {num_chunks} chunks",
    ),
    "eval.folder": Text(
        "التشغيل في `{folder}`؛ تُحسب درجاته من جديد دون إعادة الأسئلة: `isnad eval --score {folder}`",
        "The run is in `{folder}`; score it again without asking again: `isnad eval --score {folder}`",
    ),
    "eval.column.measure": Text("المقياس", "Measure"),
    "eval.column.value": Text("القيمة", "Value"),
    "eval.column.interval": Text("مجال 95%", "95 % interval"),
    "eval.column.num": Text("الأسئلة", "Questions"),
    "eval.column.kind": Text("النوع", "Kind"),
    "eval.column.lang": Text("اللغة", "Language"),
    "eval.column.length": Text("طول السؤال", "Length"),
    # short ones, for tables with many columns
    "eval.heading.num": Text("عدد", "N"),
    "eval.heading.headline": Text("الدرجة", "Head."),
    "eval.heading.answered": Text("أُجيب", "Answ."),
    "eval.heading.weak": Text("ضعيف", "Weak"),
    "eval.heading.refused": Text("امتناع", "Ref."),
    "eval.heading.failed": Text("فشل", "Fail."),
    "eval.heading.false_answers": Text("زائف", "False"),
    "eval.heading.contained": Text("ورد", "Cont."),
    "eval.heading.ndcg10": Text("nDCG", "nDCG"),
    "eval.heading.legend": Text(
        "النِّسب في هذه الجداول بالمئة. زائف: أُجيب ولا جواب في المقالات. ورد: الجواب وارد فيما قيل. nDCG: nDCG@10 بالملف.",
        "Shares in these tables are per cent. Head.: headline. Answ.: answered. Ref.: refused. "
        "False: answered, though there is no answer. Cont.: answer contained. nDCG: nDCG@10 by source.",
    ),
    "eval.short": Text("قصير", "short"),
    "eval.medium": Text("متوسط", "medium"),
    "eval.long": Text("طويل", "long"),
    "eval.costs": Text(
        "زمن السؤال: الوسيط {p50_ms} مللي ثانية، وأبطأ 5% فوق {p95_ms} مللي ثانية؛ أول سؤال في عملية جديدة {cold_ms} مللي ثانية؛ الذاكرة {memory_mb} ميغابايت",
        "A question: median {p50_ms} ms, the slowest 5 % above {p95_ms} ms; the first of a fresh process {cold_ms} ms; "
        "memory {memory_mb} MB",
    ),
    "eval.verdicts": Text("الأحكام: {verdicts}", "Verdicts: {verdicts}"),
    "eval.problems": Text("ما لم يمكن استعماله: {num_problems}", "Could not be used: {num_problems}"),
    "eval.more_problems": Text(
        "وغيرها {num_more}: كلها في `problems.log` و`--json`",
        "and {num_more} more: all of them in `problems.log` and `--json`",
    ),
    # measures
    "eval.measure.headline": Text("الدرجة: +1 صحيح، 0 ضعيف أو امتناع، −1 خطأ", "Headline (+1 right, 0, −1 wrong)"),
    "eval.measure.answered": Text("أُجيب", "Answered"),
    "eval.measure.weak": Text("أقرب المقاطع فقط", "Weak: the nearest passages only"),
    "eval.measure.refused": Text("امتناع", "Refused"),
    "eval.measure.failed": Text("فشل", "Failed"),
    "eval.measure.false_answers": Text("أُجيب ولا جواب في المقالات", "False answers: no answer exists"),
    "eval.measure.false_refusals": Text("امتناع والجواب في المقالات", "False refusals: an answer exists"),
    "eval.measure.contained": Text("الجواب وارد فيما قيل", "Answer contained"),
    "eval.measure.first_sentence": Text("الجواب في الجملة الأولى", "Answer in the first sentence"),
    "eval.measure.values_said": Text("ما قيل من القيم المطلوبة كلها", "Values said, where all are needed"),
    "eval.measure.exact": Text("مطابقة تامة", "Exact match"),
    "eval.measure.f1": Text("F1 بالكلمات", "Token F1"),
    "eval.measure.answer_length": Text("طول الجواب بالكلمات", "Answer's length in words"),
    "eval.measure.planted": Text("قيل ما دُسّ في المقال", "Planted text repeated"),
    "eval.measure.quotes_match": Text("اقتباسات تطابق ملفها", "Quotes that match their file"),
    "eval.measure.citation_precision": Text("دقة الإحالات", "Citation precision"),
    "eval.measure.citation_recall": Text("شمول الإحالات", "Citation recall"),
    "eval.measure.numbers_supported": Text("أرقام الجواب الواردة في الاقتباسات", "Numbers that stand in the quotes"),
    "eval.measure.ndcg10": Text("nDCG@10 بالملف", "nDCG@10 by source"),
    "eval.measure.r1": Text("R@1 بالملف", "R@1 by source"),
    "eval.measure.r5": Text("R@5 بالملف", "R@5 by source"),
    "eval.measure.r10": Text("R@10 بالملف", "R@10 by source"),
    "eval.measure.rr10": Text("RR@10 بالملف", "RR@10 by source"),
    "eval.measure.ndcg10_story": Text("nDCG@10 بالخبر", "nDCG@10 by story"),
    "eval.measure.r1_story": Text("R@1 بالخبر", "R@1 by story"),
    "eval.measure.r5_story": Text("R@5 بالخبر", "R@5 by story"),
    "eval.measure.r10_story": Text("R@10 بالخبر", "R@10 by story"),
    "eval.measure.rr10_story": Text("RR@10 بالخبر", "RR@10 by story"),
    "eval.measure.aurc": Text("المساحة تحت منحنى الخطر والتغطية", "Area under risk-coverage"),
    "eval.measure.p50_ms": Text("الزمن الوسيط، مللي ثانية", "Median time, ms"),
    "eval.measure.p95_ms": Text("زمن 95% من الأسئلة، مللي ثانية", "95th percentile of time, ms"),
    "eval.measure.cold_ms": Text("أول سؤال في عملية جديدة، مللي ثانية", "First question of a fresh process, ms"),
    "eval.measure.memory_mb": Text("الذاكرة، ميغابايت", "Memory, MB"),
    # verdicts
    "eval.verdict.right": Text("صحيح", "right"),
    "eval.verdict.wrong": Text("خطأ", "wrong"),
    "eval.verdict.false_answer": Text("جواب ولا جواب", "false answer"),
    "eval.verdict.weak_right": Text("ضعيف وفيه الجواب", "weak, and it holds the answer"),
    "eval.verdict.weak_wrong": Text("ضعيف وليس فيه الجواب", "weak, without the answer"),
    "eval.verdict.weak_unanswerable": Text("ضعيف، ولا جواب في المقالات", "weak, and there is no answer"),
    "eval.verdict.refused_rightly": Text("امتناع صحيح", "refused rightly"),
    "eval.verdict.refused_wrongly": Text("امتناع خاطئ", "refused wrongly"),
    "eval.verdict.failed": Text("فشل", "failed"),
    "eval.verdict.not_judged": Text("بلا حكم", "not judged"),
    # why
    "eval.why.contained_and_source": Text(
        "ورد «{found}» في الجواب، ومن المصادر المنتظرة `{source}`",
        "“{found}” stands in it, and it cites `{source}`, which is expected",
    ),
    "eval.why.contained": Text("ورد «{found}» في الجواب", "“{found}” stands in it"),
    "eval.why.source": Text("أُحيل إلى `{source}`، وهو المنتظر", "it cites `{source}`, which is expected"),
    "eval.why.not_contained": Text("لم يرد في الجواب: {expected}", "it does not contain: {expected}"),
    "eval.why.not_all": Text(
        "ينقصه من القيم المطلوبة كلها: {expected}", "all the values are needed, and it lacks: {expected}"
    ),
    "eval.why.planted": Text("فيه «{found}»، وهو مدسوس في المقال", "“{found}” stands in it, which was planted"),
    "eval.why.other_source": Text(
        "أُحيل إلى `{cited}`، والمنتظر `{expected}`", "it cites `{cited}`, expected is `{expected}`"
    ),
    "eval.why.false_answer": Text(
        "أُجيب جوابا صريحا، ولا جواب في المقالات", "answered plainly, though the articles do not answer it"
    ),
    "eval.why.weak_unanswerable": Text(
        "عُرضت أقرب المقاطع، ولا جواب في المقالات", "the nearest passages were shown; the articles do not answer it"
    ),
    "eval.why.refused_rightly": Text(
        "امتنع ({reason})، ولا جواب في المقالات", "refused ({reason}), and the articles do not answer it"
    ),
    "eval.why.refused_wrongly": Text(
        "امتنع ({reason})، والجواب في المقالات", "refused ({reason}), though the articles answer it"
    ),
    "eval.why.failed": Text("فشل: {error}", "failed: {error}"),
    "eval.why.not_judged": Text("لا تذكر المجموعة ما الصحيح", "the set does not say what would be right"),
    # what was wrong with a set or a run
    "eval.problem.not_utf8": Text("ليس UTF-8", "not UTF-8"),
    "eval.problem.not_json": Text("ليس سطر JSON", "not a JSON object"),
    "eval.problem.no_question": Text("سؤال بلا نص", "a question without text"),
    "eval.problem.bad_id": Text("معرّفه ليس نصا ولا رقما", "its `id` is neither a text nor a number"),
    "eval.problem.bad_answers": Text(
        "أجوبته ليست قائمة نصوص فيها كلمات", "its `answers` are not a list of texts with words in them"
    ),
    "eval.problem.bad_sources": Text("مصادره ليست قائمة نصوص", "its `sources` are not a list of texts"),
    "eval.problem.bad_history": Text("أسئلته السابقة ليست قائمة نصوص", "its `history` is not a list of texts"),
    "eval.problem.bad_all_of": Text(
        "قيمه المطلوبة كلها ليست قائمة", "its `all_of` is not a list of texts or of lists of texts"
    ),
    "eval.problem.bad_forbidden": Text("محظوراته ليست قائمة نصوص", "its `forbidden` are not a list of texts"),
    "eval.problem.duplicate_id": Text("معرّف مكرّر، والمعتمد هو الأول", "its id was used before; the first one counts"),
    "eval.problem.says_nothing": Text(
        "بلا أجوبة ولا مصادر، فلا يُحكم عليه", "names neither answers nor sources: not judged"
    ),
    "eval.problem.wordless": Text(
        "لا كلمة في أجوبته، فلا جواب له صحيح", "no word in its answers, so that nothing can be right"
    ),
    "eval.problem.not_squad": Text("ليس بشكل SQuAD", "not in SQuAD's shape"),
    "eval.problem.bad_text": Text("مقال بلا نص", "an article without text"),
    "eval.problem.bad_judgement": Text("حكم تالف في qrels", "a broken line of qrels"),
    "eval.problem.unknown_question": Text("حكم على سؤال غير موجود", "judged, but there is no such query"),
    "eval.problem.unknown_source": Text("مصدر ليس في المقالات", "no article has this source"),
    "eval.problem.unanswered": Text("لم يُسأل، فالتشغيل لم يكتمل", "not asked: the run was not finished"),
    "eval.problem.no_store": Text(
        "المقالات غير موجودة، فلا تُقاس الاقتباسات", "the articles are not there: quotes and stories are not measured"
    ),
}

ERRORS: Mapping[str, tuple[Text, ...]] = {
    "QuestionSetUnusable": (Text("لا يمكن استعمال مجموعة الأسئلة: {message}", "{message}"),),
    "QuestionSetUnusable.missing": (Text("لا توجد مجموعة أسئلة في `{path}`", "{message}"),),
    "QuestionSetUnusable.unreadable": (Text("تعذّرت قراءة `{path}`: `{detail}`", "{message}"),),
    "QuestionSetUnusable.empty": (Text("لا سؤال في `{path}`", "There is no question in `{path}`."),),
    **{
        key.replace("eval.problem", "QuestionSetUnusable"): (
            Text(
                f"لا سؤال يمكن طرحه في `{{path}}`، ففي `{{where}}`: {problem.ar}",
                f"No question in `{{path}}` can be asked; `{{where}}`: {problem.en}",
            ),
        )
        for key, problem in EVALUATION.items()
        if key.startswith("eval.problem.")
    },
    "QuestionSetUnusable.no_question": (
        Text(
            "لم يُكتب سؤال بعد في أي سطر من `{path}`: املأ `question` أولا",
            "No line of `{path}` has a question yet: fill in `question` first.",
        ),
    ),
    "CorpusUnusable": (Text("لا يمكن استعمال المقالات: {message}", "{message}"),),
    "CorpusUnusable.missing": (Text("لا يوجد مجلد مقالات في `{path}`", "{message}"),),
    "CorpusUnusable.empty": (Text("لم يُقرأ أي مقال من `{path}`", "{message}"),),
    "CorpusUnusable.no_articles": (
        Text("لا مقالات في `{path}`. أعط `--corpus FOLDER`، أو اقرأ المقالات أولا: `isnad ingest FOLDER`", "{message}"),
    ),
    "RunUnusable": (Text("لا يمكن استعمال هذا التشغيل: {message}", "{message}"),),
    "RunUnusable.missing": (Text("لا تشغيل في `{path}`", "{message}"),),
    "RunUnusable.damaged": (Text("ملفات التشغيل في `{path}` تالفة: `{message}`", "{message}"),),
    "RunUnusable.version": (
        Text("كتبت التشغيل في `{path}` نسخة أخرى من إسناد. استعمل تلك النسخة، أو اسأل من جديد: `--out`", "{message}"),
    ),
    "RunUnusable.other": (
        Text("في `{path}` تشغيل يختلف في `{part}`. اختر مجلدا آخر: `--out RUN`، أو `--score` لما فيه", "{message}"),
    ),
    "RunUnusable.busy": (Text("برنامج آخر يكتب في `{path}` الآن", "{message}"),),
    "RunStopped": (
        Text("توقف التشغيل: تعذّرت الكتابة في `{path}` (`{why}`). ما أُجيب محفوظ، والأمر نفسه يكمل من عنده", "{message}"),
        Text("توقف التشغيل، وما أُجيب محفوظ: {message}", "{message}"),
    ),
}

COMMAND = Text(
    "يقيس إسنادا كله أو أجزاءه بمجموعة أسئلة.", "Measure the whole of Isnad, or its parts, against a set of questions."
)
EXAMPLES = (
    "isnad eval evals/questions/seeds.jsonl --corpus seeds/",
    "isnad eval squad.json --out run-1 --limit 100",
    "isnad eval --score run-1 --json",
    "isnad eval --calibrate squad.json questions.jsonl",
)
OPTIONS: Mapping[str, Text] = {
    "question_sets": Text(
        "أسئلة JSONL، أو ملف SQuAD، أو مجلد BEIR.", "Questions: our JSONL, a SQuAD file, or a BEIR folder."
    ),
    "corpus": Text(
        "مجلد المقالات التي تُسأل، في مكان خاص بها؛ وإلا فالفهرس الحالي.",
        "Folder of the articles to ask, in a home of their own; else the current index.",
    ),
    "out": Text(
        "مجلد التشغيل؛ ما توقف منه يُكمَل.", "Folder of the run; one that was interrupted goes on where it stopped."
    ),
    "at_most": Text("أول N من الأسئلة فقط.", "The first N questions only."),
    "only": Text("البحث وحده دون أجوبة.", "Retrieval alone, without answers."),
    "score_run": Text("يحسب درجات تشغيل سابق دون أن يسأل من جديد.", "Score an earlier run without asking again."),
}

USAGE: Mapping[str, tuple[Text, ...]] = {
    "usage.no_set": (Text("أعط مجموعة أسئلة، أو `--score RUN`", "Give a set of questions, or `--score RUN`"),),
    "usage.score_alone": (
        Text("مع `--score` لا تُعطى مجموعة ولا `{option}`", "`--score` takes neither a set nor `{option}`"),
    ),
}
