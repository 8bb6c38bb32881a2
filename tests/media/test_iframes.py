"""I-frame playlists: every range they name is a picture by itself."""

import re
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import pytest

from tests.support.video import number_of
from webapp.media import iframes
from webapp.media.ladder import Rung
from webapp.media.segment import Keyframe, Segment, Track
from webapp.media.track import INIT_NAME

from .encoding import Encoded, encode_picture

ENTRY = re.compile(r"#EXTINF:([\d.]+),\n#EXT-X-BYTERANGE:(\d+)@(\d+)\n(s\d{5}\.m4s)\n")


def shown_by(folder: Path, name: str, size: int, offset: int) -> list[tuple[int, Fraction]]:
    """Number and second of each frame in a range, decoded after the init segment and nothing else."""
    data = (folder / name).read_bytes()[offset : offset + size]
    with av.open(BytesIO((folder / INIT_NAME).read_bytes() + data), "r") as container:
        return [
            (number_of(frame), frame.pts * frame.time_base)
            for packet in container.demux(video=0)
            if not packet.is_corrupt  # what the range leaves out
            for frame in packet.decode()
            if frame.pts is not None and frame.time_base is not None
        ]


def test_every_range_is_one_picture_and_they_come_every_two_seconds(small_encoded: Encoded) -> None:
    for rendition in small_encoded.renditions:
        entries = ENTRY.findall(iframes.playlist(rendition.track))
        shown = [
            shown_by(rendition.folder / rendition.track.name, name, int(size), int(offset))
            for _, size, offset, name in entries
        ]
        assert shown == [[(number, Fraction(number, 25))] for number in (0, 50, 100, 150, 200)]
        assert [float(seconds) for seconds, *_ in entries] == [2, 2, 2, 2, 1]


def test_the_playlist_is_of_iframes_only_and_complete(small_encoded: Encoded) -> None:
    lines = iframes.playlist(small_encoded.top.track).splitlines()
    assert lines[:6] == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-I-FRAMES-ONLY",
    ]
    assert lines[6] == '#EXT-X-MAP:URI="init.mp4"' and lines[-1] == "#EXT-X-ENDLIST"


def test_frames_are_listed_until_the_next_one_wherever_that_is(
    footage: Callable[..., Path], tmp_path: Path
) -> None:
    times = [number * 300 for number in range(22)]
    top = encode_picture(footage("a.mp4", times=times, time_base=Fraction(1, 1000)), tmp_path).top
    found = [float(seconds) for seconds, *_ in ENTRY.findall(iframes.playlist(top.track))]
    assert found == pytest.approx([2.1, 2.1, 1.8, 0.6])
    assert sum(found) == pytest.approx(float(top.end()))


def test_the_line_says_what_the_keyframes_alone_take() -> None:
    keyframes = [Keyframe(0, 24, 5000), Keyframe(2000, 40_000, 10_000)]
    segment = Segment(index=0, start=0, duration=4000, size=90_000, samples=100, keyframes=keyframes)
    track = Track(name="360p", timescale=1000, codec="avc1.64001e", init_sha256="", segments=[segment])
    rung = Rung(name="360p", width=640, height=360, ceiling_bps=800_000)
    assert iframes.IFrames.of(rung, track).line("r3") == (
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=40000,AVERAGE-BANDWIDTH=30000,"
        'CODECS="avc1.64001e",RESOLUTION=640x360,VIDEO-RANGE=SDR,URI="r3/360p/iframes.m3u8"'
    )
