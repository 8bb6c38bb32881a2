"""How much of a damaged sound is said to be lost."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from tests.support.video import noisy_frame
from webapp.media.transport_stream import PACKET_BYTES

from .encoding import encode_sound

Footage = Callable[..., Path]

SECONDS = 8
RICH: dict[str, object] = {"rate": 25, "seconds": SECONDS, "gop": 10, "audio": "aac"}
FRAGMENTED = {"container_options": {"movflags": "frag_keyframe+empty_moov+default_base_moof"}}
# Of what is not quite missing: frames at its edges that hold garbage.
NEAR_S = 0.2
LOOKED_THROUGH = 65_536  # bytes, in which libavformat looks for a packet
SOUND_STARTS = b"\x41\x01"  # payload_unit_start_indicator, and libavformat's number of it


def there_s(source: Path) -> float:
    """How long the packets of sound last that libavformat finds."""
    with av.open(str(source)) as container:
        lengths = [
            (packet.duration or 0) * packet.time_base
            for packet in container.demux(audio=0)
            if packet.size and packet.time_base
        ]
    return float(sum(lengths))


def begins_sound(data: bytes, at: int) -> bool:
    """Whether a packet of a transport stream is there with which a unit of sound starts."""
    return at % PACKET_BYTES == 0 and data[at + 1 : at + 3] == SOUND_STARTS


def missing_s(source: Path) -> float:
    return encode_sound(source, source.parent / "out").missing_s


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("a.mkv", {}),
        ("a.ts", {}),
        ("mp2.ts", {"audio": "mp2"}),
        ("a.mpg", {"codec": "mpeg2video", "audio": "mp2"}),
    ],
)
@pytest.mark.parametrize("removed", [True, False])
def test_a_stretch_of_the_file_is_a_gap_of_the_sound(
    footage: Footage, name: str, changes: dict[str, object], removed: bool
) -> None:
    source = footage(name, **RICH | changes)
    data = source.read_bytes()
    assert missing_s(source) == 0
    begin, end = (len(data) * tenth // 10 // PACKET_BYTES * PACKET_BYTES for tenth in (4, 6))
    source.write_bytes(data[:begin] + (b"" if removed else bytes(end - begin)) + data[end:])
    assert missing_s(source) > 1
    assert missing_s(source) == pytest.approx(SECONDS - there_s(source), abs=NEAR_S)


def test_packets_may_be_whole_before_and_behind_it(footage: Footage) -> None:
    source = footage("a.ts", **RICH)
    data = source.read_bytes()
    ends = [at for at in range(len(data) * 4 // 10, len(data) * 7 // 10) if begins_sound(data, at)]
    counted = [data[at + 3] & 15 for at in ends]
    last = max(number for number, count in enumerate(counted) if count != counted[0])
    source.write_bytes(data[: ends[0]] + data[ends[last] :])
    assert missing_s(source) > 1
    assert missing_s(source) == pytest.approx(SECONDS - there_s(source), abs=NEAR_S)


def test_nothing_is_passed_over_behind_zeros(footage: Footage) -> None:
    source = footage("a.ts", **RICH | {"rate": 10, "picture": noisy_frame, "options": {"crf": "1"}})
    data = source.read_bytes()
    begin, end = len(data) * 3 // 10, len(data) * 7 // 10
    assert end - begin > 4 * LOOKED_THROUGH
    source.write_bytes(data[:begin] + bytes(end - begin) + data[end:])
    assert missing_s(source) == pytest.approx(SECONDS * 0.4, abs=0.4)


@pytest.mark.parametrize("audio", ["libopus", "ac3", "mp3", "pcm_s16le"])
def test_decoders_need_not_complain_of_what_follows_in_a_matroska(footage: Footage, audio: str) -> None:
    source = footage("a.mkv", **RICH | {"audio": audio})
    data = source.read_bytes()
    begin, end = len(data) * 4 // 10, len(data) * 6 // 10
    source.write_bytes(data[:begin] + bytes(end - begin) + data[end:])
    sound = encode_sound(source, source.parent / "out")
    assert sound.missing_s > 1 and not sound.damaged
    assert sound.missing_s == pytest.approx(SECONDS - there_s(source), abs=NEAR_S)


@pytest.mark.parametrize("removed", [True, False])
@pytest.mark.parametrize(("name", "changes"), [("a.flv", {}), ("a.mp4", FRAGMENTED)])
def test_so_is_what_is_passed_over_to_where_the_file_goes_on(
    footage: Footage, name: str, changes: dict[str, object], removed: bool
) -> None:
    source = footage(name, **RICH | changes)
    data = source.read_bytes()
    whole_s = there_s(source)
    begin, end = len(data) * 4 // 10, len(data) * 6 // 10
    source.write_bytes(data[:begin] + (b"" if removed else bytes(end - begin)) + data[end:])
    assert 1 < missing_s(source) < whole_s / 2


def test_so_are_entries_of_an_index_of_avi(footage: Footage) -> None:
    source = footage("a.avi", **RICH | {"codec": "mpeg4", "audio": "mp3"})
    data, whole_s = source.read_bytes(), there_s(source)
    assert missing_s(source) == 0
    begin, end = len(data) * 4 // 10, len(data) * 6 // 10
    source.write_bytes(data[:begin] + bytes(end - begin) + data[end:])
    assert missing_s(source) == pytest.approx(whole_s - there_s(source), abs=NEAR_S)


@pytest.mark.parametrize(
    ("name", "audio"), [("a.mkv", "pcm_s16le"), ("opus.mkv", "libopus"), ("a.ts", "mp2"), ("a.flv", "aac")]
)
def test_a_pause_is_none(footage: Footage, name: str, audio: str) -> None:
    source = footage(name, **RICH | {"audio": audio, "sound_spans_s": [(0, 2.5), (5, 8)]})
    assert missing_s(source) == 0
