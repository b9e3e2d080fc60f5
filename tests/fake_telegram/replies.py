"""What goes out: refusals, and replies that a fault spoils."""

from __future__ import annotations

import json

from tests.fake_telegram.errors import ApiError
from tests.fake_telegram.faults import BAD_GATEWAY, GARBAGE, Fault
from tests.fake_telegram.wire import Reply


def refusal(error: ApiError) -> Reply:
    """An error as Telegram sends it; the gateway's own speak HTML."""
    if error.code in {502, 504}:
        return Reply(error.code, BAD_GATEWAY, "text/html")
    headers = {"Retry-After": str(error.parameters["retry_after"])} if "retry_after" in error.parameters else {}
    return Reply(error.code, json.dumps(error.body).encode(), headers=headers)


def spoilt(reply: Reply, fault: Fault) -> Reply:
    """The reply after what a fault does to it on its way."""
    if fault.drop == "after":
        return Reply(drop=True)
    if fault.status:
        return refusal(fault.error)
    if fault.body == "garbage":
        return Reply(200, GARBAGE, "application/json")
    reply.cut = fault.body == "half"
    return reply
