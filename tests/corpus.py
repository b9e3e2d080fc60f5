"""A small corpus of our own prose, for tests that need real articles in a real index."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.settings import Settings

PAGES = {
    "bridge.txt": "افتتاح جسر الوادي الجديد\n\nافتتح وزير النقل جسر الوادي الجديد يوم الاثنين. "
    "ويبلغ طول الجسر 340 مترا، وبلغت كلفته 12 مليون درهم.\n\nوأضاف الوزير أن الأعمال استمرت 18 شهرا.",
    "harvest.txt": "موسم الزيتون يبدأ في سهل النور\n\nبدأ المزارعون في سهل النور قطاف الزيتون هذا الأسبوع. "
    "وقال رئيس التعاونية سامر الحلبي إن المحصول تراجع بنسبة 20% بسبب الجفاف.",
    "sub/match.txt": "فريق الميناء يفوز بالكأس\n\nفاز فريق الميناء بكأس المدينة بعد تغلبه على فريق القلعة 3-1. "
    "وسجل اللاعب عادل ناصر هدفين في الشوط الثاني.",
}


def write_pages(folder: Path, pages: dict[str, str] = PAGES) -> Path:
    """Write pages into a folder, and return it."""
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def settings_for(home: Path, **values: object) -> Settings:
    """Settings of a home, untouched by any environment."""
    return Settings(home=home, _env_file=None, **values)  # type: ignore[arg-type]


@contextmanager
def without_rights() -> Iterator[None]:
    """Root reads everything: do without that right."""
    if os.geteuid() != 0:
        yield
        return
    library = ctypes.CDLL(None, use_errno=True)
    header, before = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert library.capget(header, before) == 0
    less = (ctypes.c_uint32 * 6)(*before)
    less[0] = less[3] = 0  # what is in effect; what is permitted comes back below
    assert library.capset(header, less) == 0
    try:
        yield
    finally:
        assert library.capset(header, before) == 0
