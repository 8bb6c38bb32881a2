"""Whether a run may go on from what was published while its upload came."""

import pytest
from msgspec.structs import replace

from tests.support.facts import TIMESCALE, facts, track
from webapp.media.facts import Facts, Held
from webapp.media.obstacles import Copying
from webapp.media.track_names import AUDIO_NAME, COPY_NAME, SKETCH_NAME
from webapp.media.wanted import WANTED_OF_NEW_RUNS
from webapp.pipeline.handover import Handover, settled
from webapp.pipeline.plan import Plan

COPYING = Copying(sound=False, average_bps=1)


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        (facts(30), True),
        (facts(27), True),  # a little shorter than claimed
        (facts(90), True),
        (facts(14.2), False),  # what is encoded would go on behind the end
        (facts(30, width=320), False),
        (facts(30, audio=False), False),
        (facts(30, rate=60), False),
        (facts(30, copying=COPYING), False),
    ],
)
def test_a_run_goes_on_where_it_would_make_the_same_chunks(found: Facts, fits: bool) -> None:
    claimed = facts(30)
    begun = settled(Plan.of(claimed))
    assert Handover(facts=claimed, chunks=1, begun=begun).fits(Plan.of(found)) is fits


def test_frames_a_second_are_of_no_matter_to_a_copy() -> None:
    """Of an MP4 in fragments they show at the end, and rungs go by them."""
    claimed, found = facts(30, copying=COPYING), facts(30, copying=COPYING, rate=60)
    copied = track(COPY_NAME, Plan.of(claimed), 0, 3)
    assert Plan.of(claimed).usual != Plan.of(found).usual
    assert Handover(facts=claimed, tracks=[copied]).fits(Plan.of(found))


def test_sound_that_goes_on_behind_the_end_does_not_fit() -> None:
    claimed = facts(90, copying=COPYING)
    sound = track(AUDIO_NAME, Plan.of(claimed), 0, 10)
    left = Handover(facts=claimed, tracks=[track(COPY_NAME, Plan.of(claimed), 0, 3), sound])
    assert left.published == 3
    assert left.fits(Plan.of(facts(80, copying=COPYING)))
    assert not left.fits(Plan.of(facts(30, copying=COPYING)))


@pytest.mark.parametrize(("begun", "fits"), [(3, True), (4, False)])
def test_a_last_frame_that_is_held_is_no_other_picture_up_to_there(begun: int, fits: bool) -> None:
    claimed = facts(60)
    assert [chunk.bounds_s[-1] for chunk in Plan.of(claimed).chunks[2:4]] == [12, 18]
    still = Held(since=15 * TIMESCALE, until=60 * TIMESCALE)
    found = replace(claimed, picture=replace(claimed.video, held=still))
    assert Handover(facts=claimed, chunks=1, begun=begun).fits(Plan.of(found)) is fits


def test_a_sketch_fits_where_the_run_would_make_one() -> None:
    claimed = replace(facts(30, width=1920, height=1080, rate=60), wanted=WANTED_OF_NEW_RUNS)
    sketched = track(SKETCH_NAME, Plan.of(claimed), 0, 3)
    left = Handover(facts=claimed, begun=3, tracks=[sketched])
    assert left.published == 3 and left.fits(Plan.of(claimed))
    assert left.fits(Plan.of(replace(claimed, duration_s=29.0)))
    assert not left.fits(Plan.of(replace(claimed, duration_s=11.0)))


def test_chunks_of_an_earlier_build_fit_to_no_new_ones() -> None:
    """They share an initialisation segment."""
    claimed, found = facts(30), replace(facts(30), wanted=WANTED_OF_NEW_RUNS)
    assert not Handover(facts=claimed, chunks=1, begun=1).fits(Plan.of(found))
    assert Handover(facts=found, chunks=1, begun=1).fits(Plan.of(found))
