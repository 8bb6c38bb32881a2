"""Packages that are not the whole of their source are told from those that are."""

from collections.abc import Callable

import msgspec
import pytest

from tests.support.facts import chunk_of, facts, track
from webapp.media.answers import Chunk, Copied
from webapp.media.failures import Unprocessable
from webapp.media.segment import Track
from webapp.pipeline.plan import Plan
from webapp.pipeline.verification import verify

PLAN = Plan.of(facts(30))
FRAMES = 30 * 25


class Output:
    """What a run has made of 30 s, and what the source had."""

    def __init__(self) -> None:
        self.chunks = [chunk_of(PLAN, number) for number in range(len(PLAN.chunks))]
        self.rungs = [track(rung.name, PLAN, 0, len(PLAN.chunks)) for rung in PLAN.rungs]
        self.sound: Track | None = track("audio", PLAN, 0, len(PLAN.chunks))
        self.copied: Copied | None = Copied(tracks=[self.rungs[0]], frames=FRAMES)

    def verify(self) -> None:
        verify(PLAN, self.rungs, self.sound, self.chunks, self.copied)

    def change(self, rung: int, number: int, **changes: int) -> None:
        segments = list(self.rungs[rung].segments)
        segments[number] = msgspec.structs.replace(segments[number], **changes)
        self.rungs[rung] = msgspec.structs.replace(self.rungs[rung], segments=segments)

    def chunk(self, number: int, **changes: int) -> None:
        self.chunks[number] = msgspec.structs.replace(self.chunks[number], **changes)

    def source(self, frames: int) -> None:
        self.copied = Copied(tracks=[track("copy", PLAN, 0, len(PLAN.chunks))], frames=frames)

    def shorten(self, which: str) -> None:
        if which == "sound":
            self.sound = track("audio", PLAN, 0, 3)
        else:
            self.rungs = [track(rung.name, PLAN, 0, 3) for rung in PLAN.rungs]
            self.chunks = self.chunks[:3]


def test_the_whole_is_the_whole() -> None:
    Output().verify()


def test_frames_too_fast_to_be_shown_are_not_missing() -> None:
    output = Output()
    output.source(FRAMES + 40)
    with pytest.raises(Unprocessable):
        output.verify()
    output.chunk(1, thinned=40)
    output.verify()


def test_where_the_source_was_not_copied_the_output_is_compared_with_itself() -> None:
    output = Output()
    output.copied = None
    output.shorten("picture")
    output.verify()
    output.change(1, 2, samples=1)
    with pytest.raises(Unprocessable):
        output.verify()


def test_frames_that_could_not_be_decoded_or_are_shown_twice_are_accounted_for() -> None:
    output = Output()
    output.source(FRAMES + 4)
    output.chunk(1, repeated=1, damaged=2, unshown=3)
    output.verify()


def test_of_a_source_with_more_frames_than_are_shown_the_length_counts() -> None:
    plan = Plan.of(facts(30, rate=120))
    chunks = [chunk_of(plan, number) for number in range(len(plan.chunks))]
    rungs = [track(rung.name, plan, 0, len(plan.chunks)) for rung in plan.rungs]
    verify(plan, rungs, None, chunks, Copied(tracks=[rungs[0]], frames=30 * 120))
    short = [track(rung.name, plan, 0, 3) for rung in plan.rungs]
    with pytest.raises(Unprocessable):
        verify(plan, short, None, chunks[:3], Copied(tracks=[rungs[0]], frames=30 * 120))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda output: output.change(1, 2, samples=1),
        lambda output: output.change(0, 2, duration=5),
        lambda output: output.change(2, 0, start=1),
        lambda output: output.source(FRAMES + 1),
        lambda output: output.source(FRAMES - 1),
        lambda output: output.chunk(0, frames=1),
        lambda output: output.shorten("sound"),
        lambda output: output.shorten("picture"),
    ],
)
def test_anything_else_is_a_mismatch(spoil: Callable[[Output], None]) -> None:
    output = Output()
    spoil(output)
    with pytest.raises(Unprocessable) as caught:
        output.verify()
    assert caught.value.code == "output_mismatch"


def test_chunks_without_a_picture_do_no_harm() -> None:
    output = Output()
    output.chunks.append(Chunk(tracks=[], frames=0))
    output.verify()
