"""What `isnad doctor` finds."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text

COMMAND = Text(
    "يفحص التثبيت والإعدادات والفهرس، ولا يغيّر شيئا ولا يُظهر سرا.",
    "Examine the installation, the settings and the index; it changes nothing and shows no secret.",
)
EXAMPLES = ("isnad doctor", "isnad doctor --json")

DOCTOR: Mapping[str, Text] = {
    # installation
    "python": Text("بايثون `{version}` في `{path}`", "Python {version} in `{path}`"),
    "python.old": Text(
        "بايثون `{version}` في `{path}` أقدم من اللازم: يحتاج إسناد إلى `3.11` أو أحدث.",
        "Python {version} in `{path}` is too old: Isnad needs 3.11 or newer.",
    ),
    "packages": Text(
        "إسناد `{isnad}` وحزمه مثبتة كلها: {number}", "Isnad {isnad} and all of its {number} packages are installed"
    ),
    "packages.wrong": Text(
        "حزم ناقصة أو بإصدار آخر: `{names}`. ثبّتها من مجلد إسناد: `pip install -c constraints.txt -e .`",
        "Packages that are missing or of another version: `{names}`. In Isnad's folder:"
        " `pip install -c constraints.txt -e .`",
    ),
    "packages.not_installed": Text(
        "إسناد غير مثبّت، فلا تُعرف الحزم التي يحتاج إليها. ثبّته من مجلده: `pip install -c constraints.txt -e .`",
        "Isnad is not installed, so what it needs is not known. In its folder: `pip install -c constraints.txt -e .`",
    ),
    "extra": Text(
        "الإضافة `{extra}` مثبتة: `{package} {version}`", "The extra `{extra}` is installed: `{package} {version}`"
    ),
    "extra.off": Text(
        "الإضافة `{extra}` غير مثبتة (`{package}`)، ولا تلزم إلا من أرادها",
        "The extra `{extra}` (`{package}`) is not installed, and only needed by those who want it",
    ),
    "trial": Text(
        "تجربة: قُرئ مقال وفُهرس وجاء الجواب باقتباسه، في {seconds} ثانية",
        "Trial: an article was read, indexed and quoted, in {seconds} s",
    ),
    "trial.failed": Text("فشلت تجربة مقال واحد:", "The trial with one article failed:"),
    "trial.wrong": Text(
        "جواب التجربة ليس ما في مقالها (`{status}`). أعد تثبيت إسناد.",
        "The trial's answer is not what its article says ({status}). Install Isnad again.",
    ),
    # settings
    "settings": Text("الإعدادات مقروءة؛ المضبوط منها: {number}", "The settings can be read; set here: {number}"),
    "variable.unknown": Text(
        "`{variable}` ليس من الإعدادات (في `{place}`)؛ لعلك تقصد `{near}`",
        "`{variable}` is no setting (in `{place}`); perhaps `{near}` is meant",
    ),
    "variable.unknown.far": Text(
        "`{variable}` ليس من الإعدادات (في `{place}`)؛ كلها في `.env.example`",
        "`{variable}` is no setting (in `{place}`); all of them stand in `.env.example`",
    ),
    "variable.idle": Text(
        "لا أثر للإعداد `{variable}` ما دام `{other}` غير مضبوط",
        "`{variable}` has no effect while `{other}` is not set",
    ),
    "env.line": Text(
        "السطر {number} من `.env` ليس على صورة `NAME=VALUE`، فلم يُؤخذ به",
        "Line {number} of `.env` is not `NAME=VALUE`, and sets nothing",
    ),
    "env.open": Text(
        "في `{path}` سر يستطيع غيرك على هذا الجهاز أن يقرأه: `chmod 600 .env`",
        "`{path}` holds a secret that others on this machine can read: `chmod 600 .env`",
    ),
    "llm.off": Text(
        "لا نموذج لغويا: الأجوبة اقتباس من المقالات", "No language model: answers are quoted from the articles"
    ),
    "llm": Text(
        "يصوغ الأجوبة `{model}` في `{host}`، ويصل إليه السؤال وجمل المقالات (لم يُتصل به الآن)",
        "Answers are written by `{model}` at `{host}`, which is sent the question and the articles' sentences"
        " (not called now)",
    ),
    "llm.open": Text(
        "مفتاح `ISNAD_LLM_API_KEY` يُرسل إلى `{host}` دون تعمية: استعمل `https`",
        "`ISNAD_LLM_API_KEY` is sent to `{host}` in the clear: use `https`",
    ),
    "telegram.off": Text("لا بوت: `TELEGRAM_BOT_TOKEN` غير مضبوط", "No bot: `TELEGRAM_BOT_TOKEN` is not set"),
    "telegram": Text(
        "رمز البوت بالشكل الصحيح (لم يُسأل تيليغرام)", "The bot's token has the right form (Telegram was not asked)"
    ),
    "telegram.odd": Text(
        "رمز البوت ليس كالرموز التي يعطيها `@BotFather`، ولعله ناقص: انسخه كاملا من جديد",
        "The bot's token is not of the form that `@BotFather` gives; a part may be missing: copy the whole of it again",
    ),
    "telegram.wrong": Text(
        "قيمة `TELEGRAM_BOT_TOKEN` ليست رمزا: انسخه من `@BotFather` كما هو، بلا مسافات ولا علامات اقتباس",
        "`TELEGRAM_BOT_TOKEN` is no token: copy it from `@BotFather` as it is, without spaces or quotes",
    ),
    "telegram.no_admins": Text(
        "لا مشرف للبوت: اضبط `ISNAD_ADMINS` على رقم حسابك في تيليغرام لترى حاله وترسل إليه المقالات",
        "The bot has no administrator: set `ISNAD_ADMINS` to your Telegram number to see its state and send articles",
    ),
    "telegram.webhook": Text(
        "يجب أن يبدأ `ISNAD_WEBHOOK_URL` بهذا: `https://`", "`ISNAD_WEBHOOK_URL` has to begin with `https://`"
    ),
    # places
    "home": Text("مجلد إسناد `{path}` موجود ويمكن الكتابة فيه", "The home folder `{path}` can be written in"),
    "home.new": Text(
        "مجلد إسناد `{path}` لم يُنشأ بعد، ويمكن إنشاؤه", "The home folder `{path}` is not made yet, and can be"
    ),
    "home.variable": Text(
        "في مسار مجلد إسناد `{path}` علامة `$` كما كُتبت: لا يُعوَّض هنا عن متغير إلا `$HOME` في أول المسار. اكتبه كاملا.",
        "The home folder's path, `{path}`, holds a `$` as it was written: no variable is filled in but `$HOME` at its"
        " start. Write it in full.",
    ),
    "home.closed": Text(
        "لا يمكن الكتابة في `{path}` ({why}). غيّر أذونه، أو اختر مكانا آخر: `--home DIR`",
        "`{path}` cannot be written ({why}). Change its permissions, or choose another place: `--home DIR`",
    ),
    "disk": Text("المساحة الحرة: {free} غيغابايت", "Free on the disk: {free} GB"),
    "disk.little": Text(
        "المساحة الحرة في `{path}` قليلة: {free} غيغابايت. أخلِ مكانا قبل أن تضيف كثيرا من المقالات",
        "Little is free on the disk of `{path}`: {free} GB. Make room before you add many articles",
    ),
    "server.silent": Text(
        "لا يجيب `{place}` (`{variable}`): شغّله أو صحّح العنوان",
        "`{place}` does not answer (`{variable}`): start it or mend the address",
    ),
    "database": Text(
        "قاعدة البيانات ({kind}) تُفتح، والمقالات فيها: {num_articles}",
        "The database ({kind}) opens; articles in it: {num_articles}",
    ),
    "database.empty": Text("قاعدة البيانات ({kind}): لا مقالات بعد", "The database ({kind}): no articles yet"),
    "database.gone": Text(
        "فهرس بلا قاعدة بيانات: أعد `isnad.db` من نسخة احتياطية، أو اقرأ المقالات من جديد: `{command}`",
        "An index without its database: put `isnad.db` back from a backup, or read the articles again: `{command}`",
    ),
    "state": Text("ما يتذكره البوت يُحفظ في `{place}`", "What the bot remembers is kept in `{place}`"),
    "encoder.built_in": Text(
        "المرمّز المدمج `{name}`، ولا يحتاج إلى تنزيل", "The built-in encoder `{name}`, which needs no download"
    ),
    "encoder": Text("نموذج الترميز `{model}` موجود على هذا الجهاز", "The encoder's model `{model}` is on this machine"),
    "index": Text("الفهرس يُفتح، وفيه ما في قاعدة البيانات", "The index opens and holds what the database does"),
    "index.empty": Text("لا فهرس بعد؛ أضف مقالاتك: `{command}`", "No index yet; add your articles: `{command}`"),
    "index.rebuild": Text("الفهرس {about}. أعد بناءه: `{command}`", "The index is {about}. Rebuild it: `{command}`"),
    # the sum of it
    "set": Text("الإعدادات المضبوطة", "Set here"),
    "well": Text("كل شيء سليم.", "All is well."),
    "warned": Text("كل شيء يعمل؛ وما يستحق النظر: {number}", "All of it works; worth a look: {number}"),
    "unwell": Text("المشكلات: {number}", "Problems: {number}"),
    "broken": Text("تعذّر هذا الفحص:", "This check broke:"),
}
