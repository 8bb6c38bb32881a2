"""Clients on the direct path that read slowly, or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.site import Site
from tests.support.waiting import until
from tests.support.wire import Wire, measured, subscribers, tell
from webapp.app import Installation
from webapp.config import Settings
from webapp.events import EventType, Status
from webapp.streams.direct import DirectSubscription

# Few of these fill all that is between the product and a client that does not read.
LONG = "x" * 20_000
SMALL_BUFFER = 4096


@asynccontextmanager
async def opened(settings: Settings, **changes: float) -> AsyncIterator[Site]:
    installation = Installation(settings.model_copy(update=changes), with_worker=False)
    await installation.start()
    try:
        async with Site.open(installation) as site:
            yield site
    finally:
        await installation.close()


def lagging(site: Site) -> float:
    return measured(site, "rushes_stream_lagging_total", format="json")


@pytest.mark.parametrize("ended", [False, True])
async def test_who_reads_later_gets_every_event_once_and_in_order(site: Site, ended: bool) -> None:
    video_id = await site.uploaded()
    async with Wire.open(site.address, SMALL_BUFFER) as slow, Wire.open(site.address) as good:
        for wire in (slow, good):
            await wire.ask(f"/videos/{video_id}/status")
        later, at_once = slow.events(), good.events()
        first = (await later.message()).seq
        await at_once.message()
        assert subscribers(site, "direct") == 2
        for seq in range(first + 1, first + 61):
            assert await tell(site, video_id, message=LONG) == seq  # the publisher does not wait
            assert (await at_once.message()).seq == seq  # nor do the others
        assert lagging(site) >= 1
        assert measured(site, "rushes_stream_dropped_total", format="json") >= 1
        if ended:
            await tell(site, video_id, 1, Status.CANCELLED)
            *events, done = await later.rest()
            assert (done.event, done.seq) == ("done", first + 61)
        else:
            events = await later.take(60)
            assert subscribers(site, "direct") == 2
        assert [event.seq for event in events] == list(range(first + 1, first + 61 + ended))
        if not ended:
            times = lagging(site)
            # It is up to date: written to directly again, by whoever publishes.
            for seq in range(first + 61, first + 81):
                await tell(site, video_id)
                assert (await later.message()).seq == seq
            assert lagging(site) == times


async def test_a_burst_that_is_too_much_at_once_arrives_whole(site: Site) -> None:
    video_id = await site.uploaded()
    async with Wire.open(site.address) as wire:
        await wire.ask(f"/videos/{video_id}/status")
        stream = wire.events()
        first = (await stream.message()).seq
        async with site.parts.history.recording(video_id) as recorder:
            for _ in range(500):
                recorder.record(EventType.TRANSCODING, "y" * 1000)
        seqs = [message.seq for message in await stream.take(500)]
        assert seqs == list(range(first + 1, first + 501))


async def test_what_waits_for_who_does_not_read_is_bounded(site: Site) -> None:
    video_id = await site.uploaded()
    async with Wire.open(site.address, SMALL_BUFFER) as slow:
        await slow.ask(f"/videos/{video_id}/status")
        await slow.events().message()
        (subscription,) = site.parts.hub.subscriptions
        assert isinstance(subscription, DirectSubscription)
        transport = subscription.line.transport
        for _ in range(20):
            async with site.parts.history.recording(video_id) as recorder:
                for _ in range(100):
                    recorder.record(EventType.TRANSCODING, "y" * 1000)
        await until(lambda: subscription.lagging)
        assert 0 < transport.get_write_buffer_size() < 100_000


async def test_who_takes_nothing_for_too_long_is_cut_off_and_forgotten(settings: Settings) -> None:
    async with opened(settings, stream_stall_s=0.2) as site:
        video_id = await site.uploaded()
        async with Wire.open(site.address, SMALL_BUFFER) as stalled, Wire.open(site.address) as good:
            for wire in (stalled, good):
                await wire.ask(f"/videos/{video_id}/status")
            await stalled.events().message()
            reading = good.events()
            first = (await reading.message()).seq
            for seq in range(first + 1, first + 31):
                await tell(site, video_id, message=LONG)
                assert (await reading.message()).seq == seq
            await until(lambda: site.parts.hub.open_streams == 1)
            assert measured(site, "rushes_stream_cut_off_total") == 1
            assert not (await stalled.reader.read(-1)).endswith(b"0\r\n\r\n")  # an end, and no clean one
            await tell(site, video_id)
            assert (await reading.message()).seq == first + 31


async def test_who_takes_nothing_of_a_little_is_cut_off_too(settings: Settings) -> None:
    """What waits is less than what makes a client slow: it is still written to directly."""
    async with opened(settings, stream_stall_s=0.2, stream_send_buffer_bytes=4096) as site:
        video_id = await site.uploaded()
        async with Wire.open(site.address, SMALL_BUFFER) as stalled:
            await stalled.ask(f"/videos/{video_id}/status")
            await stalled.events().message()
            (subscription,) = site.parts.hub.subscriptions
            assert isinstance(subscription, DirectSubscription)
            transport = subscription.line.transport

            async def leave_something_waiting() -> None:
                """What waited may still have found room in the kernel, though nobody reads it."""
                if not transport.get_write_buffer_size():
                    await tell(site, video_id, message="z" * 2000)

            await until(lambda: site.parts.hub.open_streams == 0, look=leave_something_waiting)
            assert not subscription.lagging
            assert measured(site, "rushes_stream_cut_off_total") == 1


async def test_a_quiet_stream_is_kept_alive(settings: Settings) -> None:
    async with opened(settings, stream_keepalive_s=0.05) as site:
        video_id = await site.uploaded()
        async with Wire.open(site.address) as wire:
            await wire.ask(f"/videos/{video_id}/status")
            stream = wire.events()
            first = (await stream.message()).seq
            for _ in range(3):
                assert await stream.comment() == " keepalive"
            await tell(site, video_id)
            assert (await stream.message()).seq == first + 1


async def test_a_stream_that_has_lived_long_enough_ends_and_is_resumed(settings: Settings) -> None:
    async with opened(settings, stream_keepalive_s=0.05, stream_max_age_s=0.1) as site:
        video_id = await site.uploaded()
        seen = [0]
        async with Wire.open(site.address) as wire:
            for _ in range(3):
                await tell(site, video_id)
                await wire.ask(f"/videos/{video_id}/status", f"Last-Event-ID: {seen[-1]}")
                stream = wire.events()
                messages = await stream.rest()
                assert stream.parser.retry_ms
                assert {message.event for message in messages} == {"video_update"}
                seen += [message.seq for message in messages]
        assert seen == list(range(seen[-1] + 1))


async def test_closing_in_the_middle_of_a_burst_loses_nothing(site: Site) -> None:
    video_id = await site.uploaded()
    async with Wire.open(site.address, SMALL_BUFFER) as slow, Wire.open(site.address) as good:
        for wire in (slow, good):
            await wire.ask(f"/videos/{video_id}/status?last_event_id=0")
        telling = asyncio.create_task(tell(site, video_id, 40, message=LONG))
        streams = [slow.events(), good.events()]
        seen = [[message.seq for message in await stream.take(2)] for stream in streams]
        await site.parts.hub.close()
        newest = await telling
        for stream, seqs in zip(streams, seen, strict=True):
            seqs += [message.seq for message in await stream.rest()]
            assert stream.parser.retry_ms
        for wire, seqs in zip((slow, good), seen, strict=True):
            await wire.ask(f"/videos/{video_id}/status", f"Last-Event-ID: {seqs[-1]}")
            seqs += [message.seq for message in await wire.events().rest() if message.event != "done"]
            assert seqs == list(range(1, seqs[-1] + 1))
            # A server that closes sends what was missed, as far as it is sent in one go, and then away.
            assert seqs[-1] == newest
