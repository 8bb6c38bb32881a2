"""Which chunk comes next."""

from hypothesis import given, strategies as st

from webapp.pipeline.order import Order


def in_turns(count: int, encoders: int, *, growing: bool) -> list[list[int]]:
    """What each of some encoders gets that take the same time for each chunk."""
    order = Order(count, encoders)
    done: list[list[int]] = [[] for _ in range(encoders)]
    while order.left:
        for mine in done:
            number = order.next(mine[-1] if mine else None, growing=growing)
            if number is not None:
                mine.append(number)
    return done


def test_what_grows_before_somebodys_eyes_does_so_from_the_beginning() -> None:
    assert in_turns(7, 2, growing=True) == [[0, 2, 4, 6], [1, 3, 5]]


def test_else_each_goes_on_where_it_is_and_begins_in_the_middle() -> None:
    assert in_turns(7, 2, growing=False) == [[0, 1, 2, 3], [4, 5, 6]]
    assert in_turns(9, 3, growing=False) == [[0, 1, 2], [5, 6, 7], [3, 4, 8]]


def test_who_is_done_early_takes_half_of_what_is_left() -> None:
    order = Order(12, 2)
    assert [order.next(None, growing=False) for _ in range(2)] == [0, 6]
    assert [order.next(number, growing=False) for number in range(5)] == [1, 2, 3, 4, 5]
    assert order.left == [7, 8, 9, 10, 11]
    assert order.next(5, growing=False) == 9


@given(st.integers(0, 60), st.integers(1, 8), st.booleans())
def test_each_is_done_once(count: int, encoders: int, growing: bool) -> None:
    done = in_turns(count, encoders, growing=growing)
    assert sorted(number for mine in done for number in mine) == list(range(count))


def test_what_begins_to_be_watched_goes_on_with_what_is_missing_first() -> None:
    order = Order(6, 2)
    assert [order.next(None, growing=False) for _ in range(2)] == [0, 3]
    assert [order.next(None, growing=True) for _ in range(4)] == [1, 2, 4, 5]


def test_rungs_are_encoded_side_by_side_only_where_that_saves_time() -> None:
    def all_of(count: int, slots: int) -> list[bool]:
        order, found = Order(count, slots), []
        while (number := order.next(None, growing=True)) is not None:
            found.append(order.side_by_side(number))
        return found

    assert all_of(7, 1) == [False] * 7
    assert all_of(7, 2) == [True, *[False] * 5, True]
    assert all_of(7, 6) == [True, *[False] * 3, *[True] * 3]
