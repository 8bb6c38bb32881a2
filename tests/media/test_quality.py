"""How close renditions come to the source: SSIM of sampled frames, against what ffmpeg says of the whole."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from av.video.frame import VideoFrame

from webapp.media.answers import Chunk
from webapp.media.quality import similarities
from webapp.media.timeline import chunks

from .encoding import encode_chunk, facts_of, ladder_of

Footage = Callable[..., Path]


def sampled(source: Path, folder: Path, number: int = 0, ceiling_bps: int | None = None) -> Chunk:
    facts = facts_of(source)
    rungs = ladder_of(facts)
    if ceiling_bps:
        rungs = [msgspec.structs.replace(rung, ceiling_bps=ceiling_bps) for rung in rungs]
    span = chunks(facts.duration_s)[number]
    return encode_chunk(source, folder, facts, rungs, span, sampled=True)


def test_each_rung_of_a_sampled_chunk_is_measured_on_a_few_frames(small_video: Path, tmp_path: Path) -> None:
    encoded = sampled(small_video, tmp_path)
    assert len(encoded.quality) == len(encoded.tracks)
    assert {quality.frames for quality in encoded.quality} == {3}
    assert all(0.8 < quality.ssim / quality.frames < 1 for quality in encoded.quality)


def test_it_is_about_what_ffmpeg_says_of_the_whole_segment(small_video: Path, tmp_path: Path) -> None:
    quality = sampled(small_video, tmp_path).quality[0]
    top = tmp_path / ladder_of(facts_of(small_video))[0].name
    whole = tmp_path / "whole.mp4"
    whole.write_bytes((top / "init.mp4").read_bytes() + (top / "s00000.m4s").read_bytes())
    command = ["ffmpeg", "-hide_banner", "-i", str(whole), "-i", str(small_video), "-frames:v", "50"]
    command += ["-lavfi", "[0:v][1:v]ssim=shortest=1", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stderr
    found = re.search(r"SSIM Y:([0-9.]+)", said)
    assert found and quality.ssim / quality.frames == pytest.approx(float(found[1]), abs=0.02)


def test_fewer_bits_are_a_lower_quality(footage: Footage, tmp_path: Path) -> None:
    noise = np.random.default_rng(1)

    def snow(number: int, width: int, height: int) -> VideoFrame:
        picture = noise.integers(0, 255, (height, width, 3), dtype=np.uint8)
        return VideoFrame.from_ndarray(picture, format="rgb24")

    source = footage("a.mkv", codec="ffv1", seconds=2, rate=25, picture=snow)
    rich, poor = (
        sampled(source, tmp_path / str(bps), ceiling_bps=bps).quality[0] for bps in (5_000_000, 100_000)
    )
    assert poor.ssim < rich.ssim


@pytest.mark.parametrize(
    ("frames", "measured"),
    # A second or a fifth of one from the keyframe on, of which moments at 1/4, 5/8 and 1 s are looked for.
    [(5, 2), (1, 0)],
)
def test_where_the_picture_ends_before_a_moment_that_is_not_measured(
    footage: Footage, tmp_path: Path, frames: int, measured: int
) -> None:
    encoded = sampled(footage("a.mp4", seconds=frames / 5, rate=5, codec="libx264"), tmp_path)
    assert encoded.tracks[0].segments
    assert [quality.frames for quality in encoded.quality] == [measured] * len(encoded.tracks)


def test_a_chunk_that_is_not_sampled_is_not_measured(small_video: Path, tmp_path: Path) -> None:
    facts = facts_of(small_video)
    span = chunks(facts.duration_s)[0]
    assert encode_chunk(small_video, tmp_path, facts, ladder_of(facts)[-1:], span).quality == []


@pytest.mark.parametrize("size", [(200, 6), (6, 200), (4, 4)])
def test_pictures_too_small_to_compare_are_not_measured(
    footage: Footage, tmp_path: Path, size: tuple[int, int]
) -> None:
    width, height = size
    source = footage("a.mkv", codec="ffv1", pixel_format="bgr0", seconds=2, width=width, height=height)
    encoded = sampled(source, tmp_path)
    assert encoded.tracks and {quality.frames for quality in encoded.quality} == {0}
    assert msgspec.json.decode(msgspec.json.encode(encoded), type=Chunk) == encoded


def test_of_no_frames_there_is_no_similarity() -> None:
    assert similarities([]) == []
