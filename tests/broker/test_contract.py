"""What every broker adapter does: tell all who listen, and never stand in the way of who tells."""

import threading
from collections.abc import Callable

from tests.support.waiting import until
from webapp.broker import Broker

Heard = list[tuple[str, int]]


def listen(broker: Broker) -> tuple[Heard, Callable[[], None]]:
    heard: Heard = []
    return heard, broker.listen(lambda video_id, seq: heard.append((video_id, seq)))


async def test_who_listens_is_told_in_order(broker: Broker) -> None:
    heard, _ = listen(broker)
    for seq in (1, 2, 3):
        await broker.wake("a", seq)
    await broker.wake("b", 1)
    await until(lambda: heard == [("a", 1), ("a", 2), ("a", 3), ("b", 1)])


async def test_all_who_listen_are_told(broker: Broker) -> None:
    listeners = [listen(broker)[0] for _ in range(3)]
    await broker.wake("a", 1)
    await until(lambda: listeners == [[("a", 1)]] * 3)


async def test_who_stopped_listening_is_not_told(broker: Broker) -> None:
    gone, stop = listen(broker)
    heard, _ = listen(broker)
    stop()
    stop()
    await broker.wake("a", 1)
    await until(lambda: heard == [("a", 1)])
    assert not gone


async def test_one_may_stop_while_being_told(broker: Broker) -> None:
    told: list[int] = []

    def once(video_id: str, seq: int) -> None:
        told.append(seq)
        stop()

    stop = broker.listen(once)
    heard, _ = listen(broker)
    await broker.wake("a", 1)
    await broker.wake("a", 2)
    await until(lambda: heard == [("a", 1), ("a", 2)])
    assert told == [1]


async def test_a_listener_that_fails_is_nobody_elses_trouble(broker: Broker) -> None:
    def broken(video_id: str, seq: int) -> None:
        raise RuntimeError("a bug of the listener")

    broker.listen(broken)
    heard, _ = listen(broker)
    broker.listen(broken)
    await broker.wake("a", 1)
    await broker.wake("a", 2)
    await until(lambda: heard == [("a", 1), ("a", 2)])


async def test_listeners_are_called_in_the_event_loop(broker: Broker) -> None:
    threads: list[threading.Thread] = []
    broker.listen(lambda video_id, seq: threads.append(threading.current_thread()))
    await broker.wake("a", 1)
    await until(lambda: threads == [threading.current_thread()])


async def test_waking_nobody_is_harmless(broker: Broker) -> None:
    await broker.wake("a", 1)
    heard, _ = listen(broker)
    await broker.wake("a", 2)
    await until(lambda: heard == [("a", 2)])


async def test_a_closed_broker_neither_tells_nor_fails(broker: Broker) -> None:
    heard, stop = listen(broker)
    await broker.close()
    await broker.wake("a", 1)
    stop()
    await broker.close()
    assert not heard
