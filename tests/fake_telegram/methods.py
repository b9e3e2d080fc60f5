"""The methods of the Bot API that this server has, by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.fake_telegram.errors import ApiError, bad
from tests.fake_telegram.files import FILES
from tests.fake_telegram.hook import HOOK
from tests.fake_telegram.params import Params
from tests.fake_telegram.profile import PROFILE
from tests.fake_telegram.queries import QUERIES
from tests.fake_telegram.sending import SENDING
from tests.fake_telegram.world import World

METHODS: Mapping[str, Callable[[World, Params], Any]] = {**PROFILE, **SENDING, **QUERIES, **FILES, **HOOK}
NAMES = {name.lower(): name for name in (*METHODS, "getUpdates", "download")}
"""Telegram does not mind the case of a method's name. "download" is what the transcript calls fetching a file."""


def perform(world: World, method: str, params: Params) -> Any:
    """The result of a call; ApiError where it is refused."""
    if method not in METHODS:
        raise ApiError(404, "Not Found")
    try:
        return METHODS[method](world, params)
    except (TypeError, ValueError, KeyError, AttributeError) as error:  # a parameter of a shape that nobody sends
        raise bad(f"can't parse parameters: {error}") from error
