"""What is to be sent: text in parts and the keyboard under the last of them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.telegram.keyboards import Keyboard
from bot.telegram.split import Part


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, or one that takes several."""

    parts: tuple[Part, ...]
    keyboard: Keyboard = ()
