"""What the report needs of the front end: its sentences in one language. The report itself knows none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

_EXPLAINED = re.compile(r":| \(")


class Say(Protocol):
    """The sentence of a key, its placeholders filled; between backticks stands a name."""

    def __call__(self, key: str, **values: object) -> str: ...  # noqa: D102  said by the class


@dataclass(frozen=True, slots=True)
class Wording:
    """The language of a report and its sentences."""

    lang: Literal["ar", "en"]
    say: Say

    @property
    def direction(self) -> Literal["rtl", "ltr"]:
        """How the page reads."""
        return "rtl" if self.lang == "ar" else "ltr"

    def plain(self, key: str, **values: object) -> str:
        """A sentence where no name can be set apart."""
        return self.say(key, **values).replace("`", "")

    def measure(self, name: str) -> str:
        """A measure's name without what explains it."""
        return _EXPLAINED.split(self.plain(f"eval.measure.{name}"))[0]
