"""What `--help` shows: one text per command and option, and examples that run as they stand."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text, doctor, evaluation, evaluation_tools

PROGRAM = Text(
    "إسناد يجيب عن أسئلتك من مقالات الأخبار، وكل جملة بمصدرها كما وردت فيه؛ فإن لم تجب المقالات قال ذلك.",
    "Isnad answers questions from news articles, every sentence with its source, word for word; "
    "it says so when the articles do not know.",
)

COMMANDS: Mapping[str, Text] = {
    "ingest": Text(
        "يقرأ المقالات (.txt و.md و.jsonl و.html و.htm و.xhtml و.pdf و.docx) من ملفات أو مجلدات ويفهرسها.\n\n"
        "في كل سطر من ملف .jsonl مقال بهذه الحقول: text (نصه، وهو وحده لازم)، وid، وtitle، وurl، وsource (الجهة)، وdate،"
        " وauthor.",
        "Read articles (.txt, .md, .jsonl, .html, .htm, .xhtml, .pdf, .docx) from files or folders into the index.\n\n"
        "Each line of a .jsonl file is an article with these fields: text (the only one it needs), id, title, url,"
        " source (the outlet), date and author.",
    ),
    "ask": Text(
        "يجيب عن سؤال، أو عن ملف أسئلة، من المقالات وحدها.",
        "Answer a question, or a file of questions, from the articles alone.",
    ),
    "search": Text(
        "يعرض المقاطع الأقرب إلى سؤال دون جواب.", "Show the passages nearest to a question, without an answer."
    ),
    "chat": Text(
        "محادثة في الطرفية تتذكر أسئلتك السابقة.", "Talk in the terminal; it remembers your earlier questions."
    ),
    "sources": Text(
        "يعرض المقالات المفهرسة، أو نص واحد منها.", "List the articles in the index, or print the text of one."
    ),
    "status": Text(
        "يصف ما هنا: المقالات وتواريخها وجهاتها، وحال الفهرس، وما تُرك ولماذا، وما التالي.",
        "Say what is here: articles, dates, outlets, the state of the index, what was skipped and why, and what next.",
    ),
    "remove": Text("يحذف مقالا أو ملفا من الفهرس.", "Take an article or a file out of the index."),
    "reindex": Text("يعيد بناء الفهرس من المقالات المحفوظة.", "Rebuild the index from the stored articles."),
    "doctor": doctor.COMMAND,
    "bot": Text(
        "يشغّل بوت تيليغرام حتى تُوقفه؛ رمزه من @BotFather في `TELEGRAM_BOT_TOKEN`.",
        "Run the Telegram bot until you stop it; its token, from @BotFather, is in `TELEGRAM_BOT_TOKEN`.",
    ),
    "eval": evaluation.COMMAND,
    **evaluation_tools.COMMANDS,
    "model": Text("النماذج الاختيارية.", "Optional models."),
    "model pull": Text(
        "ينزّل نموذجا ليعمل بعد ذلك دون شبكة.", "Download a model, to run without a network from then on."
    ),
}

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": ("isnad ingest seeds/", 'isnad ask "متى أُطلق مسبار الأمل؟"', "isnad chat"),
    "ingest": (
        "isnad ingest seeds/",
        "isnad ingest seeds/ --prune",
        "isnad ingest seeds/more-articles.jsonl --json",
    ),
    "ask": (
        'isnad ask "متى أُطلق مسبار الأمل؟"',
        'isnad ask "كم بلغت إصابات الحصبة في تل العوسج؟" --since 2024-01-01 --json',
        """echo '{"id": "1", "question": "من فاز برئاسة بلدية دار السرو؟"}' | isnad ask --questions -""",
        """echo '["كم بلغت إصابات الحصبة في تل العوسج؟"]' > h.json; isnad ask "ومتى بدأت الحملة؟" --history h.json""",
    ),
    "search": (
        'isnad search "أسعار النفط" -k 5',
        """echo '{"id": "1", "question": "سد الغمام"}' | isnad search --questions - -k 3""",
    ),
    "chat": ("isnad chat", "isnad chat --lang en"),
    "sources": ("isnad sources", "isnad sources --text hope-probe-mars-madar.txt", "isnad sources --json"),
    "status": ("isnad status", "isnad status --json"),
    "remove": (
        "isnad remove hope-probe-mars-madar.txt",
        "isnad remove 'more-articles.jsonl#stolen-manuscript-returns'",
    ),
    "reindex": ("isnad reindex",),
    "doctor": doctor.EXAMPLES,
    "eval": evaluation.EXAMPLES,
    **evaluation_tools.EXAMPLES,
    "bot": (
        "TELEGRAM_BOT_TOKEN=123456:ABC-def isnad bot",
        "ISNAD_HEALTH_PORT=8081 isnad bot --home /var/lib/isnad",
    ),
    "model": ("isnad model pull intfloat/multilingual-e5-small",),
    "model pull": ("isnad model pull intfloat/multilingual-e5-small",),
}

OPTIONS: Mapping[str, Text] = {
    **evaluation.OPTIONS,
    **evaluation_tools.OPTIONS,
    "paths": Text("ملفات أو مجلدات؛ المجلد يُقرأ بكل ما تحته.", "Files or folders; a folder is read at any depth."),
    "name": Text(
        "اسم يسبق أسماء مقالات هذا المجلد، إن كان في مجلد آخر مثلها.",
        "A name put before this folder's sources, where another folder has the same.",
    ),
    "prune": Text(
        "يحذف المقالات التي غابت ملفاتها، ولو خلا المجلد كله.",
        "Drop articles whose file is gone, even when the whole folder is empty.",
    ),
    "question": Text("السؤال.", "The question."),
    "questions": Text(
        "ملف JSONL، في كل سطر id وquestion وقد يليهما history؛ أو - للمدخل القياسي.",
        "A JSONL file with id, question and perhaps history on each line; - reads standard input.",
    ),
    "history": Text(
        "ملف JSON: قائمة الأسئلة السابقة، الأقدم أولا.", "A JSON file: the list of earlier questions, oldest first."
    ),
    "since": Text("مقالات هذا اليوم وما بعده (YYYY-MM-DD).", "Articles from this date on (YYYY-MM-DD)."),
    "until": Text("مقالات هذا اليوم وما قبله (YYYY-MM-DD).", "Articles up to this date (YYYY-MM-DD)."),
    "top_k": Text("عدد المقاطع.", "How many passages."),
    "as_json": Text(
        "النتيجة JSON على المخرج القياسي، ولا شيء غيرها.", "The result as JSON on standard output, and nothing else."
    ),
    "home": Text("مجلد المقالات والفهرس (أو ISNAD_HOME).", "Folder of the articles and the index (or ISNAD_HOME)."),
    "lang": Text("لغة ما يقوله إسناد (أو ISNAD_LANG).", "Language of what Isnad itself says (or ISNAD_LANG)."),
    "text": Text("يطبع نص هذا المقال كما هو محفوظ.", "Print this article's text as it is stored."),
    "limit": Text("أقصى عدد من الصفوف؛ 0 يعرضها كلها.", "At most this many rows; 0 for all."),
    "source": Text("اسم المقال كما في isnad sources.", "The source's name, as `isnad sources` shows it."),
    "model_name": Text("اسم النموذج.", "The model's name."),
    "debug": Text("يعرض تفاصيل الخطأ كاملة.", "Show the full traceback of an error."),
    "version": Text("رقم الإصدار.", "Show the version."),
    "help": Text("هذه الصفحة.", "Show this page."),
    "install_completion": Text(
        "يثبّت إكمال الأوامر في سطر الأوامر الحالي.", "Install completion for the current shell."
    ),
    "show_completion": Text("يطبع إكمال الأوامر لنسخه.", "Print the completion, to copy or adapt."),
}

EXAMPLES_TITLE = Text("أمثلة:", "Examples:")
