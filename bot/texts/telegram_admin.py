"""What the bot says to administrators, and what stands in Telegram's menus and on the bot's page.

By section: numbers, health, reload, uploads, menus, the bot's page. `ready` is for what is made elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text

ADMINISTRATION: Mapping[str, Text] = {
    "bot.admin_help": Text(
        "للإدارة:\n"
        "`/stats` أعداد الأسئلة والأجوبة والتقييمات\n"
        "`/health` حال البوت والفهرس\n"
        "`/reload` قراءة الفهرس من جديد\n"
        "`/ingest` إضافة مقالات: أرسل ملفا",
        "For administrators:\n"
        "`/stats` numbers of questions, answers and votes\n"
        "`/health` how the bot and its index are\n"
        "`/reload` read the index again\n"
        "`/ingest` add articles: send a document",
    ),
    # numbers
    "bot.stats": Text(
        "الأشخاص: {num_people}\n"
        "الأسئلة اليوم: {num_today}\n"
        "كل الأسئلة: {num_questions}\n"
        "أُجيب: {num_answered} · جواب غير واضح: {num_weak} · لا جواب: {num_refused} · غير ذلك: {num_other}\n"
        "التقييم: 👍 {num_up} · 👎 {num_down}\n"
        "في الانتظار: {num_waiting}\n"
        "محادثات لا تصلها الرسائل: {num_unreachable}",
        "People: {num_people}\n"
        "Questions today: {num_today}\n"
        "Questions in all: {num_questions}\n"
        "Answered: {num_answered} · weak: {num_weak} · refused: {num_refused} · other: {num_other}\n"
        "Votes: 👍 {num_up} · 👎 {num_down}\n"
        "Waiting: {num_waiting}\n"
        "Chats that cannot be reached: {num_unreachable}",
    ),
    # health: duration and versions are made ready, such as "2:05:09"; free_gb is what the disk has left
    "bot.health": Text(
        "الإصدارات: `{versions}`\n"
        "يعمل منذ: `{duration}`\n"
        "وصلتني رسالتك بعد {seconds}\n"
        "في الانتظار: {num_waiting}\n"
        "الذاكرة: {memory_mb} ميغابايت · المتاح على القرص: {free_gb} غيغابايت",
        "Versions: `{versions}`\n"
        "Running for: `{duration}`\n"
        "Your message reached me after {seconds}\n"
        "Waiting: {num_waiting}\n"
        "Memory: {memory_mb} MB · free on disk: {free_gb} GB",
    ),
    "bot.health_index": Text(
        "المقالات: {num_articles} · المقاطع: {num_chunks} · إصدار الفهرس: {generation} · `{encoder}`\n"
        "على القرص: {index_mb} ميغابايت · سؤال تجريبي: {probe_ms} مللي ثانية",
        "Articles: {num_articles} · chunks: {num_chunks} · generation of the index: {generation} · `{encoder}`\n"
        "On disk: {index_mb} MB · a test question: {probe_ms} ms",
    ),
    "bot.health_index_broken": Text("الفهرس لا يُقرأ: {detail}", "The index cannot be read: {detail}"),
    "bot.health_state_broken": Text("حالة البوت لا تُقرأ: {detail}", "The bot's state cannot be read: {detail}"),
    # the greeting of an administrator whose bot has no articles
    "bot.start_fill": Text(
        "لإضافة مقالات: أرسل إلي هنا ملفا `.txt` أو `.md` أو `.jsonl` أو `.html` أو `.htm` أو `.xhtml` أو `.pdf` أو `.docx`، أو اكتب على الخادم `isnad ingest FOLDER`",
        "To add articles: send me a `.txt`, `.md`, `.jsonl`, `.html`, `.htm`, `.xhtml`, `.pdf` or `.docx` document here, or type on the server `isnad ingest FOLDER`",
    ),
    # a group of the allow-list that became a supergroup
    "bot.group_moved": Text(
        "تغيّر رقم إحدى المجموعات المأذون لها: كان `{old_id}` وصار `{new_id}`. ما زلت أجيب فيها؛ ضع الرقم الجديد في `ISNAD_ALLOWED_GROUPS` حتى يبقى الإذن إن بدأتُ من حالة جديدة.",
        "A group of the allow-list has a new number: it was `{old_id}` and is now `{new_id}`. I go on answering there; put the new number into `ISNAD_ALLOWED_GROUPS`, so that it stays allowed should I begin with a new state.",
    ),
    # reload
    "bot.reload.done": Text(
        "قرأت الفهرس من جديد: المقالات {num_articles}، إصدار الفهرس {generation}.",
        "I have read the index again. Articles: {num_articles}, generation: {generation}.",
    ),
    "bot.reload.failed": Text("تعذّرت قراءة الفهرس: {detail}", "The index could not be read: {detail}"),
    # uploads
    "bot.upload.ask": Text(
        "أرسل ملف المقالات هنا. المقبول: `.txt` و`.md` و`.jsonl` و`.html` و`.htm` و`.xhtml` و`.pdf` و`.docx`، حتى {most_mb} ميغابايت.",
        "Send the document here. Accepted: `.txt`, `.md`, `.jsonl`, `.html`, `.htm`, `.xhtml`, `.pdf`, `.docx`, up to {most_mb} MB.",
    ),
    "bot.upload.private": Text("أرسل الملف في محادثة خاصة معي.", "Please send the document in a private chat with me."),
    "bot.upload.kind": Text(
        "لا أقرأ هذا النوع من الملفات. المقبول: `.txt` و`.md` و`.jsonl` و`.html` و`.htm` و`.xhtml` و`.pdf` و`.docx`",
        "I do not read this kind of document. Accepted: `.txt`, `.md`, `.jsonl`, `.html`, `.htm`, `.xhtml`, `.pdf`, `.docx`",
    ),
    "bot.upload.size": Text(
        "الملف أكبر من المسموح، وهو {most_mb} ميغابايت.", "The document is larger than allowed: {most_mb} MB."
    ),
    "bot.upload.empty": Text("الملف فارغ.", "The document is empty."),
    "bot.upload.broken": Text(
        "تعذّر تنزيل الملف من تيليغرام. أرسله من جديد.",
        "The document could not be fetched from Telegram. Please send it again.",
    ),
    "bot.upload.done": Text(
        "قرأت الملف `{name}`: المقالات {num_read}، الجديد منها {num_added}، المتغيّر {num_changed}، الباقي كما هو {num_unchanged}.",
        "I read `{name}`. Articles: {num_read}, new: {num_added}, changed: {num_changed}, unchanged: {num_unchanged}.",
    ),
    "bot.upload.same": Text(
        "قرأت الملف `{name}` من قبل ولم يتغيّر: المقالات {num_read}.",
        "I had read `{name}` before, and nothing has changed. Articles: {num_read}.",
    ),
    "bot.upload.lines": Text(
        "في الملف أسطر أكثر من الحد المسموح، وهو {num_lines}.",
        "The document has more than {num_lines} lines, which is the limit.",
    ),
    "bot.upload.skipped": Text("ولم أقرأ منه {num_skipped}: {reasons}", "Left out: {num_skipped} ({reasons})"),
    "bot.upload.nothing": Text(
        "لم أجد في الملف `{name}` مقالا يُقرأ: {reasons}. لم أحفظه.",
        "There is no readable article in `{name}`: {reasons}. It is not kept.",
    ),
    "bot.upload.failed": Text(
        "تعذّرت إضافة الملف `{name}`: {detail}. لم أحفظه.", "`{name}` could not be added: {detail}. It is not kept."
    ),
    "bot.upload.crashed": Text(
        "تعذّرت قراءة الملف `{name}`: فيه ما يحتاج إلى ذاكرة أو وقت أكثر من المسموح. لم أحفظه.",
        "`{name}` could not be read: something in it takes more memory or time than is allowed. It is not kept.",
    ),
    "bot.upload.timeout": Text(
        "طالت قراءة الملف `{name}` فأوقفتها. لم أحفظه.",
        "Reading `{name}` took too long and was stopped. It is not kept.",
    ),
    # menus: at most 256 letters each
    "bot.command.start": Text("ما أعرفه وكيف تسأل", "What I know and how to ask"),
    "bot.command.help": Text("كيف تسأل، والأوامر كلها", "How to ask, and all commands"),
    "bot.command.ask": Text("اسأل المقالات", "Ask the articles"),
    "bot.command.sources": Text("مصادر آخر جواب", "Sources of the last answer"),
    "bot.command.latest": Text("أحدث المقالات", "The latest articles"),
    "bot.command.lang": Text("لغة المحادثة: العربية أو الإنجليزية", "Language of our talk: Arabic or English"),
    "bot.command.new": Text("محادثة جديدة", "Start a new conversation"),
    "bot.command.privacy": Text("ما أحفظه عنك", "What I keep about you"),
    "bot.command.export": Text("نسخة مما أحفظه عنك", "A copy of what I keep about you"),
    "bot.command.forget": Text("محو كل ما يخصك", "Erase everything of yours"),
    "bot.command.stats": Text("أعداد الأسئلة والأجوبة", "Numbers of questions and answers"),
    "bot.command.health": Text("حال البوت والفهرس", "How the bot and its index are"),
    "bot.command.reload": Text("قراءة الفهرس من جديد", "Read the index again"),
    "bot.command.ingest": Text("إضافة مقالات من ملف", "Add articles from a document"),
    # the bot's page: name at most 64 letters, description 512, short description 120
    "bot.name": Text("إسناد", "Isnad"),
    "bot.description": Text(
        "أجيب عن أسئلتك من مقالات الأخبار المحفوظة لدي وحدها.\n\nكل جملة في الجواب كما وردت في المقال، وبجانبها مصدرها وتاريخها، وبضغطة ترى موضعها. وإن لم يكن فيها جواب عن سؤالك فسأقول لك ذلك.\n\nاضغط «ابدأ» واكتب سؤالك.",
        "I answer your questions from the news articles I hold, and from nothing else.\n\nEvery sentence of an answer stands as it was published, with its source and date; one tap shows where. Where the articles do not answer, I say so.\n\nPress Start and write your question.",
    ),
    "bot.short_description": Text(
        "أجوبة من مقالات الأخبار، وكل جملة بمصدرها كما وردت فيه.",
        "Answers from news articles, every sentence with its source, word for word.",
    ),
}
