"""Limits: what is beyond one is refused, for the reason that it is."""

import errno
import struct
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from tests.support.sound import make_sound
from webapp.media import probe
from webapp.media.failures import FAILURES, LIMITS, Unprocessable, code_of
from webapp.media.jobs import ChunkJob, Limits, PosterJob, ProbeJob

from . import child
from .encoding import facts_of, ladder_of
from .tampering import overwrite

Footage = Callable[..., Path]
MEBIBYTES = 1 << 20


def refused(source: Path, limits: Limits) -> str | None:
    try:
        list(probe.probe(ProbeJob(source=str(source), limits=limits)))
    except Unprocessable as failure:
        return failure.code
    return None


@pytest.mark.parametrize(
    ("enough", "too_little", "code"),
    [
        (Limits(pixels=160 * 96), Limits(pixels=160 * 96 - 1), "too_large_picture"),
        (Limits(frame_rate=10), Limits(frame_rate=9.9), "too_fast"),
        (Limits(duration_s=6.6), Limits(duration_s=6.5), "too_long"),
        (Limits(streams=2), Limits(streams=1), "too_many_streams"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_for_that(
    footage: Footage, enough: Limits, too_little: Limits, code: str
) -> None:
    source = footage("a.mp4", audio="aac")
    assert (refused(source, enough), refused(source, too_little)) == (None, code)


@pytest.mark.parametrize("name", ["a.mkv", "a.avi"])
def test_tracks_are_counted_in_other_containers_too(footage: Footage, name: str) -> None:
    source = footage(name, codec="mpeg4", audio="mp3")
    assert refused(source, Limits(streams=2)) is None
    assert refused(source, Limits(streams=1)) == "too_many_streams"


def test_fonts_are_no_tracks(footage: Footage, tmp_path: Path) -> None:
    source, with_fonts = footage("a.mkv", seconds=0.5), tmp_path / "fonts.mkv"
    with av.open(str(source)) as given, av.open(str(with_fonts), "w") as container:
        stream = container.add_stream_from_template(given.streams.video[0])
        for number in range(3):
            container.add_attachment(f"{number}.ttf", "font/ttf", b"font")
        for packet in given.demux(video=0):
            if packet.size:
                packet.stream = stream
                container.mux(packet)
    assert facts_of(with_fonts).video.width == 160
    assert refused(with_fonts, Limits(streams=2)) is None


def test_pixels_are_counted_as_they_are_shown(footage: Footage) -> None:
    source = footage("a.mp4", seconds=0.5, options={"aspect": "2:1"})
    assert refused(source, Limits(pixels=2 * 160 * 96)) is None
    assert refused(source, Limits(pixels=2 * 160 * 96 - 1)) == "too_large_picture"


def test_sound_alone_may_not_be_longer_either(tmp_path: Path) -> None:
    source = make_sound(tmp_path / "a.mp3", "libmp3lame", seconds=3)
    assert refused(source, Limits(duration_s=2)) == "too_long"


def test_frames_that_are_decades_apart_are_too_long(footage: Footage) -> None:
    # AVISTREAMHEADER: seconds a frame are dwScale / dwRate.
    source = overwrite(footage("a.avi", codec="mpeg4"), b"strh", 28, struct.pack("<II", 0x7FFFFFFF, 1))
    assert refused(source, Limits()) == "too_long"


def test_the_limits_come_with_the_job_into_the_child(footage: Footage) -> None:
    source = footage("a.mp4", seconds=1)
    assert child.run(ProbeJob(source=str(source), limits=Limits(pixels=9))).failure == "too_large_picture"


def test_an_encoder_that_gets_no_memory_ends_the_job_as_too_demanding(
    footage: Footage, tmp_path: Path
) -> None:
    source = footage("a.mp4", width=3840, height=2160, seconds=0.3, options={"preset": "ultrafast"})
    facts = facts_of(source)
    job = ChunkJob(
        source=str(source),
        folder=str(tmp_path / "out"),
        facts=facts,
        rungs=ladder_of(facts),
        first=0,
        bounds_s=[0, 2],
        open_end=True,
    )
    assert child.run(job, memory_bytes=600 * MEBIBYTES).failure == "too_demanding"


def test_a_full_disk_is_called_one(footage: Footage) -> None:
    source = footage("a.mp4", seconds=1)
    job = PosterJob(source=str(source), target="/dev/full", facts=facts_of(source))
    assert child.run(job).failure == "no_space"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "too_demanding"),
        (OSError(errno.ENOSPC, ""), "no_space"),
        (OSError(errno.EDQUOT, ""), "no_space"),
        (OSError(errno.EFBIG, ""), "too_much_output"),
        (OSError(errno.ENOENT, ""), None),
        (ValueError(), None),
    ],
)
def test_an_error_means_a_limit_or_none(error: Exception, code: str | None) -> None:
    assert code_of(error) == code
    assert set(LIMITS) <= set(FAILURES)
