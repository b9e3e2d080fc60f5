"""Two articles to ask about, and what a command came to."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

BRIDGE = """افتتاح جسر النهر
المصدر: وكالة الواحة
التاريخ: 2024-05-12

افتتح الوزير جسر النهر يوم الاثنين في مدينة الواحة. وبلغت كلفته 3.5 مليون دينار.
"""
MARKET = "أسعار التمور\nارتفعت أسعار التمور في السوق بنسبة 12 في المئة.\n"


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Done]
