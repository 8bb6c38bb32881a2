import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from tests.support.facts import facts
from webapp.media.facts import Facts
from webapp.media.obstacles import Copying
from webapp.media.wanted import WANTED_OF_NEW_RUNS, Wanted
from webapp.pipeline.plan import Plan


@given(st.floats(0.04, 36_000, allow_nan=False))
def test_chunks_cover_the_picture_once_and_without_a_gap(duration_s: float) -> None:
    plan = Plan.of(facts(duration_s))
    assert [chunk.first for chunk in plan.chunks] == list(range(len(plan.chunks)))
    for chunk, following in zip(plan.chunks, plan.chunks[1:], strict=False):
        assert chunk.bounds_s[-1] == following.bounds_s[0]
    assert [chunk.open_end for chunk in plan.chunks] == [False] * (len(plan.chunks) - 1) + [True]
    assert sum(plan.span_s(chunk) for chunk in plan.chunks) == pytest.approx(duration_s)


def test_the_first_chunk_is_short_so_that_watching_can_begin_soon() -> None:
    plan = Plan.of(facts(60))
    assert plan.span_s(plan.chunks[0]) == 2
    assert max(plan.span_s(chunk) for chunk in plan.chunks) == 6


def test_frames_of_a_chunk_follow_from_its_length_and_the_rate() -> None:
    plan = Plan.of(facts(9, rate=50))
    assert [plan.frames(chunk) for chunk in plan.chunks] == [100, 200, 150]


def test_ladder_is_that_of_the_picture() -> None:
    assert [rung.name for rung in Plan.of(facts(width=406, height=720)).rungs] == ["406p", "240p", "144p"]


def test_a_picture_that_is_shorter_than_one_chunk_is_one_chunk() -> None:
    (only,) = Plan.of(facts(0.04)).chunks
    assert only.open_end


@pytest.mark.parametrize(("duration_s", "sampled"), [(1, [0]), (9, [1, 2]), (60, [2, 6, 9])])
def test_quality_is_measured_in_three_chunks_all_over_the_video(duration_s: int, sampled: list[int]) -> None:
    plan = Plan.of(facts(duration_s))
    assert [chunk.first for chunk in plan.chunks if plan.sampled(chunk)] == sampled


NEW, OLD = WANTED_OF_NEW_RUNS, Wanted(encoding=2)


@pytest.mark.parametrize(
    ("found", "sketched"),
    [
        (facts(60, width=3840, height=2160, rate=30), True),
        (facts(60, width=1080, height=1920, rate=60), True),
        (facts(60, width=1920, height=1080, rate=30), False),
        # Of what is faster than 60 frames a second all is decoded, and a share encoded.
        (facts(60, width=1280, height=720, rate=120), False),
        (facts(60, width=640, height=360, rate=480), False),
        (facts(60, width=3840, height=2160, copying=Copying(sound=True, average_bps=1)), False),
    ],
)
def test_what_takes_long_is_sketched_unless_it_can_be_copied(found: Facts, sketched: bool) -> None:
    plan = Plan.of(replace(found, wanted=NEW))
    assert (plan.sketch is not None) is sketched
    assert plan.waited_for is (not sketched and not plan.copied)
    # A run takes the steps that it began with.
    assert Plan.of(replace(found, wanted=OLD)).sketch is None


def test_what_gets_small_renditions_alone_does_not_take_long() -> None:
    found = facts(60, width=3840, height=2160, rate=30)
    for sides, sketched in (((1080, 480), True), ((480, 240), False)):
        plan = Plan.of(replace(found, wanted=replace(NEW, sides=sides, preset="veryslow")))
        assert (plan.sketch is not None) is sketched


def test_bringing_down_hdr_takes_long() -> None:
    found = replace(facts(60, width=1920, height=1080), wanted=NEW)
    assert Plan.of(replace(found, picture=replace(found.video, hdr=True))).sketch


@pytest.mark.parametrize(
    ("wanted", "names"), [(WANTED_OF_NEW_RUNS, ["144p", "72p"]), (Wanted(encoding=1), ["144p"])]
)
def test_a_run_that_an_earlier_build_began_keeps_to_its_sizes(wanted: Wanted, names: list[str]) -> None:
    small = replace(facts(width=256, height=144), wanted=wanted)
    assert [rung.name for rung in Plan.of(small).rungs] == names
