"""Whatever happens in whatever order: nothing lost, nothing twice, nothing out of order."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.support.sse import EventStream, Message
from tests.support.station import JSON, Station
from webapp.broker.memory import MemoryBroker
from webapp.config import Settings
from webapp.events import Status
from webapp.history import KeptEvent
from webapp.streams import sse
from webapp.streams.formats import Format, Frame

CLIENTS = 4
BUFFER = 3
EXAMPLES, STEPS = 25, 25


class ForgetfulBroker(MemoryBroker):
    """Loses every wake-up while `forgets`."""

    forgets = False

    async def wake(self, video_id: str, seq: int) -> None:
        if not self.forgets:
            await super().wake(video_id, seq)


class Snapshots:
    """A format whose newest frame makes all before it obsolete."""

    snapshots, quick = True, False

    async def frames(self, key: str, rows: Sequence[KeptEvent]) -> list[Frame]:
        return [await self.reset(key, rows[-1])]

    async def reset(self, key: str, newest: KeptEvent) -> Frame:
        return Frame(newest.seq, sse.event(newest.data, id=newest.seq))


class Client:
    """One who watches, goes and comes back.

    Attributes:
        heard: numbers of the events it was told, on all its connections.
        fresh: it has been told nothing yet on this connection.
    """

    def __init__(self, format: Format) -> None:
        self.format = format
        self.heard: list[int] = []
        self.stream: EventStream | None = None
        self.fresh = True

    def hear(self, message: Message) -> None:
        """Checks one message against all that was heard before."""
        assert message.seq == message.json["seq"]
        assert "reset" not in message.json
        if self.format.snapshots:
            # After a return the first snapshot may tell what was known already.
            assert not self.heard or message.seq >= self.heard[-1] + (0 if self.fresh else 1)
        elif self.heard:
            assert message.seq == self.heard[-1] + 1
        self.fresh = False
        self.heard.append(message.seq)


class Watching(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))
        shutil.copytree(self.template, self.folder / "data")
        self.loop = asyncio.new_event_loop()
        self.clients = [Client((JSON, Snapshots())[number % 2]) for number in range(CLIENTS)]
        self.newest = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize()
    def start(self) -> None:
        settings = Settings(data_dir=self.folder / "data", stream_buffer_events=BUFFER, stream_poll_s=0.01)
        self.broker = ForgetfulBroker()
        self.station = Station(settings, self.broker)
        self.run(self.station.__aenter__())
        self.video_id = self.run(self.station.video())
        self.newest = 1

    @rule(count=st.integers(1, 2 * BUFFER), at_once=st.booleans())
    def record(self, count: int, at_once: bool) -> None:
        tell: Callable[[str, int], Coroutine[Any, Any, Any]]
        tell = self.station.burst if at_once else self.station.tell
        self.run(tell(self.video_id, count))
        self.newest += count

    @rule(number=st.integers(0, CLIENTS - 1), from_the_start=st.booleans())
    def connect(self, number: int, from_the_start: bool) -> None:
        client = self.clients[number]
        if client.stream:
            return
        last = str(client.heard[-1]) if client.heard else "0" if from_the_start else None
        client.stream = EventStream(self.station.chunks(self.video_id, last, client.format))
        client.fresh = True
        self.run(client.stream.read_chunk())

    @rule(number=st.integers(0, CLIENTS - 1), count=st.integers(1, 3 * BUFFER))
    def read(self, number: int, count: int) -> None:
        client = self.clients[number]
        for _ in range(count):
            if client.stream and (not client.heard or client.heard[-1] < self.newest):
                client.hear(self.run(client.stream.message()))

    @rule(number=st.integers(0, CLIENTS - 1))
    def drop(self, number: int) -> None:
        client = self.clients[number]
        if client.stream:
            self.run(client.stream.close())
            client.stream = None

    @rule()
    def let_things_happen(self) -> None:
        self.run(asyncio.sleep(0.005))

    @rule(forgets=st.booleans())
    def lose_wake_ups(self, forgets: bool) -> None:
        self.broker.forgets = forgets

    @invariant()
    def nobody_hears_what_has_not_happened(self) -> None:
        assert all(client.heard[-1] <= self.newest for client in self.clients if client.heard)

    def teardown(self) -> None:
        if self.newest:
            self.run(self.end())
        self.loop.close()
        shutil.rmtree(self.folder)

    async def end(self) -> None:
        """Everybody hears the rest, up to the end."""
        try:
            await self.station.tell(self.video_id, 1, Status.READY)
            for client in self.clients:
                if client.stream:
                    *rest, done = await client.stream.rest()
                    for message in rest:
                        client.hear(message)
                    assert (done.event, client.heard[-1]) == ("done", self.newest + 1)
        finally:
            for client in self.clients:
                if client.stream:
                    await client.stream.close()
            await self.station.__aexit__(None, None, None)


def test_any_sequence_of_events_tells_everyone_everything(migrated: Path) -> None:
    Watching.template = migrated
    run_state_machine_as_test(
        Watching,
        settings=hypothesis_settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None),
    )
