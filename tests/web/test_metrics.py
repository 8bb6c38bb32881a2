"""What goes on in the streams, counted for Prometheus."""

from prometheus_client.parser import text_string_to_metric_families

from tests.support.site import Site
from tests.support.waiting import until
from tests.support.wire import Wire, tell
from webapp.events import Status


async def samples(site: Site) -> dict[str, float]:
    """By name and labels, as a Prometheus server would read them."""
    answer = (await site.client.get("/metrics")).raise_for_status()
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_every_metric_says_what_it_is(site: Site) -> None:
    text = (await site.client.get("/metrics")).text
    families = list(text_string_to_metric_families(text))
    assert {family.name for family in families} >= {
        "rushes_stream_subscribers",
        "rushes_stream_topics",
        "rushes_stream_deliveries",
        "rushes_stream_lagging",
        "rushes_stream_dropped",
        "rushes_stream_replays",
        "rushes_stream_resets",
        "rushes_stream_refused",
        "rushes_stream_cut_off",
        "rushes_stream_wake_to_write_seconds",
    }
    assert all(family.documentation for family in families)


async def test_what_happens_is_counted(site: Site) -> None:
    video_id, other = await site.uploaded(), await site.uploaded()
    async with Wire.open(site.address) as one, Wire.open(site.address) as two, Wire.open(site.address) as old:
        await one.ask(f"/videos/{video_id}/status?last_event_id=1")
        await two.ask(f"/videos/{video_id}/status?last_event_id=999")
        await old.ask(f"/videos/{other}/status", version="1.0")
        streams = [wire.events() for wire in (one, two, old)]
        for stream in streams:
            await stream.message()
        before = await samples(site)
        assert before["rushes_stream_subscribers direct"] == 2
        assert before["rushes_stream_subscribers ordinary"] == 1
        assert before["rushes_stream_topics"] == 2
        assert (before["rushes_stream_replays_total"], before["rushes_stream_resets_total"]) == (1, 1)
        await tell(site, video_id, 5, Status.CANCELLED)
        for stream in streams[:2]:
            await stream.rest()
        after = await samples(site)
        assert after["rushes_stream_deliveries_total json"] == 2 * 5
        writes = "rushes_stream_wake_to_write_seconds_count"
        assert after[writes] > before[writes]
    await until(lambda: site.parts.hub.open_streams == 0)
    left = await samples(site)
    assert left["rushes_stream_subscribers direct"] == left["rushes_stream_subscribers ordinary"] == 0
    assert left["rushes_stream_topics"] == 0


async def test_two_apps_in_a_process_do_not_meet(site: Site) -> None:
    assert "rushes_stream_deliveries_total json" not in await samples(site)
