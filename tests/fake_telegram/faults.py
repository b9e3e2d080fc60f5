"""What can go wrong between a bot and Telegram, on order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from tests.fake_telegram.errors import PHRASES, ApiError

BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
GARBAGE = b"\x00\x9f{]not json"
NOWHERE = -100999999999
"""A chat that migrated groups are said to have gone to, where no other is named."""


@dataclass(frozen=True, slots=True)
class Fault:
    """How a call fails. All zero: not at all."""

    name: str = ""
    status: int = 0
    """Answer this code; the call has no effect, unless `effect`."""
    description: str = ""
    retry_after: int = 0
    migrate_to: int = 0
    effect: bool = False
    delay_before: float = 0.0
    """Seconds before the call is handled."""
    delay_after: float = 0.0
    """Seconds between its effect and the answer."""
    drop: Literal["", "unread", "before", "after"] = ""
    """Hang up: once the head is read, once the body is read, or once the call had its effect."""
    body: Literal["", "garbage", "half"] = ""
    """Answer 200 with no JSON, or hang up in the middle of the right answer; the call had its effect."""

    @property
    def label(self) -> str:
        """What the transcript calls it; "" for no fault."""
        unlike = [f"{key}={value!r}" for key, value in asdict(self).items() if value and key != "name"]
        return self.name or " ".join(unlike)

    @property
    def error(self) -> ApiError:
        """The refusal, shaped as Telegram shapes it."""
        parameters = {"retry_after": self.retry_after} if self.retry_after else {}
        if self.migrate_to:
            parameters["migrate_to_chat_id"] = self.migrate_to
        said = self.description or PHRASES.get(self.status, "Bad Request")
        if self.retry_after and not self.description:
            said = f"{said}: retry after {self.retry_after}"
        return ApiError(self.status, said, **parameters)


EVERY_FAULT: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        Fault("bad_request", status=400, description="Bad Request: invalid parameter"),
        Fault(
            "parse_error", status=400, description="Bad Request: can't parse entities: made to order at byte offset 0"
        ),
        Fault("too_long", status=400, description="Bad Request: message is too long"),
        Fault("chat_not_found", status=400, description="Bad Request: chat not found"),
        Fault(
            "migrated",
            status=400,
            description="Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to=NOWHERE,
        ),
        Fault("unauthorized", status=401),
        Fault("forbidden", status=403, description="Forbidden: bot was blocked by the user"),
        Fault("not_found", status=404),
        Fault("conflict", status=409),
        Fault("flood", status=429, retry_after=1),
        Fault("internal", status=500),
        Fault("bad_gateway", status=502),
        Fault("bad_gateway_after_effect", status=502, effect=True),
        Fault("slow", delay_before=1.0),
        Fault("slow_answer", delay_after=1.0),
        Fault("never_answered", delay_after=3600.0),
        Fault("never_handled", delay_before=3600.0),
        Fault("dropped_unread", drop="unread"),
        Fault("dropped", drop="before"),
        Fault("dropped_after_effect", drop="after"),
        Fault("garbage", body="garbage"),
        Fault("half", body="half"),
    )
}
"""One of each kind, by name; dataclasses.replace makes others of them."""


@dataclass(slots=True)
class Order:
    """A fault for the next calls of a method; `left` None: for all of them."""

    fault: Fault
    method: str
    left: int | None
    chat_id: int | None
    skip: int


class Faults:
    """The faults that are on order, taken in the order of ordering."""

    def __init__(self) -> None:
        self.orders: list[Order] = []

    def order(
        self, method: str, fault: Fault, *, times: int | None = 1, chat_id: int | None = None, skip: int = 0
    ) -> None:
        """Let the next calls of a method ("*": of any) fail, after `skip` that do not."""
        self.orders.append(Order(fault, method.lower(), times, chat_id, skip))

    def clear(self) -> None:
        """Let everything go well again."""
        self.orders.clear()

    def waiting(self, method: str, chat_id: int = 0) -> Order | None:
        """The order that the next call of the method meets, which is not counted yet."""
        wanted = {method.lower(), "*"}
        for order in self.orders:
            if order.method in wanted and order.chat_id in {None, chat_id}:
                return order
        return None

    def take(self, method: str, chat_id: int = 0) -> Fault:
        """The fault of this call, counted."""
        order = self.waiting(method, chat_id)
        if order is None:
            return Fault()
        if order.skip > 0:
            order.skip -= 1
            return Fault()
        if order.left is not None:
            order.left -= 1
            if order.left <= 0:
                self.orders.remove(order)
        return order.fault
