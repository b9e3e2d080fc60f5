"""Everything that was said between the bot and the server, with the times it was said at."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from http import HTTPStatus
from pathlib import Path
from time import monotonic
from typing import Any

from tests.fake_telegram.errors import Json


@dataclass(slots=True)
class Call:
    """A call of the bot. Times are seconds of time.monotonic(); `answered` is None where no answer went out."""

    number: int
    method: str
    params: Json
    received: float
    answered: float | None = None
    status: int = 0
    result: Any = None
    error: str = ""
    fault: str = ""
    done: bool = False
    """Whether the call had its effect, whatever the bot was told."""
    client_gone: bool = False
    """Whether the client hung up before the answer."""

    @property
    def chat_id(self) -> int:
        """The chat that it is about; 0 for none."""
        value = self.params.get("chat_id", 0)
        return int(value) if str(value).lstrip("-").isdecimal() else 0

    @property
    def seconds(self) -> float:
        """From received to answered."""
        return (self.answered or monotonic()) - self.received


@dataclass(slots=True)
class Arrival:
    """An update on its way to the bot: when it came to be, was first handed out, and was acknowledged."""

    update_id: int
    kind: str
    body: Json
    created: float
    handed_out: list[float] = field(default_factory=list)
    acknowledged: float | None = None


def fields_of(entry: Call | Arrival) -> Json:
    """An entry as JSON. Not asdict, which copies all that lies in it: half the time of a call."""
    return {one.name: getattr(entry, one.name) for one in fields(entry)}


class Transcript:
    """Calls and updates in their order; written to a file as well, a JSON line each, where one is named."""

    def __init__(self, path: Path | None = None) -> None:
        self.calls: list[Call] = []
        self.updates: dict[int, Arrival] = {}
        self.file = path.open("a", encoding="utf-8") if path else None

    def begin(self, method: str, params: Json) -> Call:
        """Note a call that came in."""
        call = Call(len(self.calls) + 1, method, params, monotonic())
        self.calls.append(call)
        return call

    def finish(self, call: Call) -> None:
        """Note that a call is over; whoever ended it has filled in how."""
        if self.file:
            self.write("call", fields_of(call))

    def arrive(self, update_id: int, kind: str, body: Json) -> None:
        """Note an update."""
        self.updates[update_id] = Arrival(update_id, kind, body, monotonic())
        self.write("update", {"update_id": update_id, "kind": kind, "body": body, "created": monotonic()})

    def write(self, what: str, entry: Json) -> None:
        """Write a line to the file, if there is one."""
        if self.file:
            self.file.write(json.dumps({"what": what, **entry}, ensure_ascii=False, default=str) + "\n")
            self.file.flush()

    def of(self, *methods: str, chat_id: int | None = None, ok: bool | None = None) -> list[Call]:
        """The calls of these methods (all where none is named), of one chat, refused or not."""
        return [
            call
            for call in list(self.calls)
            if (not methods or call.method in methods)
            and (chat_id is None or call.chat_id == chat_id)
            and (ok is None or ok == (call.status == HTTPStatus.OK))
        ]

    def as_json(self, after: int = 0) -> Json:
        """All of it as JSON; of the calls those with higher numbers than `after`."""
        return {
            "calls": [fields_of(call) for call in self.calls[after:]],
            "updates": [fields_of(arrival) for arrival in list(self.updates.values())],
        }

    def close(self) -> None:
        """Close the file."""
        if self.file:
            self.file.close()
