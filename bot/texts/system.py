"""What the operating system and SQLite, and the library about processes and lines, say in a word; English is theirs."""

from __future__ import annotations

import errno
import os
import re

from bot.texts import Lang

_ARABIC: dict[str, str] = {
    os.strerror(number): arabic
    for number, arabic in {
        errno.EACCES: "لا إذن بذلك",
        errno.EPERM: "لا إذن بذلك",
        errno.ENOENT: "غير موجود",
        errno.EEXIST: "موجود من قبل",
        errno.ENOTDIR: "ليس مجلدا",
        errno.EISDIR: "مجلد وليس ملفا",
        errno.EROFS: "لا يُسمح بالكتابة على هذا القرص",
        errno.ENOSPC: "لا مساحة على القرص",
        errno.EDQUOT: "نفدت حصتك من القرص",
        errno.EIO: "خلل في القرص",
        errno.ELOOP: "روابط تدور في حلقة",
        errno.ENAMETOOLONG: "اسم أطول من المسموح",
        errno.EMFILE: "ملفات مفتوحة أكثر من المسموح",
        errno.ENFILE: "ملفات مفتوحة أكثر من المسموح",
        errno.ENOMEM: "لا تكفي الذاكرة",
        errno.ECONNREFUSED: "رُفض الاتصال",
        errno.ETIMEDOUT: "لا جواب من الخادم",
    }.items()
}
_SQLITE = {
    "file is not a database": "ليس ملف قاعدة بيانات",
    "database disk image is malformed": "في محتواه خلل",
    "database is locked": "يشغلها برنامج آخر",
    "disk I/O error": "خلل في القرص",
    "unable to open database file": "لا يُفتح ملفها",
    "attempt to write a readonly database": "لا يُسمح بالكتابة فيها",
    "database or disk is full": "لا مساحة على القرص",
}
_OTHERS = {
    "another process": "عملية أخرى",
    "a process with another home": "عملية لها مجلد آخر",
}
_WAITING = "{} is writing the index; waiting until it is done"
_ARABIC |= _SQLITE | _OTHERS
_ARABIC |= {_WAITING.format(who): f"تكتب فيه {arabic}، وننتظر حتى تفرغ" for who, arabic in _OTHERS.items()}
_ARABIC |= {"the system takes no folder there": "لا يقبل النظام مجلدا هنا"}
_FORMS = (
    (re.compile(r"process (\d+) \(since (.+)\)"), r"العملية \1 (منذ \2)"),
    (
        re.compile(_WAITING.format(r"process (\d+) \(since (.+)\)")),
        r"تكتب فيه العملية \1 (منذ \2)، وننتظر حتى تفرغ",
    ),
    (re.compile(r"Generation (\d+) of the index is missing\."), r"الإصدار \1 من الفهرس غير موجود"),
    (
        re.compile(r"Generation (\d+) of the index was removed while it was opened\."),
        r"حُذف الإصدار \1 من الفهرس عند فتحه",
    ),
    (re.compile(r"The index is damaged: (.+) is not what was written\."), r"الملف \1 مفقود أو تغيّر"),
    (re.compile(r"no such table: (\S+)"), r"ليس فيها الجدول \1"),
    (re.compile(r"no such column: (\S+)"), r"ليس فيها العمود \1"),
    (re.compile(r"line (\d+)"), r"السطر \1"),
)


def system_word(text: str, lang: Lang) -> str:
    """`text` in `lang`, where it is such a word; anything else stays as it is."""
    if lang == "en":
        return text
    for form, arabic in _FORMS:
        if found := form.fullmatch(text):
            return found.expand(arabic)
    return _ARABIC.get(text, text)
