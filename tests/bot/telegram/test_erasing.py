"""Forgetting is for anyone to ask for, and making the files anew is dear: how often it is done, and for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.telegram.erasing import REST, Eraser
from rag.errors import StoreUnusable

if TYPE_CHECKING:
    from bot.state.store import State


@dataclass
class Slow:
    """A state that takes a second to erase, on a clock of its own."""

    now: float = 1000.0
    deleted: int = 0
    erased: int = 0
    began: list[tuple[float, int]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    is_broken: bool = False
    meanwhile: list[Callable[[], None]] = field(default_factory=list)
    """What happens while it erases, one for each time."""

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)
        self.now += seconds

    async def call(self, work: Any) -> Any:
        await asyncio.sleep(0)
        return work()

    def has_to_erase(self) -> bool:
        return self.deleted > self.erased

    def erase(self) -> None:
        before = self.deleted
        self.began.append((self.now, before))
        self.now += 1
        if self.is_broken:
            raise StoreUnusable("no")
        if self.meanwhile:
            self.meanwhile.pop(0)()
        self.erased = before

    @property
    def eraser(self) -> Eraser:
        return Eraser(clock=self.clock, sleep=self.sleep)

    @property
    def state(self) -> State:
        return cast("State", self)


def test_the_first_is_served_at_once_and_nothing_to_erase_costs_nothing() -> None:
    async def test() -> None:
        slow = Slow(deleted=1)
        eraser = slow.eraser
        for _ in range(50):
            await eraser.erase(slow.state)
        assert (slow.began, slow.slept) == ([(1000.0, 1)], [])

    asyncio.run(test())


def test_however_often_it_is_asked_for_it_takes_a_small_share_of_the_time() -> None:
    async def test() -> None:
        slow = Slow()
        eraser = slow.eraser
        for _ in range(20):
            slow.deleted += 1
            await eraser.erase(slow.state)
            assert not slow.has_to_erase(), "who asks waits until it is done"
        assert 1 / REST * 0.9 < 20 / (slow.now - 1000) < 1 / REST * 1.1

    asyncio.run(test())


def test_one_time_is_for_all_who_wait_and_not_for_who_comes_when_it_has_begun() -> None:
    async def test() -> None:
        slow = Slow(deleted=1)
        eraser = slow.eraser
        came: list[asyncio.Task[None]] = []

        def people_come() -> None:
            slow.deleted += 5
            came.extend(asyncio.ensure_future(eraser.erase(slow.state)) for _ in range(5))

        slow.meanwhile = [people_come, people_come]
        await eraser.erase(slow.state)
        while any(not one.done() for one in came):
            await asyncio.gather(*came)
        assert [number for _, number in slow.began] == [1, 6, 11]
        assert len(came) == 10

    asyncio.run(test())


def test_who_goes_away_does_not_stop_it_for_the_others() -> None:
    async def test() -> None:
        slow = Slow(deleted=1)
        eraser = slow.eraser
        one, other = (asyncio.create_task(eraser.erase(slow.state)) for _ in range(2))
        for _ in range(3):  # both have asked
            await asyncio.sleep(0)
        one.cancel()
        await other
        assert not slow.has_to_erase()

    asyncio.run(test())


def test_what_cannot_be_erased_is_told_to_who_waits_and_can_be_asked_again() -> None:
    async def test() -> None:
        slow = Slow(deleted=1, is_broken=True)
        eraser = slow.eraser
        with pytest.raises(StoreUnusable):
            await eraser.erase(slow.state)
        slow.is_broken = False
        await eraser.erase(slow.state)
        assert slow.slept == [REST]
        assert not slow.has_to_erase()

    asyncio.run(test())
