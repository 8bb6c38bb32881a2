"""Packets read from files whose streams are not all there when they are opened."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from webapp.media.decoding import Damage, decoded
from webapp.media.demuxing import demuxed
from webapp.media.jobs import Limits
from webapp.media.source import open_upload

from .copying import copy_of
from .encoding import encode_picture, encode_sound
from .test_joined import NULL_PACKET

Footage = Callable[..., Path]
FIRST_PID, OTHER_PID = "256", "512"
# What libavformat looks at when it opens a file: some seconds, and 250 kB at its end.
PADDING = 2000 * NULL_PACKET


@pytest.fixture
def interrupted(footage: Footage, tmp_path: Path) -> Path:
    """A recording of a channel, with one of another channel in the middle."""
    parts = [
        footage(
            f"from {begin_s}.ts",
            seconds=seconds,
            audio="aac",
            container_options={"mpegts_start_pid": pid, "output_ts_offset": str(begin_s)},
        )
        for begin_s, seconds, pid in ((0, 6.6, FIRST_PID), (6.6, 4, OTHER_PID), (10.6, 6.6, FIRST_PID))
    ]
    source = tmp_path / "interrupted.ts"
    source.write_bytes(PADDING.join(part.read_bytes() for part in parts))
    return source


def test_streams_that_appear_on_the_way_do_not_end_in_an_error(interrupted: Path) -> None:
    with av.open(str(interrupted)) as container:
        known = list(container.streams)
        assert len(known) == 2
        packets = list(demuxed(container, known))
    assert [packet.stream for packet in packets if not packet.size] == known


def test_a_recording_interrupted_by_another_channel_is_encoded(interrupted: Path, tmp_path: Path) -> None:
    encoded = encode_picture(interrupted, tmp_path / "out", smallest=True)
    # Of the other one two frames overlap with the first: its times begin a little earlier.
    assert encoded.top.numbers == [*range(66), *range(2, 40), *range(66)]
    assert encode_sound(interrupted, tmp_path / "out", encoded.facts).track is not None


def test_a_recording_interrupted_by_another_channel_is_copied(interrupted: Path, tmp_path: Path) -> None:
    assert copy_of(interrupted, tmp_path / "out").copied.frames


def test_a_transport_stream_with_more_streams_than_allowed_goes_on_without_them(footage: Footage) -> None:
    source = footage("a.ts", audio="aac")
    damage = Damage()
    with open_upload(str(source), Limits(streams=1)) as container:
        (picture,) = container.streams
        shown = list(decoded(container, picture, damage))
    assert len(shown) == 66 and not damage.is_known
