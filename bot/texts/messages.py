"""What the commands and the chat say when all goes well, abstaining included."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text

MESSAGES: Mapping[str, Text] = {
    # answers
    "weak": Text(
        "لا جواب واضحا في المقالات؛ أقرب المقاطع:", "No clear answer in the articles; the nearest passages are:"
    ),
    "sources": Text("المصادر", "Sources"),
    "nearest": Text("أقرب العناوين", "Nearest headlines"),
    "searched": Text("البحث عن: {searched}", "Searched for: {searched}"),
    "mode.written": Text(
        "صاغ النموذج اللغوي هذا الجواب من الجمل المذكورة تحته.",
        "A language model wrote this from the sentences cited below.",
    ),
    "mode.quoted_after_llm_failure": Text(
        "تعذّر أن يصوغ النموذج اللغوي جوابا، فهذه جمل المقالات كما هي.",
        "The language model could not write an answer, so these are the articles' own sentences.",
    ),
    "refused.weak_evidence": Text(
        "في المقالات ما يقارب السؤال، وليس فيها ما يجيب عنه.",
        "The articles come near this question but do not answer it.",
    ),
    "refused.no_evidence": Text("المقالات لا تجيب عن هذا السؤال.", "The articles do not answer this question."),
    "refused.empty_question": Text("السؤال فارغ. اكتب سؤالا.", "The question is empty. Write a question."),
    "refused.not_understood": Text(
        "لم أفهم السؤال. اكتبه بالعربية وبكلمات كاملة، مثل: متى افتُتح المتحف؟",
        "I did not understand the question. Write it in Arabic and in full words, such as: متى افتُتح المتحف؟",
    ),
    "refused.unused_words": Text(
        "لا مقال يستعمل هذه الكلمات. اسأل باسم شخص أو مكان أو شيء.",
        "No article uses these words. Ask with the name of a person, a place or a thing.",
    ),
    "refused.empty_index": Text(
        "لا مقالات في الفهرس بعد. أضف مقالاتك أولا: `isnad ingest FOLDER`",
        "There are no articles in the index yet. Add yours first: `isnad ingest FOLDER`",
    ),
    # disagreements
    "disagreement.differ": Text("المصادر تختلف في {quantity}:", "The sources differ on {quantity}:"),
    "disagreement.updated": Text("تغيّر {quantity} مع الوقت:", "{quantity} changed over time:"),
    "disagreement.not_comparable": Text(
        "أرقام لا تصح مقارنتها في {quantity}:", "Figures that cannot be compared on {quantity}:"
    ),
    # search
    "search.empty": Text("لا مقاطع تطابق السؤال.", "No passages match."),
    "score": Text("الدرجة", "score"),
    # ingest, remove, reindex
    "ingest.done": Text(
        "المقالات المقروءة: {num_read} · جديدة: {num_added} · تغيّرت: {num_changed} · كما هي: {num_unchanged}"
        " · حُذفت: {num_removed}",
        "Articles read: {num_read} · new: {num_added} · changed: {num_changed} · unchanged: {num_unchanged}"
        " · removed: {num_removed}",
    ),
    "index.now": Text(
        "في الفهرس الآن: المقالات {num_articles}، المقاطع {num_chunks} (رُمّز منها الآن {num_embedded})، {seconds} ثانية",
        "In the index now: articles {num_articles}, chunks {num_chunks} (encoded now {num_embedded}), {seconds} s",
    ),
    "ingest.kept": Text(
        "مقالات تعذّرت قراءة ملفاتها كاملة فأُبقيت كما كانت: {count}",
        "Articles kept as they were, since their file could not be read whole: {count}",
    ),
    "ingest.away": Text(
        "مقالات خلا مجلدها أو غاب فأُبقيت: {count}. لحذفها: `{command}`",
        "Articles kept though their folder is empty or gone: {count}. To drop them: `{command}`",
    ),
    "ingest.other_kinds": Text("ملفات من أنواع لا تُقرأ: {count}", "Files of kinds that are not read: {count}"),
    "ingest.nothing": Text("لم يُقرأ أي مقال.", "No article was read."),
    "ingest.nothing_of_kind": Text(
        "لم يُقرأ أي مقال. الأنواع المقبولة: `.txt` و`.md` و`.jsonl` و`.html` و`.htm` و`.xhtml` و`.pdf` و`.docx`",
        "No article was read. Accepted: `.txt`, `.md`, `.jsonl`, `.html`, `.htm`, `.xhtml`, `.pdf`, `.docx`",
    ),
    "skipped": Text("ما تُرك: {num_skipped}", "Skipped: {num_skipped}"),
    "skipped.more": Text("وغيرها {num_more}: يذكرها كلها `--json`", "and {num_more} more: `--json` names them all"),
    "remove.done": Text("حُذف `{source}`.", "Removed `{source}`."),
    "remove.done_all": Text(
        "حُذف `{source}`، والمقالات التي كانت فيه: {num_removed}", "Removed `{source}`; articles in it: {num_removed}"
    ),
    "remove.next": Text(
        "إن بقي ملفه في مجلده أعاده `isnad ingest` في المرة التالية: انقل الملف أو احذفه إن أردت ألا يعود.",
        "If its file is still in its folder, the next `isnad ingest` brings it back: move or delete the file to keep it out.",
    ),
    "reindex.done": Text("أُعيد بناء الفهرس.", "The index was rebuilt."),
    "ask.no_such_dates": Text(
        "لا مقال من هذه الفترة: تواريخ المقالات من `{first}` إلى `{last}`.",
        "No article is of that period: the articles' dates go from `{first}` to `{last}`.",
    ),
    "ask.no_such_date": Text(
        "لا مقال من هذه الفترة: لا تاريخ في المقالات إلا `{first}`.",
        "No article is of that period: the only date in the articles is `{first}`.",
    ),
    "ask.undated": Text(
        "مقالات لا تذكر تاريخها ولم يُبحث فيها: {num_undated}. ليشملها البحث اسأل دون `--since` و`--until`.",
        "Articles that state no date, and were not searched: {num_undated}. Ask without `--since` and `--until` to include"
        " them.",
    ),
    "ask.next": Text("اسأل الآن: `{command}`", "Now ask: `{command}`"),
    "index.rebuilding": Text(
        "الفهرس ناقص أو تالف، ويُعاد بناؤه من المقالات المحفوظة: `{detail}`",
        "The index is missing or broken and is being rebuilt from the stored articles: `{detail}`",
    ),
    "index.waiting": Text(
        "في الفهرس كتابة جارية (`{holder}`)؛ ننتظر حتى تنتهي.",
        "`{holder}` is writing the index; waiting until it is done.",
    ),
    # why something was skipped
    "skip.empty": Text("ملف فارغ", "empty"),
    "skip.binary": Text("ليس نصا", "not text"),
    "skip.bad_encoding": Text("ترميز حروفه تالف أو مجهول", "damaged or unknown encoding"),
    "skip.unreadable": Text("تعذّرت قراءته", "could not be read"),
    "skip.unsupported": Text("نوع لا يُقرأ", "not a kind that is read"),
    "skip.too_large": Text("أكبر من المسموح", "too large"),
    "skip.bad_json": Text("سطر JSON تالف", "not a valid JSON line"),
    "skip.bad_record": Text("سطر ليس سجل مقال", "not an article's record"),
    "skip.no_text": Text("لا نص فيه", "no text in it"),
    "skip.bad_text": Text("نص تالف", "damaged text"),
    "skip.duplicate_id": Text("معرّف مكرّر", "its id was used before"),
    "skip.encrypted": Text(
        "محميّ بكلمة سر: احفظ منه نسخة بلا كلمة سر", "protected by a password: save a copy without one"
    ),
    "skip.scanned": Text("صفحات مصوّرة بلا نص", "scanned pages without text"),
    "skip.visual_order": Text("حروفه العربية بترتيب لا يُقرأ", "its Arabic comes out in an order that cannot be read"),
    "skip.bomb": Text("يتضخم عند فتحه فوق كل حد", "unpacks beyond every limit"),
    "skip.broken": Text("ملف تالف", "a broken file"),
    "skip.timed_out": Text("استغرقت قراءته أطول من المسموح", "took too long to read"),
    # stages of long work
    "stage.read": Text("قراءة", "reading"),
    "stage.index": Text("فهرسة", "indexing"),
    "stage.renew": Text("تجديد الفهرس", "renewing the index"),
    "stage.ask": Text("أسئلة", "questions"),
    # sources, status
    "column.source": Text("الملف", "Source"),
    "column.title": Text("العنوان", "Title"),
    "column.outlet": Text("الجهة", "Outlet"),
    "column.date": Text("التاريخ", "Date"),
    "column.chunks": Text("المقاطع", "Chunks"),
    "sources.none": Text(
        "لا مقالات بعد. أضفها: `isnad ingest FOLDER`", "No articles yet. Add some: `isnad ingest FOLDER`"
    ),
    "sources.more": Text(
        "يظهر {num_shown} من {num_articles}؛ `--limit 0` يعرضها كلها",
        "{num_shown} of {num_articles} shown; `--limit 0` shows all",
    ),
    "status.num_articles": Text("المقالات", "Articles"),
    "status.num_chunks": Text("المقاطع", "Chunks"),
    "status.date": Text("التاريخ", "Date"),
    "status.dates": Text("التواريخ", "Dates"),
    "status.undated": Text("بلا تاريخ", "Undated"),
    "status.outlets": Text("الجهات", "Outlets"),
    "status.root": Text("المجلد المقروء", "Folder read"),
    "status.encoder": Text("المرمّز", "Encoder"),
    "status.calibration": Text("ثوابت الامتناع", "Abstention"),
    "status.calibration.fitted": Text("مضبوطة ({detail})", "fitted ({detail})"),
    "status.calibration.stale": Text(
        "الأصلية، فالمضبوطة لفهرس بمرمّز آخر ({detail}): أعد الضبط",
        "shipped constants; those in calibration.json are for an index of another make ({detail}): calibrate again",
    ),
    "status.calibration.broken": Text(
        "الأصلية، فالمضبوطة لا تُقرأ ({detail}): أعد الضبط أو احذف الملف",
        "shipped constants; those that were fitted cannot be used ({detail}): calibrate again, or delete the file",
    ),
    "status.generation": Text("إصدار الفهرس", "Generation"),
    "status.bytes_on_disk": Text("الحجم على القرص", "On disk"),
    "status.period": Text("من `{first}` إلى `{last}`", "`{first}` to `{last}`"),
    "megabytes": Text("{number} ميغابايت", "{number} MB"),
    "status.home": Text("مجلد إسناد", "Home"),
    "status.none": Text("لا مقالات بعد.", "No articles yet."),
    "status.health": Text("حال الفهرس", "Index"),
    "health.healthy": Text("سليم", "healthy"),
    "health.missing": Text("غير موجود، والمقالات محفوظة", "missing; the articles are safe"),
    "health.damaged": Text("تالف، والمقالات محفوظة", "damaged; the articles are safe"),
    "health.mismatch": Text("بُني بإعدادات أخرى", "made with other settings"),
    "health.unreachable": Text("لا يجيب خادمه", "its server does not answer"),
    "health.no_model": Text("نموذجه غير موجود", "its model is not here"),
    "health.unusable": Text("لا يُفتح", "cannot be opened"),
    "status.no_settings": Text(
        "مضبوط وليس من الإعدادات: `{names}`. ما المقصود؟ `{command}`",
        "Set, and no setting: `{names}`. What may be meant: `{command}`",
    ),
    "status.next": Text("ما التالي؟", "What next"),
    "next.ingest": Text("أضف مقالاتك: `{command}`", "Add your articles: `{command}`"),
    "next.ask": Text("اسأل: `{command}`، أو تحدّث: `{chat}`", "Ask: `{command}`, or talk: `{chat}`"),
    "next.rebuild": Text(
        "أعد بناء الفهرس: `{command}`، وإلا أعاد بناءه السؤال التالي",
        "Rebuild the index: `{command}`; else the next question does",
    ),
    "next.reindex": Text("أعد بناء الفهرس: `{command}`", "Rebuild the index: `{command}`"),
    "next.doctor": Text("اعرف السبب: `{command}`", "Find out why: `{command}`"),
    "next.gone": Text(
        "لم يعد `{folder}` موجودا، ومقالاته باقية في الفهرس. لحذفها: `{command}`",
        "`{folder}` is gone, and its articles stay. To drop them: `{command}`",
    ),
    "next.emptied": Text(
        "مقالات قُرئت من `{folder}` باقية في الفهرس مع أن مجلدها خلا من الملفات. لحذفها: `{command}`",
        "Articles read in `{folder}` stay, though their folder is empty now. To drop them: `{command}`",
    ),
    "next.skipped": Text(
        "أصلح ما تُرك إن كان يهمك، ثم اقرأه من جديد: `{command}`",
        "Mend what was skipped, if you need it, and read it again: `{command}`",
    ),
    "next.skipped_more": Text(
        "أصلح ما تُرك إن كان يهمك، ثم اقرأه من جديد (ومثله في مواضع أخرى: {num_more}): `{command}`",
        "Mend what was skipped, if you need it, and read it again (more places: {num_more}): `{command}`",
    ),
    # model pull
    "model.pulled": Text("النموذج في `{path}`", "The model is in `{path}`"),
    "model.next": Text(
        "شغّله ثم أعد بناء الفهرس: `ISNAD_EMBED_MODEL={name} isnad reindex`",
        "Turn it on and rebuild the index: `ISNAD_EMBED_MODEL={name} isnad reindex`",
    ),
    # chat
    "chat.welcome": Text(
        "المقالات: {num_articles}، من `{first_date}` إلى `{last_date}`. أجيب منها وحدها. `/مساعدة` للأوامر.",
        "Articles: {num_articles}, `{first_date}` to `{last_date}`. I answer from them alone. `/help` lists commands.",
    ),
    "chat.welcome_one_date": Text(
        "المقالات: {num_articles}، بتاريخ `{first_date}`. أجيب منها وحدها. `/مساعدة` للأوامر.",
        "Articles: {num_articles}, of `{first_date}`. I answer from them alone. `/help` lists commands.",
    ),
    "chat.welcome_undated": Text(
        "المقالات: {num_articles}. أجيب منها وحدها. `/مساعدة` للأوامر.",
        "Articles: {num_articles}. I answer from them alone. `/help` lists commands.",
    ),
    "chat.help": Text(
        "اكتب سؤالك، ويمكنك أن تتابع بسؤال قصير مثل: ومتى؟\n"
        "`/مصادر` أو `/sources`: مصادر آخر جواب\n"
        "`/اقتباس 2` أو `/quote 2`: الاقتباس الثاني بنصه وموضعه\n"
        "`/جديد` أو `/new`: محادثة جديدة\n"
        "`/مساعدة` أو `/help`: هذه القائمة\n"
        "`/خروج` أو `/exit`: إنهاء المحادثة\n"
        "تكفي الكلمة وحدها بلا شرطة مائلة، ويكفي رقم الاقتباس.",
        "Write a question; a short one may follow it, such as: ومتى؟\n"
        "`/sources` or `/مصادر`: the sources of the last answer\n"
        "`/quote 2` or `/اقتباس 2`: the second quote, word for word, and where it stands\n"
        "`/new` or `/جديد`: start a new conversation\n"
        "`/help` or `/مساعدة`: this list\n"
        "`/exit` or `/خروج`: leave\n"
        "The word alone will do without its slash, and so will the number of a quote.",
    ),
    "chat.new": Text("محادثة جديدة.", "A new conversation."),
    "chat.nothing_yet": Text("لا جواب له مصادر بعد. اسأل أولا.", "There is no answer with sources yet. Ask first."),
    "chat.nothing_cited": Text("ليس لآخر سؤال جواب له مصادر.", "Your last question has no answer with sources."),
    "chat.which_quote": Text(
        "اختر رقما من هذه: {numbers}. مثل: `/اقتباس 1`", "Choose one of: {numbers}. For example: `/quote 1`"
    ),
    "chat.unknown_command": Text(
        "لا أعرف `{command}`. الأوامر: `/مصادر` و`/اقتباس 1` و`/جديد` و`/مساعدة` و`/خروج`",
        "I do not know `{command}`. The commands: `/sources`, `/quote 1`, `/new`, `/help`, `/exit`",
    ),
    "chat.cancelled": Text("أُلغي.", "Cancelled."),
    "chat.again_to_leave": Text("اضغط Ctrl-C مرة أخرى للخروج.", "Press Ctrl-C again to leave."),
    "chat.bye": Text("إلى اللقاء.", "Goodbye."),
    "quote.place": Text("`{source}`، الحروف {start}–{end}", "`{source}`, characters {start}–{end}"),
    # demo
    "demo.title": Text(
        "إسناد: أجوبة من المقالات، وكل جملة بمصدرها", "Isnad: answers from the articles, every sentence with its source"
    ),
    "demo.none": Text(
        "لا مقالات في `{folder}`. الأنواع المقبولة: `.txt` و`.md` و`.jsonl` و`.html` و`.htm` و`.xhtml` و`.pdf` و`.docx`",
        "No articles in `{folder}`. Accepted: `.txt`, `.md`, `.jsonl`, `.html`, `.htm`, `.xhtml`, `.pdf`, `.docx`",
    ),
    "demo.next": Text("تابع المحادثة بنفسك: `{command}`", "Now talk to it yourself: `{command}`"),
    "demo.own": Text("ومقالاتك أنت: `make demo SEEDS=FOLDER`", "And with your own articles: `make demo SEEDS=FOLDER`"),
    # batches
    "batch.empty": Text("لا سؤال فيما أُعطي مع `--questions`.", "What `--questions` names holds no question."),
    "batch.failed": Text(
        "أسئلة فشلت: {num_failed} من {num_questions}", "Failed questions: {num_failed} of {num_questions}"
    ),
    "version.unknown": Text("(غير مثبّت)", "(not installed)"),
    "env.unread": Text(
        "في `.env` ما ليس على صورة `NAME=VALUE`، فلم يُؤخذ به (السطر {lines})",
        "What is not `NAME=VALUE` in `.env` sets nothing (line {lines})",
    ),
    "env.unread_lines": Text(
        "في `.env` ما ليس على صورة `NAME=VALUE`، فلم يُؤخذ به (الأسطر: {lines})",
        "What is not `NAME=VALUE` in `.env` sets nothing (lines {lines})",
    ),
    "home.to_add": Text("وأضف إلى الأمر: `{option}`", "Add to the command: `{option}`"),
    "interrupted": Text("أُوقف.", "Stopped."),
}
