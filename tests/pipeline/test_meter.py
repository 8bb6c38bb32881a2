from random import Random

import pytest
from hypothesis import given, strategies as st

from tests.support.facts import RATE, facts
from webapp.media.track_names import AUDIO_NAME
from webapp.pipeline.meter import ENCODED, PROBED, Meter
from webapp.pipeline.plan import Plan

DURATIONS = st.floats(0.04, 300, allow_nan=False).map(lambda second: round(second, 3))


class Clock:
    def __init__(self) -> None:
        self.moment = 100.0

    def __call__(self) -> float:
        return self.moment


def a_plan(duration_s: float = 30.0, *, audio: bool = True) -> Plan:
    return Plan.of(facts(duration_s, audio=audio))


def test_a_sketch_is_a_part_of_the_work() -> None:
    meter = Meter(a_plan(30, audio=False), sketching=True)
    seen = [meter.percent]
    for second in (2.0, 6.0, 4.0, 31.0):  # one that was killed begins anew
        meter.sketch(second)
        seen.append(meter.percent)
    assert seen == sorted(seen) and seen[0] == PROBED and seen[-1] < ENCODED / 5
    assert meter.sketch_fraction == 1 and meter.speed() is None
    for chunk in a_plan(30).chunks:
        meter.encoded(chunk)
    assert meter.percent == ENCODED
    assert Meter(a_plan(30)).sketch_fraction == 1  # where there is none to make


@given(duration_s=DURATIONS, audio=st.booleans(), order=st.randoms(use_true_random=False))
def test_percent_never_falls_and_ends_at_its_maximum(duration_s: float, audio: bool, order: Random) -> None:
    plan = a_plan(duration_s, audio=audio)
    meter = Meter(plan)
    seen = [meter.percent]
    chunks = list(plan.chunks)
    order.shuffle(chunks)
    for chunk in chunks:
        for share in (0.0, 0.4, 1.0, 1.3):  # an estimate of the frames may be too low
            meter.encoding(chunk, round(share * plan.frames(chunk)))
            seen.append(meter.percent)
        meter.encoded(chunk)
        if audio:
            meter.audio(AUDIO_NAME, max(0.0, meter.video_s))
        seen.append(meter.percent)
    meter.audio_ended(AUDIO_NAME)
    seen.append(meter.percent)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (PROBED, ENCODED)


def test_picture_and_sound_together_make_the_percent() -> None:
    plan = a_plan(30)
    meter = Meter(plan)
    for chunk in plan.chunks:
        meter.encoded(chunk)
    assert meter.video_fraction == 1 and PROBED < meter.percent < ENCODED
    meter.audio(AUDIO_NAME, 15)
    assert meter.audio_fraction == 0.5
    meter.audio_ended(AUDIO_NAME)
    assert meter.percent == ENCODED


def test_silent_video_needs_no_sound_to_be_done() -> None:
    plan = a_plan(30, audio=False)
    meter = Meter(plan)
    for chunk in plan.chunks:
        meter.encoded(chunk)
    assert meter.percent == ENCODED


def test_frames_of_a_running_chunk_count() -> None:
    plan = a_plan(30)
    meter = Meter(plan)
    meter.encoding(plan.chunks[0], RATE)
    assert meter.video_s == pytest.approx(1.0)
    meter.encoding(plan.chunks[1], RATE)
    assert meter.video_s == pytest.approx(2.0)
    meter.encoded(plan.chunks[0])
    assert meter.video_s == pytest.approx(3.0)


def test_speed_is_picture_per_second_and_gives_the_time_left() -> None:
    plan, clock = a_plan(30), Clock()
    meter = Meter(plan, clock)
    assert meter.speed() is None
    clock.moment += 3
    meter.encoding(plan.chunks[0], 1 * RATE)
    meter.encoding(plan.chunks[1], 2 * RATE)
    assert meter.speed() == pytest.approx(1.0)
    assert meter.left_s(1.0) == pytest.approx(27.0)
    assert meter.left_s(2.0) == pytest.approx(13.5)


def test_speed_is_not_said_before_it_has_settled() -> None:
    plan, clock = a_plan(30), Clock()
    meter = Meter(plan, clock)
    assert meter.speed() is None
    clock.moment += 1
    meter.encoding(plan.chunks[0], RATE)
    assert meter.speed() is None


def test_restored_chunks_are_progress_but_no_speed() -> None:
    plan, clock = a_plan(30), Clock()
    meter = Meter(plan, clock)
    assert meter.speed() is None
    clock.moment += 2
    for chunk in plan.chunks[:3]:
        meter.restored(chunk)
    assert meter.video_s == pytest.approx(12.0)
    assert meter.speed() is None
    clock.moment += 2
    meter.encoding(plan.chunks[3], 2 * RATE)
    assert meter.speed() == pytest.approx(0.5)
    assert meter.left_s(0.5) == pytest.approx(32.0)


def test_speed_is_that_of_the_last_while() -> None:
    plan, clock = a_plan(600), Clock()
    meter = Meter(plan, clock)
    slow, fast = plan.chunks[:10], plan.chunks[10:50]
    for chunk in slow:
        meter.speed()
        clock.moment += 6
        meter.encoded(chunk)
    for chunk in fast:
        meter.speed()
        clock.moment += 1
        meter.encoded(chunk)
    assert meter.speed() == pytest.approx(6.0, rel=0.01)
