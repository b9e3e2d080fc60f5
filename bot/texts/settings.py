"""What is wrong with a setting, or with what a setting asks for; English is `rag`'s own sentence, but for pydantic's."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts import Text

_ENGLISH = "{message}"
_IS = "الإعداد `{variable}` قيمته `{value}`"
_HAS_TO = "`{variable}` is `{value}`: it has to be"


def _text(arabic: str, english: str = _ENGLISH) -> tuple[Text, ...]:
    return (Text(arabic, english),)


SETTINGS_ERRORS: Mapping[str, tuple[Text, ...]] = {
    "SettingsError": (
        Text(f"{_IS}، وهي غير مقبولة: `{{allowed}}`", _ENGLISH),
        Text("في الإعدادات ما لا يُقبل: `{message}`", _ENGLISH),
    ),
    # pydantic's own names
    "SettingsError.literal_error": _text(
        f"{_IS}، والمقبول واحد من هذه: `{{expected}}`", f"{_HAS_TO} one of these: `{{expected}}`"
    ),
    **dict.fromkeys(
        ("SettingsError.float_parsing", "SettingsError.finite_number"),
        _text(f"{_IS}، ويجب أن يكون عددا.", f"{_HAS_TO} a number."),
    ),
    **dict.fromkeys(
        ("SettingsError.int_parsing", "SettingsError.int_from_float"),
        _text(f"{_IS}، ويجب أن يكون عددا صحيحا.", f"{_HAS_TO} a whole number."),
    ),
    "SettingsError.greater_than": _text(f"{_IS}، ويجب أن يزيد على {{gt}}.", f"{_HAS_TO} more than {{gt}}."),
    "SettingsError.greater_than_equal": _text(f"{_IS}، ويجب ألا يقل عن {{ge}}.", f"{_HAS_TO} at least {{ge}}."),
    "SettingsError.less_than_equal": _text(f"{_IS}، ويجب ألا يزيد على {{le}}.", f"{_HAS_TO} at most {{le}}."),
    # ours
    "SettingsError.lang": _text(  # in both languages: which one can be read is not known
        f"{_IS}، والمقبول `ar` أو `en`\n{_HAS_TO} `ar` or `en`", f"{_HAS_TO} `ar` or `en`"
    ),
    "SettingsError.folder": _text(f"{_IS}، ويجب أن يكون مجلدا يمكن دخوله."),
    "SettingsError.folder_name": _text(f"{_IS}، ويجب أن يُكتب مساره بترميز UTF-8: غيّر اسم المجلد."),
    "SettingsError.folder_nowhere": _text(
        f"{_IS}، وهو منسوب إلى مجلد العمل الذي لم يعد موجودا: انتقل إلى مجلد آخر، أو اكتب المسار كاملا."
    ),
    "SettingsError.folder_long": _text(f"{_IS}، ومساره الكامل {{num}} بايت، ويجب ألا يزيد على {{le}}."),
    "SettingsError.ids": _text(f"{_IS}، ويجب أن يكون أرقاما بينها فواصل، مثل `111,222`"),
    "SettingsError.secret": _text("الإعداد `{variable}` يجب أن يكون من 1 إلى 256 من هذه الحروف: `A-Z a-z 0-9 _ -`"),
    "SettingsError.address": _text(f"{_IS}، ويجب أن يكون عنوانا مثل `http://127.0.0.1:8000`"),
    "SettingsError.env_file": _text("تعذّرت قراءة `{path}`: {why}."),
    "SettingsError.env_encoding": _text(
        "الملف `{path}` ليس نصا بترميز UTF-8: احفظه بهذا الترميز، أو اكتبه من جديد على صورة `.env.example`"
    ),
    "SettingsError.database_url": _text(
        "الإعداد `{variable}` ليس عنوان قاعدة بيانات يمكن استعمالها. المقبول: `sqlite:///PATH` أو"
        " `postgresql+psycopg://USER@HOST/NAME`"
    ),
    "SettingsError.one_of_two": _text("`{other}` مضبوط و`{variable}` غير مضبوط: اضبطهما معا، أو اتركهما معا."),
    "SettingsError.no_llm": _text("`ISNAD_LLM_URL` و`ISNAD_LLM_MODEL` غير مضبوطين."),
    # the bot's
    "SettingsError.no_token": _text(
        "`TELEGRAM_BOT_TOKEN` غير مضبوط: خذ رمزا من `@BotFather` في تيليغرام، وضعه في متغير البيئة هذا أو في `.env`"
    ),
    "SettingsError.bad_token": _text(
        "قيمة `TELEGRAM_BOT_TOKEN` ليست رمزا: الرمز مثل `123456:ABC-def` كما يعطيه `@BotFather`"
    ),
    "SettingsError.webhook": _text(
        "لا يقبل تيليغرام `ISNAD_WEBHOOK_URL`: يجب أن يكون عنوانا يبدأ بـ `https` ويمكن الوصول إليه من الشبكة."
    ),
    "SettingsError.port_taken": _text(
        "الإعداد `{variable}` قيمته `{port}`: لا يمكن الاستماع عليه، ولعل برنامجا آخر يشغله."
    ),
    # what a setting asks for is not here
    "ModelUnavailable": _text("النموذج أو ما يشغّله غير موجود: `{message}`"),
    "ModelUnavailable.no_extra": _text(
        "يحتاج `ISNAD_EMBED_MODEL` إلى حزمة لم تُثبّت. ثبّتها من مجلد إسناد: `pip install -c constraints.txt -e '.[models]'`"
    ),
    "ModelUnavailable.no_folder": _text("الإعداد `ISNAD_EMBED_MODEL` قيمته `{model}`، ولا نموذج في هذا المجلد."),
    "ModelUnavailable.not_here": _text("النموذج `{model}` ليس على هذا الجهاز. نزّله: `{command}`"),
    "ModelUnavailable.no_name": _text("`{model}` ليس اسم نموذج؛ الاسم مثل `intfloat/multilingual-e5-small`"),
    "ModelUnavailable.not_downloaded": _text(
        "تعذّر تنزيل `{model}` من `{place}` (`{cause}`). تأكد من الاسم ومن الشبكة، ثم أعد المحاولة: يُستأنف من حيث توقف."
    ),
    "ModelUnavailable.unusable": _text("تعذّر تشغيل النموذج `{model}` من `{folder}`: `{why}`"),
    "ModelUnavailable.no_driver": _text(
        "الحزمة التي تصل إلى قاعدة البيانات (`{name}`) غير مثبتة. ثبّتها من مجلد إسناد: `{command}`"
    ),
    "ModelUnavailable.no_client": _text(
        "`ISNAD_LLM_URL` مضبوط، والحزمة التي تصل إليه غير مثبتة: `pip install {install}`"
    ),
}
