"""What went wrong and what to do next, by the class of the error.

The library's own `str(error)` is English and exact, so English shows it; Arabic has a sentence per
class, filled from `error.details`. A class may have several, the most telling first: the first one
whose placeholders the error can fill is used, and a class without one takes its parent's.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from contextlib import suppress

from bot.texts import Lang, Text, evaluation, evaluation_tools, fill
from bot.texts.settings import SETTINGS_ERRORS
from bot.texts.system import system_word
from rag.errors import IsnadError

ERRORS: Mapping[str, tuple[Text, ...]] = {
    **evaluation.ERRORS,
    **evaluation.USAGE,
    **evaluation_tools.ERRORS,
    **evaluation_tools.USAGE,
    **SETTINGS_ERRORS,
    "AnotherBotPolls": (Text("بوت آخر يعمل بهذا الرمز نفسه. أوقفه، أو أعط هذا البوت رمزا له وحده.", "{message}"),),
    "PollDied": (Text("لم يُسمع من تيليغرام منذ مدة. شغّل البوت من جديد، وتأكد من الشبكة.", "{message}"),),
    "TokenRefused": (
        Text("لا يقبل تيليغرام هذا الرمز. خذ رمزا من `@BotFather` وضعه في `TELEGRAM_BOT_TOKEN`", "{message}"),
    ),
    "BotEnded": (Text("توقف البوت: {message}", "{message}"),),
    "PathNotFound": (Text("لا يوجد `{path}`. تأكد من اسم الملف أو المجلد.", "{message}"),),
    "PathNotFound.gone": (Text("لم يعد `{path}` موجودا، وما قُرئ منه باق في الفهرس. لحذفه: `{command}`", "{message}"),),
    "SourceConflict": (
        Text(
            "في الفهرس مقال باسم `{source}` من مجلد آخر. أعط هذا المجلد اسما يميّزه: `{command}`",
            "{message}",
        ),
        Text(
            "في الفهرس مقال بالاسم نفسه من مجلد آخر. أعط هذا المجلد اسما يميّزه: `isnad ingest FOLDER --name NAME`",
            "{message}",
        ),
    ),
    "SourceConflict.of_two": (
        Text(
            "في هذا الأمر ملفان من موضعين لهما اسم واحد: `{source}`. اقرأ الأول، ثم الثاني باسم يميّزه: `{first}` ثم"
            " `{command}`",
            "{message}",
        ),
    ),
    "SourceConflict.gone": (
        Text(
            "`{source}` اسم مقال قُرئ من `{path}`، ولم يعد الملف هناك. إن كنت نقلته فاحذف أولا ما قُرئ من موضعه القديم،"
            " ثم أعد المحاولة: `{command}`",
            "{message}",
        ),
    ),
    "SourceNotFound": (
        Text("لا مقال باسم `{source}`. لعرض الأسماء: `isnad sources`", "{message}"),
        Text("لا مقال بهذا الاسم. لعرض الأسماء: `isnad sources`", "{message}"),
    ),
    "SourceNotFound.file": (
        Text("في الملف `{source}` أكثر من مقال. سمّ واحدا منها، مثل: `{command}` أو: `{other}`", "{message}"),
    ),
    "SourceNotFound.near": (Text("لا مقال باسم `{source}`. لعلك تقصد: `{command}`", "{message}"),),
    "QuestionsError": (
        Text("تعذّرت قراءة `{path}`: {detail}", "{message}"),
        Text("تعذّرت قراءة ملف الأسئلة: {message}", "{message}"),
    ),
    "NothingStored": (Text("لا مقالات بعد. أضفها أولا: `isnad ingest FOLDER`", "{message}"),),
    "InputError.other_name": (
        Text(
            "`{path}` من مجلد عُرف قبل ذلك باسم آخر أو بلا اسم. اترك `--name`، أو سمّ المجلد كله: `{command}`",
            "{message}",
        ),
    ),
    "InputError.bad_name": (
        Text("لا يصلح `{name}` اسما يسبق أسماء المقالات: اكتب مع `--name` حروفا وأرقاما.", "{message}"),
    ),
    "InputError": (Text("لا يمكن استعمال هذا المدخل: {message}", "{message}"),),
    "StoreUnusable": (
        Text("لا يمكن استعمال قاعدة البيانات (`{place}`): `{why}`. أزل السبب ثم أعد المحاولة.", "{message}"),
        Text("لا يمكن استعمال قاعدة البيانات: {message}", "{message}"),
    ),
    "DiskFull": (
        Text("امتلأ القرص الذي فيه `{place}`. ما حُفظ من قبل باق كما هو: أخلِ مكانا ثم أعد المحاولة.", "{message}"),
        Text("امتلأ القرص: {message}", "{message}"),
    ),
    "StoreUnusable.damaged": (
        Text(
            "قاعدة البيانات `{file}` تالفة: `{why}`. ضع مكانها نسخة احتياطية، أو أبعدها واقرأ المقالات من جديد: "
            "`isnad ingest FOLDER`",
            "{message}",
        ),
    ),
    "StoreUnusable.damaged_article": (
        Text(
            "نص `{source}` في قاعدة البيانات ليس كما حُفظ. أخرجه منها (`{command}`) واقرأه من جديد: `isnad ingest FOLDER`؛"
            " أو ضع مكان القاعدة نسخة احتياطية.",
            "{message}",
        ),
    ),
    "StoreUnusable.read_only": (
        Text(
            "لا يمكن الكتابة في `{folder}`: `{why}`. أعط هذا المستخدم حق الكتابة فيه، أو انسخه إلى حيث له ذلك ثم سمّ الموضع:"
            " `--home DIR`",
            "{message}",
        ),
    ),
    "StoreUnusable.not_to_be_made": (
        Text("لا يمكن إنشاء المجلد `{folder}`: {why}. اختر مكانا آخر: `--home DIR`", "{message}"),
    ),
    "StoreUnusable.not_a_folder": (
        Text("يجب أن يكون `{path}` مجلدا وليس كذلك. غيّر اسمه أو احذفه ثم أعد المحاولة.", "{message}"),
    ),
    "IndexUnreadable": (
        Text(
            "تعذّر استعمال الفهرس في `{path}`: `{why}`. قد يكون سليما: أصلح ذلك ثم أعد المحاولة، فإن لم ينفع: `isnad reindex`",
            "{message}",
        ),
        Text("تعذّر استعمال الفهرس، وقد يكون سليما. أعد المحاولة، فإن لم ينفع: `isnad reindex`", "{message}"),
    ),
    "ServerUnavailable": (
        Text("لا يجيب الخادم في `{place}`. شغّله أو صحّح عنوانه في الإعدادات، ثم أعد المحاولة.", "{message}"),
        Text("لا يجيب خادم يحتاج إليه الفهرس: {message}", "{message}"),
    ),
    "IndexMismatch": (Text("بُني الفهرس بإعدادات أخرى. أعد بناءه: `isnad reindex`", "{message}"),),
    "IndexDamaged": (Text("الفهرس ناقص أو تالف، والمقالات محفوظة. أعد بناءه: `isnad reindex`", "{message}"),),
    "IndexMismatch.schema": (
        Text(
            "كتبت قاعدة البيانات نسخة أخرى من إسناد، ولا تستطيع هذه قراءتها. استعمل تلك النسخة، أو مكانا جديدا: `--home DIR`",
            "{message}",
        ),
    ),
    "IndexBusy": (
        Text("في الفهرس كتابة جارية (`{holder}`). انتظر حتى تنتهي ثم أعد المحاولة.", "{message}"),
        Text("برنامج آخر يكتب في الفهرس الآن. انتظر حتى يفرغ ثم أعد المحاولة.", "{message}"),
    ),
    "IndexError_": (Text("لا يمكن استعمال الفهرس كما هو: {message}", "{message}"),),
    "LLMFailed.late": (
        Text("لم يفرغ النموذج اللغوي في `{server}` خلال {seconds} ثانية (`ISNAD_LLM_TIMEOUT_S`).", "{message}"),
    ),
    "LLMFailed.unreachable": (
        Text("لا يُوصل إلى النموذج اللغوي في `{server}`. تأكد من أنه يعمل ومن `ISNAD_LLM_URL`", "{message}"),
    ),
    "LLMFailed.key": (Text("لا يقبل النموذج اللغوي في `{server}` المفتاح. تأكد من `ISNAD_LLM_API_KEY`", "{message}"),),
    "LLMFailed.unknown_model": (
        Text(
            "لا يعرف الخادم `{server}` النموذج `{model}`، أو عنوانه غير هذا."
            " تأكد من `ISNAD_LLM_MODEL` و`ISNAD_LLM_URL`",
            "{message}",
        ),
    ),
    "LLMFailed.limited": (Text("بلغ النموذج اللغوي في `{server}` حدّه، ولا يقبل أسئلة أخرى الآن.", "{message}"),),
    "LLMFailed": (
        Text("لم يكتب النموذج اللغوي في `{server}` جوابا يُعتمد.", "{message}"),
        Text("لم يكتب النموذج اللغوي جوابا يُعتمد.", "{message}"),
    ),
    "IsnadError": (Text("{message}", "{message}"),),
    # not the library's own
    "unexpected": (
        Text(
            "حدث خطأ لم نتوقعه ({kind}). أعد المحاولة، ولرؤية التفاصيل: `isnad --debug …`",
            "Something unexpected went wrong ({kind}). Try again; for the details: `isnad --debug …`",
        ),
    ),
    "disk_full": (
        Text(
            "لا مساحة على القرص. ما حُفظ من قبل باق كما هو: أخلِ مكانا ثم أعد المحاولة.",
            "The disk is full. What was stored before is untouched: make room and try again.",
        ),
    ),
    "output_lost": (
        Text(
            "تعذّرت كتابة النتيجة على المخرج القياسي: {detail}",
            "The result could not be written to standard output: {detail}",
        ),
    ),
    "no_access": (Text("لا يمكن استعمال `{path}`: {detail}", "`{path}` cannot be used: {detail}"),),
    # the command line
    "usage.no_question": (
        Text(
            'اكتب سؤالا: `isnad ask "…"`، أو `--questions FILE`',
            'Write a question: `isnad ask "…"`, or `--questions FILE`',
        ),
    ),
    "usage.no_query": (
        Text(
            'اكتب ما تبحث عنه: `isnad search "…"`، أو `--questions FILE`',
            'Write what to search: `isnad search "…"`, or `--questions FILE`',
        ),
    ),
    "usage.two_questions": (
        Text("أعط سؤالا أو `--questions`، لا الاثنين معا", "Either a question or `--questions`, not both"),
    ),
    "usage.history_in_batch": (
        Text(
            "مع `--questions` يُكتب `history` مع كل سؤال في سطره",
            "With `--questions` each line brings its own `history`",
        ),
    ),
    "usage.bad_date": (
        Text(
            "`{value}` ليس تاريخا مقبولا. اكتب التاريخ الميلادي هكذا: `2024-05-31`",
            "`{value}` is not a date that is understood. Write it by the Gregorian calendar, like this: `2024-05-31`",
        ),
    ),
    "usage.no_date": (
        Text("التاريخ فارغ. اكتبه هكذا: `2024-05-31`", "The date is empty. Write it like this: `2024-05-31`"),
    ),
    "usage.since_after_until": (Text("تاريخ `--since` بعد تاريخ `--until`", "`--since` is later than `--until`"),),
    # lines of a batch
    "line.not_json": (Text("السطر {number} ليس JSON: {detail}", "Line {number} is not JSON: {detail}"),),
    "line.not_utf8": (Text("السطر {number} ليس UTF-8", "Line {number} is not UTF-8"),),
    "line.bad_id": (
        Text("السطر {number}: `id` ليس نصا ولا رقما", "Line {number}: `id` is neither a text nor a number"),
    ),
    "line.no_question": (Text("السطر {number} بلا `question` نصي", "Line {number} has no text in `question`"),),
    "line.bad_history": (
        Text("السطر {number}: `history` ليست قائمة نصوص", "Line {number}: `history` is not a list of texts"),
    ),
    "questions.missing": (Text("لا يوجد هذا الملف", "there is no such file"),),
    "questions.unreadable": (Text("لا يُقرأ ({kind})", "it cannot be read ({kind})"),),
    "history.not_a_list": (
        Text(
            'ليس قائمة JSON من النصوص، مثل: ["متى افتُتح الجسر؟"]',
            'it is not a JSON list of texts, such as ["متى افتُتح الجسر؟"]',
        ),
    ),
}


def explain(key: str, lang: Lang, **values: object) -> str:
    """The sentence of `key` that `values` can fill, the most telling first.

    Raises:
        KeyError: no such key, or no sentence of it that `values` can fill.
    """
    for text in ERRORS[key]:
        try:
            return fill(text, lang, **values)
        except KeyError:
            continue
    raise KeyError(key)


def explain_error(error: BaseException, lang: Lang) -> str:
    """What went wrong, in `lang`, for whatever was raised."""
    if isinstance(error, IsnadError):
        values = {**error.details, "message": str(error)}
        values = {
            name: _in_one_line(value, lang) if isinstance(value, str) else value for name, value in values.items()
        }
        kinds = [kind.__name__ for kind in type(error).__mro__]
        for key in (f"{kinds[0]}.{error.details.get('what')}", *kinds):
            with suppress(KeyError):
                return explain(key, lang, **values)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return explain("disk_full", lang)
    if isinstance(error, OSError) and error.filename:
        return explain("no_access", lang, path=error.filename, detail=system_word(str(error.strerror), lang))
    return explain("unexpected", lang, kind=type(error).__name__)


def _in_one_line(said: str, lang: Lang) -> str:
    """What a library or the system said, which some of them do in several lines."""
    return system_word(re.sub(r"\s*\n\s*", " ", said), lang)
