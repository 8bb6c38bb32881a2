"""What a video's page shows, and that its stream shows the same."""

import re

import pytest

from tests.support.site import Site
from webapp.events import ErrorInfo, EventType, StageName, Status
from webapp.pipeline.journal import Journal
from webapp.runs import RenditionInfo, RuleVerdict, get_run
from webapp.stages import StageState, with_sketch
from webapp.uploads.journal import UploadJournal
from webapp.web.live import LiveView, live_renderer, live_view


async def view(site: Site, video_id: str) -> LiveView:
    return await live_view(site.parts.db, video_id)


async def fail(site: Site, video_id: str, message: str) -> None:
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status = Status.FAILED
        recorder.video.failure = ErrorInfo(code="no", message=message, hint="Try another.").model_dump()
        recorder.record(EventType.ERROR, message)


async def test_page_and_stream_show_the_same(site: Site) -> None:
    created, uploaded = (await site.create())["videoId"], await site.uploaded()
    processing, ready, failed = await site.uploaded(), await site.published(), await site.uploaded()
    await site.client.post(f"/videos/{processing}/process")
    await fail(site, failed, "No <b>picture</b> & no sound")
    render = live_renderer(site.installation.app.jinja_env, site.parts.db)
    for video_id in (created, uploaded, processing, ready, failed):
        page = await site.page(f"/videos/{video_id}")
        assert await render(video_id) in page


async def test_where_scripts_are_off_the_page_has_the_player_of_the_embedded_one(site: Site) -> None:
    video_id = await site.published()
    pages = [await site.page(path) for path in (f"/videos/{video_id}", f"/embed/{video_id}")]
    found = [re.findall(r"<noscript>(<video .*</video>)</noscript>", page) for page in pages]
    assert found[0] == found[1] and f'src="/videos/{video_id}/download"' in found[0][0]


async def test_a_stage_is_named_by_what_it_does_or_has_done(site: Site) -> None:
    video_id = await site.uploaded()
    await site.client.post(f"/videos/{video_id}/process")
    async with site.parts.history.recording(video_id) as recorder:
        run = await get_run(recorder.session, video_id, 1)
        stages = run.stages
        stages[0] = stages[0].model_copy(update={"state": StageState.DONE})
        stages[4] = stages[4].model_copy(update={"state": StageState.RUNNING, "detail": "360p"})
        run.stages, run.speed, run.eta_s = stages, 2.44, 75
    shown = await view(site, video_id)
    assert [stage.label for stage in shown.stages][:2] == ["Received", "Inspected"]
    assert shown.stages[5].label == "Encoding the picture"
    assert shown.stages[5].detail == "360p, 2.4× real time"
    assert shown.summary == "Encoding the picture"
    assert shown.left == "about 1 min 15 s left"


async def show_copy(site: Site, video_id: str, copy: StageState) -> None:
    """As a worker leaves it in the middle of a run: the upload itself can be watched."""
    async with site.parts.history.recording(video_id) as recorder:
        run = await get_run(recorder.session, video_id, 1)
        run.stages = [
            stage.model_copy(update={"state": copy}) if stage.name is StageName.COPY else stage
            for stage in run.stages
        ]
        recorder.video.published_run, run.playable_s = 1, 0.84
        recorder.record(EventType.TRANSCODING, "Can be watched", run=run)


OFFER = "Higher qualities are ready"


@pytest.mark.parametrize("copy", [StageState.RUNNING, StageState.DONE])
async def test_who_loads_the_player_of_a_copy_gets_an_offer_for_later(site: Site, copy: StageState) -> None:
    video_id = await site.uploaded()
    await site.client.post(f"/videos/{video_id}/process")
    await show_copy(site, video_id, copy)
    assert OFFER in await site.page(f"/videos/{video_id}/player")
    page = await site.page(f"/videos/{video_id}")
    assert "You can watch already, after 0.8 s. This is the file as it was uploaded" in page
    assert 'id="ladder"' not in page


async def test_a_quick_version_is_said_to_be_one(site: Site) -> None:
    video_id = await site.uploaded()
    await site.client.post(f"/videos/{video_id}/process")
    async with site.parts.history.recording(video_id) as recorder:
        run = await get_run(recorder.session, video_id, 1)
        run.stages = [
            stage.model_copy(update={"state": StageState.RUNNING, "detail": "480p"})
            if stage.name is StageName.SKETCH
            else stage
            for stage in with_sketch(run.stages)
        ]
        recorder.video.published_run, run.playable_s = 1, 2.2
        recorder.record(EventType.TRANSCODING, "Can be watched", run=run)
    page = await site.page(f"/videos/{video_id}")
    assert "after 2.2 s. This is a quick version in one quality; other qualities follow" in page
    assert "Making a quick version" in page and "480p" in page
    assert OFFER in await site.page(f"/videos/{video_id}/player")


async def test_there_is_no_offer_where_the_ladder_was_played_all_along(site: Site) -> None:
    growing, ready = await site.uploaded(), await site.published()
    await site.client.post(f"/videos/{growing}/process")
    await show_copy(site, growing, StageState.SKIPPED)
    assert "The rest follows while it is encoded" in await site.page(f"/videos/{growing}")
    assert OFFER not in await site.page(f"/videos/{ready}/player")
    await Journal(site.parts.history, growing, 1).published(1)
    for video_id in (growing, ready):
        assert 'id="ladder"' not in await site.page(f"/videos/{video_id}")
    await Journal(site.parts.history, growing, 1).ready([])
    for video_id in (growing, ready):
        assert 'id="ladder"' not in await site.page(f"/videos/{video_id}")


@pytest.mark.parametrize("name", [StageName.COPY, StageName.SKETCH])
async def test_who_watches_what_breaks_off_gets_the_offer_as_soon_as_the_ladder_is_there(
    site: Site, name: StageName
) -> None:
    video_id = await site.uploaded()
    await site.client.post(f"/videos/{video_id}/process")
    async with site.parts.history.recording(video_id) as recorder:
        run = await get_run(recorder.session, video_id, 1)
        run.stages = with_sketch(run.stages)
    page, player = f"/videos/{video_id}", f"/videos/{video_id}/player"
    journal = Journal(site.parts.history, video_id, 1)
    await journal.published(2, stand_in=name)
    await journal.stage(name, StageState.SKIPPED)
    # Whoever comes now still finds what broke off.
    assert OFFER in await site.page(player) and 'id="ladder"' not in await site.page(page)
    await journal.published(3)
    assert 'id="ladder"' in await site.page(page)
    assert OFFER not in await site.page(player)
    await journal.ready([])
    assert 'id="ladder"' in await site.page(page)


async def test_who_began_to_watch_while_it_was_uploaded_gets_the_offer_too(site: Site) -> None:
    video_id = await site.uploaded()
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status, recorder.video.published_run = Status.UPLOADING, 1
        recorder.record(EventType.UPLOADING, "Can be watched while it is still uploading")
    assert OFFER in await site.page(f"/videos/{video_id}/player")
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status = Status.UPLOADED
        recorder.record(EventType.STATUS, "Uploaded")
    await site.client.post(f"/videos/{video_id}/process")
    await show_copy(site, video_id, StageState.DONE)
    assert 'id="ladder"' not in await site.page(f"/videos/{video_id}")
    await Journal(site.parts.history, video_id, 1).ready([])
    assert 'id="ladder"' in await site.page(f"/videos/{video_id}")


@pytest.mark.parametrize(
    ("status", "going_on"),
    [(status, status not in (Status.READY, Status.FAILED, Status.CANCELLED)) for status in Status],
)
async def test_a_page_follows_its_video_until_that_is_over(
    site: Site, status: Status, going_on: bool
) -> None:
    video_id = await site.uploaded()
    async with site.parts.history.recording(video_id) as recorder:
        recorder.video.status = status
        recorder.record(EventType.STATUS, "So it is")
    page = await site.page(f"/videos/{video_id}")
    assert (f'sse-connect="/videos/{video_id}/' in page) is going_on
    assert ('http-equiv="refresh"' in page) is going_on
    assert (f"last_event_id={(await site.video(video_id)).seq}" in page) is going_on


async def test_an_upload_under_way_and_one_that_broke_off_are_told_apart(site: Site) -> None:
    video_id = (await site.create())["videoId"]
    assert (await view(site, video_id)).stages[0].state is StageState.WAITING
    journal = UploadJournal(site.parts.history, video_id)
    await journal.begin(2_000_000, process=False)
    await journal.received(500_000, 2_000_000)
    (coming,) = (await view(site, video_id)).stages
    assert (coming.state, coming.detail, coming.progress) == (StageState.RUNNING, "500.0 kB of 2.0 MB", 25)
    assert 'value="25" aria-label="Received"' in await site.page(f"/embed/{video_id}")
    assert (await site.document(video_id))["receivedBytes"] == 500_000
    await journal.interrupt()
    broken = await view(site, video_id)
    assert broken.stages[0].state is StageState.FAILED
    assert (broken.stages[0].detail, broken.stages[0].progress) == ("500.0 kB of 2.0 MB", None)
    assert "receivedBytes" not in await site.document(video_id)
    assert broken.summary == "Failed"


async def test_the_log_has_what_matters_newest_first(site: Site) -> None:
    video_id = await site.uploaded()
    async with site.parts.history.recording(video_id) as recorder:
        for number in range(60):
            recorder.record(EventType.TRANSCODING, f"tick {number}", milestone=False)
        recorder.record(EventType.STATUS, "Something new", stage=StageName.VIDEO)
    log = (await view(site, video_id)).log
    assert [line.message for line in log][:2] == ["Something new", "Upload complete: 18 Bytes"]
    assert all(re.fullmatch(r"\d+:\d\d", line.at) for line in log)


async def test_what_can_be_watched_stays_when_another_run_fails(site: Site) -> None:
    video_id = await site.published()
    await site.client.post(f"/videos/{video_id}/process?again=1")
    await fail(site, video_id, "Out of luck")
    page = await site.page(f"/videos/{video_id}")
    assert 'id="load-player-1"' in page
    assert "Out of luck" in page and "Process again" in page


async def test_the_renditions_told_are_of_what_plays(site: Site) -> None:
    video_id = await site.published()
    made = RenditionInfo(name="360p", codec="avc1", peak_bps=2, average_bps=1, size_bytes=3)
    kept = RuleVerdict(number=1, rule="A rule", must=True, passed=True, measured="so it is")
    async with site.parts.history.recording(video_id) as recorder:
        run = await get_run(recorder.session, video_id, 1)
        run.renditions, run.conformance = [made], [kept]

    async def told() -> None:
        document, page = await site.document(video_id), await site.page(f"/videos/{video_id}")
        assert [one["name"] for one in document["renditions"]] == ["360p"]
        assert [one["rule"] for one in document["conformance"]] == ["A rule"]
        assert "A rule" in page and 'id="h-renditions"' in page

    await site.client.post(f"/videos/{video_id}/process?again=1")
    await told()
    await site.client.post(f"/videos/{video_id}/cancel")
    await told()


async def test_a_copy_that_is_left_of_an_earlier_run_is_no_ladder(site: Site) -> None:
    video_id = await site.uploaded()
    await site.client.post(f"/videos/{video_id}/process")
    await show_copy(site, video_id, StageState.DONE)
    await site.client.post(f"/videos/{video_id}/cancel")
    assert "as it was uploaded; other qualities were not made" in await site.page(f"/videos/{video_id}")
    await site.client.post(f"/videos/{video_id}/process")
    page = await site.page(f"/videos/{video_id}")
    assert "as it was uploaded; other qualities follow once all of them are encoded" in page
    assert 'id="ladder"' not in page
    assert OFFER in await site.page(f"/videos/{video_id}/player")
