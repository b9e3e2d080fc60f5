"""Token buckets: so much at once for each, and as time goes by they fill up again."""

from __future__ import annotations

from dataclasses import dataclass

_MANY = 10_000
"""Buckets that are kept before the full ones among them are dropped: a full one is as good as none."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Buckets:
    """One for each person. Not safe between threads.

    `per_minute` flow in, `at_once` (as many, unless it is said) are the most that it holds. None is no limit,
    0 is nothing at all. Moments are seconds.
    """

    def __init__(self, per_minute: int | None, at_once: int | None = None) -> None:
        self._per_minute = per_minute
        self._most = at_once or per_minute or 0
        self._kept: dict[int, _Bucket] = {}
        self._drop_at = _MANY

    def take(self, who: int, now: float) -> bool:
        """Take one from the bucket of `who`; False where it holds none."""
        if self._per_minute is None:
            return True
        if self._most == 0:
            return False
        if len(self._kept) >= self._drop_at and who not in self._kept:
            self._drop_full(now)
        bucket = self._kept.setdefault(who, _Bucket(self._most, now))
        bucket.tokens, bucket.at = self._held(bucket, now), now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def __len__(self) -> int:
        return len(self._kept)

    def _held(self, bucket: _Bucket, now: float) -> float:
        """What it holds by now; a clock that was set back fills nothing."""
        return min(self._most, bucket.tokens + max(0.0, now - bucket.at) * (self._per_minute or 0) / 60)

    def _drop_full(self, now: float) -> None:
        """Looking through all of them is worth it only when they have doubled since."""
        self._kept = {who: bucket for who, bucket in self._kept.items() if self._held(bucket, now) < self._most}
        self._drop_at = max(_MANY, 2 * len(self._kept))
