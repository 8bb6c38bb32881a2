"""Where rungs are encoded: in order, never far behind, and nothing that fails is forgotten."""

import threading
from collections.abc import Iterator

import pytest

from tests.support.waiting import until_true
from webapp.media.lane import MOST_WAITING, Beside, Here, Lane


@pytest.fixture(params=[Here, Beside])
def lane(request: pytest.FixtureRequest) -> Iterator[Lane]:
    lane: Lane = request.param()
    yield lane
    lane.close()


def test_things_are_done_in_order(lane: Lane) -> None:
    done: list[int] = []
    for number in range(50):
        last = lane.put(done.append, number)
    last.result()
    assert done == list(range(50))


def test_what_is_made_can_be_had(lane: Lane) -> None:
    assert lane.put(lambda: "made").result() == "made"


def test_who_puts_more_hears_of_a_failure(lane: Lane) -> None:
    def fail() -> None:
        raise MemoryError

    def put_enough() -> None:
        for _ in range(MOST_WAITING + 1):
            lane.put(fail)

    with pytest.raises(MemoryError):
        put_enough()


def test_who_puts_too_much_waits() -> None:
    lane, go_on, put = Beside(), threading.Event(), []

    def fill() -> None:
        for number in range(2 * MOST_WAITING):
            lane.put(go_on.wait)
            put.append(number)

    filling = threading.Thread(target=fill)
    filling.start()
    until_true(lambda: len(put) == MOST_WAITING)
    filling.join(timeout=0.2)
    assert len(put) == MOST_WAITING
    go_on.set()
    filling.join()
    lane.close()
    assert len(put) == 2 * MOST_WAITING


def test_what_waits_is_given_up_at_the_end() -> None:
    lane, go_on = Beside(), threading.Event()
    lane.put(go_on.wait)
    waiting = lane.put(lambda: None)
    closing = threading.Thread(target=lane.close)
    closing.start()
    until_true(waiting.cancelled)
    go_on.set()
    closing.join()
