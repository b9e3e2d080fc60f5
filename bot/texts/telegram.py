"""What the bot says in Telegram when people talk to it; what administrators and menus read is in `telegram_admin`.

By section: start and help, limits, what went wrong, what cannot be read, language, conversation, privacy,
answers and sources, quotes and articles, the latest, buttons, toasts, inline. A placeholder named as in
`counting.NOUNS` (`{articles}`, `{outlets}`, `{days}` …) takes a number and becomes the number with its noun;
it stands after a preposition, since that is the form it gets. What a person can type stands between backticks.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text

CONVERSATION: Mapping[str, Text] = {
    # start: articles, outlets, first_date, last_date, or what is known of these; days in the line on privacy
    "bot.start": Text(
        "أهلا بك. أنا إسناد، أجيب عن أسئلتك من الأخبار.\n"
        "أبحث في {articles} من {outlets}، من `{first_date}` إلى `{last_date}`، وأجيب منها وحدها: كل جملة كما وردت، وبجانبها مصدرها. وإن لم يكن فيها جواب عن سؤالك فسأقول لك ذلك.",
        "Hello. I am Isnad, and I answer your questions from the news.\n"
        "I search in {articles} from {outlets}, `{first_date}` to `{last_date}`, and answer from them alone: every sentence as it was published, with its source beside it. Where the articles do not answer, I say so.",
    ),
    "bot.start_articles": Text(
        "أهلا بك. أنا إسناد، أجيب عن أسئلتك من الأخبار.\n"
        "أبحث في {articles}، وأجيب منها وحدها: كل جملة كما وردت، وبجانبها مصدرها. وإن لم يكن فيها جواب عن سؤالك فسأقول لك ذلك.",
        "Hello. I am Isnad, and I answer your questions from the news.\n"
        "I search in {articles} and answer from them alone: every sentence as it was published, with its source beside it. Where the articles do not answer, I say so.",
    ),
    "bot.start_outlets": Text(
        "أهلا بك. أنا إسناد، أجيب عن أسئلتك من الأخبار.\n"
        "أبحث في {articles} من {outlets}، وأجيب منها وحدها: كل جملة كما وردت، وبجانبها مصدرها. وإن لم تجب المقالات عن سؤالك قلت لك ذلك.",
        "Hello. I am Isnad, and I answer your questions from the news.\n"
        "I search in {articles} from {outlets} and answer from them alone: every sentence as it was published, with its source beside it. Where the articles do not answer, I say so.",
    ),
    "bot.start_dates": Text(
        "أهلا بك. أنا إسناد، أجيب عن أسئلتك من الأخبار.\n"
        "أبحث في {articles}، من `{first_date}` إلى `{last_date}`، وأجيب منها وحدها: كل جملة كما وردت، وبجانبها مصدرها. وإن لم تجب المقالات عن سؤالك قلت لك ذلك.",
        "Hello. I am Isnad, and I answer your questions from the news.\n"
        "I search in {articles}, `{first_date}` to `{last_date}`, and answer from them alone: every sentence as it was published, with its source beside it. Where the articles do not answer, I say so.",
    ),
    "bot.start_empty": Text(
        "أهلا بك. أنا إسناد، أجيب عن أسئلتك من الأخبار. لا مقالات لدي بعد، فعد إلي لاحقا.",
        "Hello. I am Isnad, and I answer your questions from the news. I have no articles yet; please come back later.",
    ),
    "bot.start_examples": Text("اكتب سؤالك، أو جرّب أحد هذه الأسئلة:", "Write your question, or try one of these:"),
    "bot.start_ask": Text("اكتب سؤالك.", "Write your question."),
    "bot.start_privacy": Text(
        "الخصوصية: أحفظ أسئلتك لمدة {days} ثم أمحوها. التفاصيل: `/privacy`",
        "Privacy: I keep your questions for {days}, then erase them. Details: `/privacy`",
    ),
    "bot.help": Text(
        "اكتب سؤالك كما لو كنت تسأل شخصا، ويمكنك أن تتابع بسؤال قصير مثل: ومتى؟\n"
        "اضغط زر المصدر تحت الجواب لترى الجملة في موضعها من المقال. وإن عدّلت سؤالك عدّلت جوابي.\n"
        "في المجموعات: اسأل بالأمر `/ask` أو بالرد على إحدى رسائلي أو بذكر اسمي.\n\n"
        "`/ask` اسأل المقالات\n"
        "`/sources` مصادر آخر جواب\n"
        "`/latest` أحدث المقالات\n"
        "`/new` محادثة جديدة\n"
        "`/lang` لغة المحادثة\n"
        "`/privacy` ما أحفظه عنك\n"
        "`/export` نسخة مما أحفظه عنك\n"
        "`/forget` محو كل ما يخصك",
        "Write your question as you would ask a person; a short one may follow it, such as: and when?\n"
        "Tap a source under an answer to see the sentence where it stands in the article. Edit your question, and I edit my answer.\n"
        "In groups: ask with `/ask`, by replying to me, or by mentioning me.\n\n"
        "`/ask` ask the articles\n"
        "`/sources` sources of the last answer\n"
        "`/latest` the latest articles\n"
        "`/new` start a new conversation\n"
        "`/lang` language\n"
        "`/privacy` what I keep about you\n"
        "`/export` a copy of what I keep about you\n"
        "`/forget` erase everything of yours",
    ),
    "bot.ask_empty": Text(
        "اكتب سؤالك بعد الأمر، مثل: `/ask متى افتُتح المتحف؟`",
        "Write your question after the command, such as: `/ask When did the museum open?`",
    ),
    "bot.unknown_command": Text(
        "لا أعرف هذا الأمر. الأوامر كلها في `/help`", "I do not know this command. They are all in `/help`"
    ),
    # limits: the last part is the reason that bot/limits.py gives
    "bot.limit.not_allowed": Text(
        "عذرا، هذا البوت مخصص لمن أذن لهم القائمون عليه.",
        "Sorry, this bot is only for people its operators have allowed.",
    ),
    "bot.limit.per_minute": Text(
        "أسئلتك متلاحقة. انتظر دقيقة ثم اسأل من جديد.",
        "Your questions are coming fast. Please wait a minute, then ask again.",
    ),
    "bot.limit.per_day": Text(
        "بلغت عدد الأسئلة المسموح به اليوم. عد إلي غدا.",
        "You have reached today's number of questions. Please come back tomorrow.",
    ),
    "bot.limit.pace": Text(
        "رسائلك وضغطاتك كثيرة جدا. انتظر دقيقة ثم تابع.",
        "That is more than I can keep up with. Please wait a minute, then go on.",
    ),
    "bot.flood": Text(
        "ما زلت أجيب عن أسئلتك السابقة. انتظر حتى أنتهي منها، ثم أرسل الباقي من جديد.",
        "I am still answering your earlier questions. Please wait until I am done, then send the rest again.",
    ),
    # what went wrong
    "bot.failed": Text(
        "عذرا، حدث خطأ عندي ولم أستطع الإجابة. أعد إرسال سؤالك من فضلك.",
        "Sorry, something went wrong on my side and I could not answer. Please send your question again.",
    ),
    "bot.timeout": Text(
        "عذرا، طال البحث عن الجواب فأوقفته. أعد إرسال سؤالك من فضلك، أو اكتبه أقصر.",
        "Sorry, the search took too long, so I stopped it. Please send your question again, or make it shorter.",
    ),
    "bot.interrupted": Text(
        "عذرا، أُعيد تشغيلي قبل أن أجيب عن سؤالك. أعد إرساله من فضلك.",
        "Sorry, I was restarted before I could answer. Please send your question again.",
    ),
    "bot.late": Text(
        "عذرا، طال انتظار سؤالك حتى فات وقت الإجابة عنه. أعد إرساله من فضلك.",
        "Sorry, your question had to wait until it was too late to answer. Please send it again.",
    ),
    "bot.command_failed": Text(
        "عذرا، حدث خطأ عندي ولم أستطع تنفيذ ما طلبته. حاول مرة أخرى من فضلك.",
        "Sorry, something went wrong on my side and I could not do that. Please try again.",
    ),
    # what cannot be read
    "bot.only_text": Text(
        "أقرأ الأسئلة المكتوبة فقط. اكتب سؤالك نصا من فضلك.",
        "I can only read written questions. Please write yours as text.",
    ),
    "bot.too_long": Text(
        "سؤالك أطول مما أستطيع قراءته. اكتبه فيما لا يزيد على {letters}.",
        "Your question is longer than I can read. Please keep it within {letters}.",
    ),
    "bot.no_words": Text(
        "لم أجد في رسالتك كلمات أبحث عنها. اكتب سؤالا، مثل: متى افتُتح المتحف؟",
        "I found no words to search for in your message. Write a question, such as: when did the museum open?",
    ),
    "bot.empty_index": Text(
        "لا مقالات لدي بعد، فلا أستطيع الإجابة. عد إلي لاحقا.",
        "I have no articles yet, so I cannot answer. Please come back later.",
    ),
    # language
    "bot.lang.choose": Text("اختر لغة المحادثة:", "Choose the language:"),
    "bot.lang.chosen": Text("حسنا، سأحدثك بالعربية.", "All right, I will speak English."),
    "bot.lang.unknown": Text(
        "أتكلم العربية والإنجليزية. اكتب `/lang ar` أو `/lang en`",
        "I speak Arabic and English. Type `/lang ar` or `/lang en`",
    ),
    # conversation
    "bot.new": Text(
        "بدأنا محادثة جديدة، ولن أعتمد على أسئلتك السابقة.",
        "A new conversation; I will not rely on your earlier questions.",
    ),
    # privacy: days, records
    "bot.privacy": Text(
        "ما أحفظه: أسئلتك وأجوبتها وتقييمك لها ولغتك وعدد أسئلتك في اليوم. لا أحفظ اسمك ولا رقم هاتفك، ولا أكتب رقم حسابك إلا على صورة بصمة رقمية، إلا ما دام لك سؤال ينتظر جوابه.\n"
        "المدة: تُمحى الأسئلة والأجوبة والتقييمات بعد مرور {days}، وتبقى لغتك حتى تمحوها.\n"
        "من يراها: القائمون على هذا البوت وحدهم، ولا أرسلها إلى غيرهم؛ وقد يُرسل سؤالك إلى نموذج لغوي إن ربطني به القائمون عليّ.\n"
        "`/export` يرسل إليك نسخة من كل ما أحفظه عنك.\n"
        "`/forget` يمحوه كله الآن.",
        "What I keep: your questions, their answers, your votes, your language, and how many questions you ask a day. I keep neither your name nor your phone number, and your account's number is written only in hashed form, except while a question waits for its answer.\n"
        "For how long: questions, answers and votes are erased after {days}; your language stays until you erase it.\n"
        "Who sees it: the operators of this bot alone; I send it to nobody else, but a question may reach a language model where they have connected one.\n"
        "`/export` sends you a copy of everything I keep about you.\n"
        "`/forget` erases all of it now.",
    ),
    "bot.forgotten": Text(
        "محوت كل ما كنت أحفظه عنك ({records}). رسائلنا باقية في تيليغرام حتى تحذفها أنت.",
        "I have erased everything I kept about you ({records}). Our messages stay in Telegram until you delete them.",
    ),
    "bot.forgotten_nothing": Text("لا أحفظ عنك شيئا.", "I keep nothing about you."),
    "bot.export_caption": Text("هذا كل ما أحفظه عنك.", "This is everything I keep about you."),
    "bot.export_nothing": Text("لا أحفظ عنك شيئا لأرسله.", "I keep nothing about you to send."),
    "bot.private_only": Text(
        "هذا الأمر للمحادثة الخاصة معي فقط.", "This command works only in a private chat with me."
    ),
    # answers and sources
    "bot.searched": Text("بحثت عن: `{searched}`", "Searched for: `{searched}`"),
    "bot.sources_none": Text(
        "ليس في هذه المحادثة بعد جواب له مصادر. اسأل أولا.",
        "No answer with sources in this conversation yet. Ask first.",
    ),
    "bot.more_title": Text("مقالات أخرى قريبة من سؤالك", "More articles near your question"),
    "bot.more_none": Text("لا مصادر أخرى.", "There are no more sources."),
    "bot.differ.differ": Text("المصادر تختلف في `{quantity}`:", "The sources differ on `{quantity}`:"),
    "bot.differ.updated": Text("ما تغيّر مع الوقت: `{quantity}`", "Changed over time: `{quantity}`"),
    "bot.differ.not_comparable": Text(
        "أرقام لا تصح مقارنتها في `{quantity}`:", "Figures that cannot be compared on `{quantity}`:"
    ),
    # quotes and articles
    "bot.copies": Text("بالنص نفسه في {articles}", "In the same words in {articles}"),
    "bot.copies_least": Text("بالنص نفسه في {articles} على الأقل", "In the same words in at least {articles}"),
    "bot.copies_none": Text(
        "لم أجد هذه الجملة بنصها في مقال آخر.", "I did not find this sentence word for word in another article."
    ),
    "bot.quote_changed": Text(
        "تغيّر المقال منذ هذا الجواب، وهذه الجملة كما وردت فيه حينها.",
        "The article has changed since this answer; this is the sentence as it stood there.",
    ),
    "bot.quote_gone": Text(
        "لم يعد المقال بين مقالاتي، وهذه الجملة كما وردت فيه حينها.",
        "The article is no longer among mine; this is the sentence as it stood there.",
    ),
    "bot.article_gone": Text("لم يعد هذا المقال بين مقالاتي.", "This article is no longer among mine."),
    # the latest
    "bot.latest_title": Text("أحدث المقالات", "The latest articles"),
    "bot.latest_page": Text("أحدث المقالات، الصفحة {page}", "The latest articles, page {page}"),
    "bot.latest_none": Text("لا مقالات لدي بعد.", "I have no articles yet."),
    "bot.latest_end": Text("لا مقالات في هذه الصفحة.", "There are no articles on this page."),
    "bot.undated": Text("بلا تاريخ", "undated"),
    # buttons
    "bot.button.more": Text("المزيد من المصادر", "More sources"),
    "bot.button.arabic": Text("العربية", "العربية (Arabic)"),
    "bot.button.english": Text("English (الإنجليزية)", "English"),
    "bot.button.next": Text("التالي", "Next"),
    "bot.button.previous": Text("السابق", "Previous"),
    "bot.button.untitled": Text("بلا عنوان", "Untitled"),
    # toasts: at most 200 letters
    "bot.toast.thanks": Text("شكرا على تقييمك.", "Thank you for your vote."),
    "bot.toast.changed": Text("غيّرت تقييمك، شكرا.", "Your vote is changed, thank you."),
    "bot.toast.same": Text("سبق أن قيّمته هكذا.", "You already voted that way."),
    "bot.toast.not_yours": Text("هذه الأزرار لمن سأل.", "These buttons belong to the person who asked."),
    "bot.toast.expired": Text(
        "هذا الجواب قديم ولم يعد محفوظا. أعد سؤالك لتحصل على جواب جديد.",
        "This answer is old and no longer kept. Ask again for a new one.",
    ),
    "bot.toast.unknown": Text("لا أعرف هذا الزر.", "I do not know this button."),
    "bot.toast.done": Text("تم ذلك للتو.", "Just done."),
    "bot.toast.failed": Text("عذرا، حدث خطأ. حاول من جديد.", "Sorry, something went wrong. Please try again."),
    # inline
    "bot.inline.none_title": Text("لا جواب في المقالات", "No answer in the articles"),
    "bot.inline.private": Text("اسألني في محادثة خاصة", "Ask me in a private chat"),
}
