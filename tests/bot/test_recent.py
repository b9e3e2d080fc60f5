from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.recent import Recent


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 9), st.integers()), max_size=60))
def test_the_last_ones_are_known_with_their_last_value(most: int, noted: list[tuple[int, int]]) -> None:
    recent: Recent[int, int] = Recent(most)
    order: list[int] = []
    for key, value in noted:
        assert recent.note(key, value) == (key not in order)
        order = [*(one for one in order if one != key), key][-most:]
        assert recent.get(key) == value
    assert len(recent) == len(order)
    assert all((key in recent) == (key in order) for key in range(10))


def test_what_is_dropped_is_new_again() -> None:
    recent: Recent[str, None] = Recent(3)
    recent.note("a", None)
    assert recent.drop("a")
    assert not recent.drop("a")
    assert recent.note("a", None)
