"""A quick look at how many bits a title needs, and how many its source has."""

from pathlib import Path
from typing import Any

import pytest
from av.video.frame import VideoFrame
from msgspec.structs import replace

from tests.support.titles import detailed_motion, slide
from tests.support.video import make_video
from webapp.media import complexity
from webapp.media.answers import Complexity, Progress
from webapp.media.fitting import useful, within_need, within_source
from webapp.media.jobs import ComplexityJob
from webapp.media.playlist import BitRates
from webapp.media.timeline import chunks

from .encoding import encode_chunk, facts_of, ladder_of

QUICK = {"preset": "ultrafast"}
SMALL: dict[str, Any] = {"width": 320, "height": 180, "audio": None}


def complexity_of(source: Path, moments: int = 3) -> Complexity:
    facts = facts_of(source)
    job = ComplexityJob(source=str(source), facts=facts, rungs=ladder_of(facts), moments=moments)
    *signs, last = complexity.measure(job)
    assert isinstance(last, Complexity) and all(isinstance(sign, Progress) for sign in signs)
    assert len(signs) <= moments * complexity.FRAMES
    return last


def test_need_is_about_what_the_encoder_then_takes(tmp_path: Path) -> None:
    source = make_video(tmp_path / "a.mp4", seconds=4, picture=detailed_motion, options=QUICK, **SMALL)
    (need,) = complexity_of(source).needs[:1]
    facts = facts_of(source)
    # The look knows nothing of the ceiling of so small a picture, which would hold it down.
    rungs = [replace(rung, ceiling_bps=complexity.WITHOUT_CEILING_BPS) for rung in ladder_of(facts)[:1]]
    tracks = [
        encode_chunk(source, tmp_path, facts, rungs, span).tracks[0] for span in chunks(facts.duration_s)
    ]
    average = BitRates.measured(
        replace(tracks[0], segments=[segment for track in tracks for segment in track.segments])
    ).average
    assert average / 2 < need.bps < average * 2
    assert need.pixels == 320 * 180


def test_slides_need_far_less_than_motion(tmp_path: Path) -> None:
    needs = [
        complexity_of(make_video(tmp_path / "a.mp4", seconds=6, picture=picture, options=QUICK, **SMALL))
        for picture in (slide, detailed_motion)
    ]
    easy, hard = (found.needs[0].bps for found in needs)
    assert easy * 5 < hard


def test_the_busiest_moment_is_looked_at_wherever_it_is(tmp_path: Path) -> None:
    """It lies between the other moments."""

    def picture(number: int, width: int, height: int) -> VideoFrame:
        return (detailed_motion if 350 <= number < 500 else slide)(number, width, height)

    source = make_video(tmp_path / "a.mp4", seconds=50, picture=picture, options=QUICK, gop=25, **SMALL)
    alone = make_video(tmp_path / "b.mp4", seconds=6, picture=detailed_motion, options=QUICK, **SMALL)
    assert complexity_of(source).needs[0].bps > complexity_of(alone).needs[0].bps / 2


def test_a_film_within_slides_keeps_its_rate_and_its_sizes(tmp_path: Path) -> None:
    """As it has them alone, though the whole has few bits a second."""

    def picture(number: int, width: int, height: int) -> VideoFrame:
        return (detailed_motion if 140 <= number < 200 else slide)(number, width, height)

    size: dict[str, Any] = {"width": 640, "height": 360, "audio": None, "rate": 10, "gop": 20}
    options = QUICK | {"crf": "30"}
    source = make_video(tmp_path / "a.mp4", seconds=30, picture=picture, options=options, **size)
    alone = make_video(tmp_path / "b.mp4", seconds=6, picture=detailed_motion, options=options, **size)
    mixed, film = complexity_of(source), complexity_of(alone)
    assert mixed.source_bps * 3 < film.source_bps
    assert mixed.busiest_bps == pytest.approx(film.busiest_bps, rel=0.1)
    usual = ladder_of(facts_of(source))
    sizes = [
        [rung.name for rung in useful(usual, within_need(within_source(usual, found), found.needs))]
        for found in (mixed, film)
    ]
    assert sizes == [[rung.name for rung in usual]] * 2


def test_a_busiest_moment_without_a_keyframe_counts_by_its_bytes(tmp_path: Path) -> None:
    """There is one only at the start, long before."""

    def picture(number: int, width: int, height: int) -> VideoFrame:
        return (detailed_motion if number >= 200 else slide)(number, width, height)

    options = QUICK | {"sc_threshold": "0"}
    source = make_video(tmp_path / "a.mp4", seconds=14, picture=picture, options=options, gop=1000, **SMALL)
    easy = make_video(tmp_path / "b.mp4", seconds=6, picture=slide, options=QUICK, **SMALL)
    assert complexity_of(source).needs[0].bps > 5 * complexity_of(easy).needs[0].bps


def test_nothing_is_encoded_where_no_moments_are_asked_for(tmp_path: Path) -> None:
    source = make_video(tmp_path / "a.mp4", seconds=2, options=QUICK, **SMALL)
    found = complexity_of(source, moments=0)
    assert found.source_bps and not found.needs


def test_a_rate_counts_keyframes_that_the_source_spares(tmp_path: Path) -> None:
    often, seldom = (
        complexity_of(
            make_video(tmp_path / f"{gop}.mp4", seconds=12, gop=gop, picture=detailed_still, **SMALL), 0
        )
        for gop in (50, 1000)
    )
    assert seldom.source_bps == pytest.approx(often.source_bps, rel=0.3)
    assert Path(tmp_path / "1000.mp4").stat().st_size * 2 < Path(tmp_path / "50.mp4").stat().st_size


def detailed_still(number: int, width: int, height: int) -> VideoFrame:
    return detailed_motion(0, width, height)


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "libx264"), ("a.ts", "libx264"), ("a.webm", "libvpx")])
def test_without_an_index_nothing_is_known(tmp_path: Path, name: str, codec: str) -> None:
    source = make_video(tmp_path / name, seconds=2, codec=codec, **SMALL)
    assert complexity_of(source) == Complexity()


def test_an_index_that_ends_before_the_picture_is_none(tmp_path: Path) -> None:
    """As with fragments that libavformat reads later: the last one of two."""
    options = {"movflags": "dash"}
    source = make_video(
        tmp_path / "a.mp4",
        seconds=8,
        gop=120,
        picture=detailed_motion,
        options=QUICK | {"sc_threshold": "0"},
        container_options=options,
        **SMALL,
    )
    assert complexity_of(source) == Complexity()


def test_music_with_one_picture_has_a_rate_of_one_keyframe_in_two_seconds(tmp_path: Path) -> None:
    source = make_video(
        tmp_path / "a.mp4", width=320, height=180, times=[0], seconds=10, picture=detailed_still
    )
    found = complexity_of(source)
    picture = make_video(tmp_path / "b.mp4", times=[0], picture=detailed_still, **SMALL).stat().st_size
    assert found.needs
    assert found.source_bps >= picture * 8 / 2 * 0.9


def test_what_is_not_meant_to_be_small_has_no_rate_to_keep_to(tmp_path: Path) -> None:
    source = make_video(tmp_path / "a.mov", seconds=1, codec="mjpeg", pixel_format="yuvj420p", **SMALL)
    assert complexity_of(source).source_bps == 0


def test_what_lies_behind_the_end_of_a_file_is_not_counted(tmp_path: Path) -> None:
    whole = make_video(
        tmp_path / "a.mp4",
        seconds=20,
        gop=25,
        picture=detailed_motion,
        options=QUICK,
        container_options={"movflags": "faststart"},
        **SMALL,
    )
    half = tmp_path / "half.mp4"
    half.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert facts_of(half).duration_s < 12
    assert complexity_of(half, 0).busiest_bps == pytest.approx(complexity_of(whole, 0).busiest_bps, rel=0.1)
