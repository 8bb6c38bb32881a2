"""Chunks of a picture whose only keyframe is its first: decoding has a long way to go to them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from webapp.media import chunk, timeline
from webapp.media.answers import Answer, Chunk, Progress
from webapp.media.facts import Facts
from webapp.media.jobs import ChunkJob
from webapp.media.span import SIGN_OF_LIFE_EVERY_FRAMES

from .encoding import facts_of, ladder_of
from .test_chunk import files_in

Footage = Callable[..., Path]

RATE, SECONDS = 20, 14
BEGINS = [0, 2, 6, 12]


@pytest.fixture(params=["a.mp4", "a.ts", "a.mkv"])
def source(request: pytest.FixtureRequest, footage: Footage) -> Path:
    options = {"x264-params": "scenecut=0"}
    return footage(request.param, rate=RATE, seconds=SECONDS, gop=RATE * SECONDS, options=options)


@pytest.fixture
def facts(source: Path) -> Facts:
    return facts_of(source)


def job(source: Path, facts: Facts, number: int, folder: Path) -> ChunkJob:
    span = timeline.chunks(facts.duration_s)[number]
    assert span.bounds_s[0] == BEGINS[number]
    return ChunkJob(
        source=str(source), folder=str(folder), facts=facts, rungs=ladder_of(facts), **span._asdict()
    )


def approached(answers: Sequence[Answer]) -> int:
    """How many frames were decoded on the way to chunks, as told, which is a little less than it was."""
    before = [answer.approached for answer in answers if isinstance(answer, Progress) and not answer.frames]
    return max(before, default=0)


def test_on_the_way_there_are_signs_of_life(source: Path, facts: Facts, tmp_path: Path) -> None:
    *told, last = chunk.encode(job(source, facts, 3, tmp_path))
    assert isinstance(last, Chunk) and last.frames == (SECONDS - 12) * RATE
    signs = [answer for answer in told if isinstance(answer, Progress) and not answer.frames]
    # Of the frames that no other needs, two thirds at the most, some are not decoded.
    assert len(signs) >= 12 * RATE // 3 // SIGN_OF_LIFE_EVERY_FRAMES


def test_there_are_signs_of_life_on_the_way_to_the_last_frame_which_is_held(
    footage: Footage, tmp_path: Path
) -> None:
    options = {"x264-params": "scenecut=0"}
    source = footage(
        "held.mkv",
        rate=RATE,
        seconds=SECONDS,
        gop=RATE * SECONDS,
        options=options,
        audio="aac",
        sound_spans_s=[(0, SECONDS + 10)],
    )
    facts = facts_of(source)
    assert facts.video.held
    behind = timeline.chunks(facts.duration_s)[-1]
    assert behind.bounds_s[0] > SECONDS
    *told, last = chunk.encode(
        ChunkJob(
            source=str(source),
            folder=str(tmp_path),
            facts=facts,
            rungs=ladder_of(facts),
            **behind._asdict(),
        )
    )
    assert isinstance(last, Chunk) and last.frames == 1
    assert approached(told) > RATE * SECONDS - 2 * SIGN_OF_LIFE_EVERY_FRAMES


def test_who_stands_before_a_chunk_goes_on_to_it_and_makes_the_same_of_it(
    source: Path, facts: Facts, tmp_path: Path
) -> None:
    here, anew = tmp_path / "here", tmp_path / "anew"
    later = [job(source, facts, number, here) for number in (2, 3)]
    chunks = chunk.encode(job(source, facts, 0, here), later)
    assert approached(list(chunks)) <= (BEGINS[2] - BEGINS[1]) * RATE
    for number in (0, 2, 3):
        *_, last = chunk.encode(job(source, facts, number, anew))
        assert isinstance(last, Chunk)
    assert files_in(here) == files_in(anew)


def test_where_keyframes_are_near_nobody_goes_the_whole_way(footage: Footage, tmp_path: Path) -> None:
    source = footage("near.mkv", rate=RATE, seconds=SECONDS, gop=10)
    facts = facts_of(source)
    jobs = [job(source, facts, number, tmp_path) for number in (0, 2, 3)]
    assert approached(list(chunk.encode(jobs[0], jobs[1:]))) <= SIGN_OF_LIFE_EVERY_FRAMES
