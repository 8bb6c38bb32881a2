"""Whatever happens in whatever order: nothing lost, nothing twice, nothing out of order."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import settings as hypothesis_settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import col

from tests.support.sse import EventStream, Message
from tests.support.station import JSON, Station
from webapp.broker.memory import MemoryBroker
from webapp.config import Settings
from webapp.events import Status
from webapp.history import EventRow, KeptEvent
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

    async def farewell(self, newest: KeptEvent, cursor: int) -> Frame | None:
        return None


class Client:
    """One who watches, goes and comes back.

    Attributes:
        heard: numbers of the events it was told, on all its connections.
        fresh: it has been told nothing yet on this connection.
        everything_until: it asked for all that is kept up to this event, and for no word of what is not.
    """

    def __init__(self, format: Format, pruned: set[int]) -> None:
        """`pruned` are the numbers of the events that are not kept any more, as they become known."""
        self.format = format
        self._pruned = pruned
        self.everything_until = 0
        self.heard: list[int] = []
        self.stream: EventStream | None = None
        self.fresh = True

    def hear(self, message: Message) -> None:
        """Checks one message against all that was heard before."""
        assert message.seq == message.json["seq"]
        if self.format.snapshots:
            # After a return the first snapshot may tell what was known already.
            assert not self.heard or message.seq >= self.heard[-1] + (0 if self.fresh else 1)
        elif self.heard:
            missed = set(range(self.heard[-1] + 1, message.seq))
            assert message.seq > self.heard[-1]
            if "reset" in message.json:
                assert missed & self._pruned, "nothing was missing"
            elif message.seq <= self.everything_until:
                assert missed <= self._pruned
            else:
                assert not missed, "a hole, and no word of it"
        else:
            assert "reset" not in message.json
        self.fresh = False
        self.heard.append(message.seq)


class Watching(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))
        shutil.copytree(self.template, self.folder / "data")
        self.loop = asyncio.new_event_loop()
        self.pruned: set[int] = set()
        self.clients = [Client((JSON, Snapshots())[number % 2], self.pruned) for number in range(CLIENTS)]
        self.newest = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @initialize()
    def start(self) -> None:
        self.open()
        self.video_id = self.run(self.station.video())
        self.newest = 1

    def open(self) -> None:
        settings = Settings(data_dir=self.folder / "data", stream_buffer_events=BUFFER, stream_poll_s=0.01)
        self.broker = ForgetfulBroker()
        self.station = Station(settings, self.broker)
        self.run(self.station.__aenter__())

    @rule()
    def restart(self) -> None:
        """The server is stopped, in good order, and started again on the same database."""
        self.run(self.station.hub.close())
        for client in self.clients:
            if client.stream:
                for message in self.run(client.stream.rest()):
                    client.hear(message)
                client.stream = None
        self.run(self.station.__aexit__(None, None, None))
        self.open()

    @rule(share=st.integers(1, 3), kept=st.integers(1, 3 * BUFFER))
    def prune(self, share: int, kept: int) -> None:
        """All but the newest events, or some of them, are deleted."""

        async def delete() -> None:
            old = (col(EventRow.video_id) == self.video_id, col(EventRow.seq) <= self.newest - kept)
            async with self.station.db.write() as session:
                await session.execute(sa.delete(EventRow).where(*old, col(EventRow.seq) % share == 0))

        self.run(delete())
        self.pruned.update(seq for seq in range(1, self.newest - kept + 1) if seq % share == 0)

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
        client.everything_until = self.newest if last == "0" else 0
        self.run(client.stream.read_chunk())

    @rule(number=st.integers(0, CLIENTS - 1))
    def hear_elsewhere(self, number: int) -> None:
        """A client hears all there is from another process, which may know more than this one does."""
        client = self.clients[number]
        if not client.stream and (not client.heard or client.heard[-1] < self.newest):
            client.heard.append(self.newest)

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
