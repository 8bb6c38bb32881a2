"""Reading a fragmented MP4 while it arrives."""

import struct
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from av.packet import Packet
from av.stream import Stream

from tests.support.trickle import trickling
from tests.support.video import VideoSpec, make_video, noisy_frame
from webapp.media.demuxing import go_to
from webapp.media.facts import Facts
from webapp.media.fragment_claims import Claims
from webapp.media.growing import LOOK_S, GrowingFile
from webapp.media.growing_fragments import GrowingFragments
from webapp.media.jobs import Arriving
from webapp.media.obstacles import Copying, Obstacle, ObstacleCode
from webapp.media.source import open_upload

from .encoding import claims_of, facts_of
from .fragmenting import WAYS, with_length

Footage = Callable[..., Path]
Written = Callable[[str], Path]
ENOUGH_TO_TELL = 0.7


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`written("listed")` is a fragmented MP4 with sound, written in one of these WAYS; 5 s long."""
    folder = tmp_path_factory.mktemp("fragments")

    def make(way: str) -> Path:
        path = folder / f"{way}.mp4"
        if not path.exists():
            shown = VideoSpec(width=160, height=96, gop=25, seconds=5, picture=noisy_frame)
            shown.container_options = WAYS[way]
            make_video(path, shown)
        return path

    return make


@pytest.mark.parametrize("way", WAYS)
def test_the_facts_are_known_before_the_end(written: Written, tmp_path: Path, way: str) -> None:
    whole = written(way)
    later = facts_of(whole)
    with trickling(whole, tmp_path, ENOUGH_TO_TELL, around=400) as trickle:
        facts = claims_of(trickle)
        assert not trickle.complete
    assert isinstance(facts, Facts)
    assert (facts.picture, facts.sounds, facts.container) == (later.picture, later.sounds, later.container)
    assert facts.duration_s == pytest.approx(later.duration_s if way == "listed" else 0, abs=0.2)
    assert isinstance(facts.copying, Copying) and isinstance(later.copying, Copying)
    assert facts.copying.sound and later.copying.sound


def test_packets_are_there_as_soon_as_their_bytes_are(written: Written, tmp_path: Path) -> None:
    with trickling(written("relative"), tmp_path, 0.5) as trickle:
        with open_upload(str(trickle.draft), arriving=trickle.arriving) as container:
            coming = container.demux(video=0)
            assert len({packet.dts for packet, _ in zip(coming, range(45), strict=False)}) == 45
        assert not trickle.complete


@pytest.mark.parametrize("way", ["relative", "each"])
def test_what_is_read_again_is_given_out_once(written: Written, tmp_path: Path, way: str) -> None:
    def packets(source: Path, arriving: Arriving | None = None) -> list[tuple[int, int | None, bytes]]:
        def told(packet: "Packet[Stream]") -> tuple[int, int | None, bytes]:
            return packet.stream.index, packet.dts, bytes(packet)

        with open_upload(str(source), arriving=arriving) as container:
            for _ in container.demux():
                pass
            container.seek(0, stream=container.streams.video[0])
            return sorted(told(packet) for packet in container.demux() if packet.size)

    whole = written(way)
    with trickling(whole, tmp_path, 0.5) as trickle:
        trickle.go_on()
        growing = packets(trickle.draft, trickle.arriving)
    assert growing == packets(whole)


# A frame that comes late, as on phones: how many there are in a second shows at the end.
UNEVEN = {"times": [*range(5), *range(6, 100)]}


@pytest.mark.parametrize(
    ("way", "changes", "seconds", "found"),
    [
        ("relative", {}, None, ObstacleCode.LENGTH_UNKNOWN),
        ("relative", {}, 10, None),
        ("relative", UNEVEN, 10, ObstacleCode.IN_FRAGMENTS),
        ("listed", UNEVEN, None, None),
    ],
)
def test_what_cannot_be_copied_has_to_say_how_long_it_is_and_go_at_an_even_pace(
    footage: Footage,
    tmp_path: Path,
    way: str,
    changes: dict[str, object],
    seconds: int | None,
    found: ObstacleCode | None,
) -> None:
    shown = {"pixel_format": "yuv444p", "picture": noisy_frame, "options": {"bf": "0"}}
    whole = footage("444.mp4", seconds=10, container_options=WAYS[way], **shown, **changes)
    if seconds:
        with_length(whole, seconds)
    with trickling(whole, tmp_path, ENOUGH_TO_TELL) as trickle:
        facts = claims_of(trickle)
        assert not trickle.complete
    if found:
        assert facts == Obstacle(code=found)
        return
    later = facts_of(whole)
    assert isinstance(facts, Facts) and facts.picture == later.picture
    assert facts.duration_s == pytest.approx(later.duration_s, abs=0.2)


@pytest.mark.parametrize("way", ["relative", "apart", "each", "listed"])
def test_one_can_go_where_nothing_was_read_yet(written: Written, tmp_path: Path, way: str) -> None:
    def from_fourth_second(source: Path, arriving: Arriving | None = None) -> list[int | None]:
        with open_upload(str(source), arriving=arriving) as container:
            picture = container.streams.video[0]
            assert picture.time_base is not None
            go_to(container, picture, int(4.5 / picture.time_base))
            return [packet.pts for packet in container.demux(picture) if packet.size]

    whole = written(way)
    with trickling(whole, tmp_path, 0.9) as trickle:
        trickle.go_on()
        growing = from_fourth_second(trickle.draft, trickle.arriving)
    expected = from_fourth_second(whole)
    assert growing == expected[-len(growing) :] and 0 < len(growing) < 50


def test_indexes_of_segments_are_not_seen_however_the_bytes_come(tmp_path: Path) -> None:
    def box(kind: bytes, inside: bytes = b"") -> bytes:
        return struct.pack(">I4s", 8 + len(inside), kind) + inside

    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 12) + box(b"sidx", b"data")
    file = box(b"ftyp", b"isom") + box(b"sidx", b"1") + box(b"moof", box(b"sidx")) + large + box(b"sidx")
    seen = file.replace(b"sidx\x31", b"free\x31")[: -len(b"sidx")] + b"free"
    draft, arriving = tmp_path / "draft", Arriving(final=str(tmp_path / "final"), size=len(file))
    draft.write_bytes(b"")

    def send() -> None:
        with draft.open("ab", buffering=0) as growing:
            for byte in file:
                growing.write(bytes([byte]))
                time.sleep(LOOK_S / 10)
        draft.rename(arriving.final)

    sending = threading.Thread(target=send)
    sending.start()
    view = GrowingFragments(GrowingFile(draft, arriving), Claims(Fraction(0), False))
    assert b"".join(iter(lambda: view.read(5), b"")) == seen
    sending.join()
    for begin in range(len(file)):
        for size in range(1, len(file)):
            view.seek(begin)
            assert view.read(size) == seen[begin : begin + size]
    view.close()
