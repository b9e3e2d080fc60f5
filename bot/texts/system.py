"""What the operating system says when something cannot be done, in Arabic; English is its own word."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping

from bot.texts import Lang

_ARABIC: Mapping[str, str] = {
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


def system_word(text: str, lang: Lang) -> str:
    """`text` in `lang`, where it is a word of the system's; anything else stays as it is."""
    return _ARABIC.get(text, text) if lang == "ar" else text
