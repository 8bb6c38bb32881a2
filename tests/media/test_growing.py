"""Reading an upload while it arrives."""

import threading
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.support.trickle import Trickle, trickling
from tests.support.video import make_video, noisy_frame
from webapp.media import chunk, copy
from webapp.media.answers import Chunk, Copied
from webapp.media.facts import Facts
from webapp.media.growing import SIGN_OF_LIFE_S, GrowingFile
from webapp.media.jobs import Arriving, ChunkJob, CopyJob
from webapp.media.ladder import ladder
from webapp.media.obstacles import Copying, Obstacle, ObstacleCode
from webapp.media.timeline import chunks

from .encoding import claims_of, facts_of
from .fragmenting import WAYS

Footage = Callable[..., Path]
LONGER = {"seconds": 20, "rate": 25}
FASTSTART = {"movflags": "faststart"}
QUIET = {"x265-params": "log-level=none"}
ENOUGH_TO_TELL = 0.7
RARELY = 1000  # frames from keyframe to keyframe: there is one
UNEVEN = [number * 40 + number % 3 for number in range(225)]  # ms


def test_all_bytes_are_read_across_the_change_of_name(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.write_bytes(bytes(range(256)) * 1000)
    with trickling(whole, tmp_path, 0.1) as trickle:
        file = GrowingFile(trickle.draft, trickle.arriving)
        trickle.go_on()
        data = b""
        while piece := file.read(50_000):
            data += piece
        assert data == whole.read_bytes() and file.waits
        assert file.seek(-10, 2) == file.tell() == len(data) - 10 and len(file.read(100)) == 10
        file.close()


def test_bytes_that_come_one_by_one_are_waited_for_with_a_sign_of_life(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    draft, count = tmp_path / "draft", 40
    draft.write_bytes(b"")

    def send() -> None:
        with draft.open("ab", buffering=0) as file:
            for _ in range(count):
                file.write(b"x")
                time.sleep(SIGN_OF_LIFE_S / 20)

    sending = threading.Thread(target=send)
    file = GrowingFile(draft, Arriving(final=str(tmp_path / "final"), size=count))
    sending.start()
    assert sum(len(file.read(1)) for _ in range(count)) == count
    sending.join()
    file.close()
    assert "waiting" in capfd.readouterr().out


def test_what_lies_beyond_is_the_end_for_those_who_do_not_wait(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.write_bytes(b"x" * 1000)
    with trickling(whole, tmp_path, 0.5) as trickle:
        file = GrowingFile(trickle.draft, trickle.arriving)
        file.patient = False
        file.seek(900)
        assert file.read(10) == b""
        file.close()


def test_a_file_that_is_there_already_is_found_under_its_name(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.write_bytes(b"all")
    with trickling(whole, tmp_path, 0.5) as trickle:
        pass
    file = GrowingFile(trickle.draft, trickle.arriving)
    assert file.read(10) == b"all" and file.read(10) == b""
    file.close()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("front.mp4", {"container_options": FASTSTART}),
        ("front.mov", {"container_options": FASTSTART}),
        ("copyable.mkv", {}),
        ("vp9.webm", {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}}),
    ],
)
@pytest.mark.parametrize("around", [0, 400])
def test_the_facts_are_known_before_the_end(
    footage: Footage, tmp_path: Path, name: str, changes: dict[str, object], around: int
) -> None:
    whole = footage(name, **LONGER, **changes)
    later = facts_of(whole)
    with trickling(whole, tmp_path, ENOUGH_TO_TELL, around) as trickle:
        facts = claims_of(trickle)
        assert not trickle.complete
    assert isinstance(facts, Facts)
    assert (facts.picture, facts.sounds, facts.container) == (later.picture, later.sounds, later.container)
    assert facts.duration_s == pytest.approx(later.duration_s, abs=0.2)
    assert isinstance(facts.copying, Copying) == isinstance(later.copying, Copying)


def test_a_transport_stream_can_be_copied_early_and_claims_no_length(
    footage: Footage, tmp_path: Path
) -> None:
    with trickling(footage("live.ts", **LONGER, picture=noisy_frame), tmp_path, ENOUGH_TO_TELL) as trickle:
        facts = claims_of(trickle)
    assert isinstance(facts, Facts) and isinstance(facts.copying, Copying) and facts.duration_s == 0


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("sound.ts", {"audio": "aac"}),
        ("sound.mkv", {"audio": "aac", "gop": RARELY}),
        ("thousand.mkv", {"rate": 1000, "time_base": Fraction(1, 1000), "times": UNEVEN, "gop": RARELY}),
    ],
)
def test_nothing_is_looked_for_that_is_still_to_come(
    footage: Footage, tmp_path: Path, name: str, changes: dict[str, object]
) -> None:
    whole = footage(name, **{"rate": 25, "seconds": 9} | changes)
    later = facts_of(whole)
    with trickling(whole, tmp_path, ENOUGH_TO_TELL) as trickle:
        facts = claims_of(trickle)
        assert not trickle.complete
    assert isinstance(facts, Facts) and isinstance(later.copying, Copying)
    assert isinstance(facts.copying, Copying) and facts.copying.sound == later.copying.sound
    assert facts.video.rate.fraction == pytest.approx(later.video.rate.fraction, rel=0.01)


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("back.mp4", {}, ObstacleCode.INDEX_AT_END),
        ("clip.avi", {"codec": "mpeg4"}, ObstacleCode.OTHER_FORMAT),
        ("old.ts", {"codec": "mpeg2video", "picture": noisy_frame}, ObstacleCode.LENGTH_UNKNOWN),
    ],
)
def test_others_have_to_be_whole_first(
    footage: Footage, tmp_path: Path, name: str, changes: dict[str, object], code: ObstacleCode
) -> None:
    with trickling(footage(name, **LONGER, **changes), tmp_path, ENOUGH_TO_TELL) as trickle:
        assert claims_of(trickle) == Obstacle(code=code)
        assert not trickle.complete


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("front.mp4", {"container_options": FASTSTART}),
        ("listed.mp4", {"container_options": WAYS["listed"], "codec": "libx265", "options": QUIET}),
        ("vp9.webm", {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}}),
    ],
)
def test_a_chunk_is_the_same_as_from_the_whole_file(
    footage: Footage, tmp_path: Path, name: str, changes: dict[str, object]
) -> None:
    whole = footage(name, seconds=14, picture=noisy_frame, **changes)
    facts = facts_of(whole)
    span = chunks(facts.duration_s)[1]

    def encoded(source: Path, folder: str, trickle: Trickle | None = None) -> tuple[Chunk, bytes]:
        job = ChunkJob(
            source=str(source),
            folder=str(tmp_path / folder),
            facts=facts,
            rungs=ladder(160, 96, facts.video.rate.fraction),
            first=span.first,
            bounds_s=span.bounds_s,
            open_end=False,
            arriving=trickle.arriving if trickle else None,
        )
        *_, made = chunk.encode(job)
        assert isinstance(made, Chunk)
        return made, b"".join(path.read_bytes() for path in sorted((tmp_path / folder).rglob("*.m4s")))

    with trickling(whole, tmp_path, 0.8) as trickle:
        growing = encoded(trickle.draft, "growing", trickle)
        assert not trickle.complete
    assert growing == encoded(whole, "whole")


@pytest.mark.parametrize(
    ("name", "around"),
    [*product(["front.mp4", "clip.mkv", "clip.ts"], [0, 400]), *((f"{way}.mp4", 400) for way in WAYS)],
)
def test_a_copy_is_the_same_as_of_the_whole_file_up_to_the_last_picture(
    tmp_path: Path, name: str, around: int
) -> None:
    options = {"front": FASTSTART, **WAYS}.get(Path(name).stem, {})
    whole = make_video(tmp_path / name, seconds=5, gop=25, container_options=options)
    facts = facts_of(whole)

    def copied(source: Path, trickle: Trickle | None = None) -> tuple[Copied, dict[Path, bytes]]:
        arriving = trickle.arriving if trickle else None
        folder = tmp_path / f"copied-{bool(trickle)}"
        *_, made = copy.copy(CopyJob(source=str(source), folder=str(folder), facts=facts, arriving=arriving))
        assert isinstance(made, Copied)
        return made, {path.relative_to(folder): path.read_bytes() for path in folder.glob("*/*")}

    with trickling(whole, tmp_path, 0.3, around) as trickle:
        trickle.go_on()
        growing, bytes_then = copied(trickle.draft, trickle)
    made, bytes_later = copied(whole)
    picture, *sound = made.tracks
    early = replace(picture, segments=picture.segments[:-1])  # whether its frame is held nobody knows yet
    assert early.segments and growing.tracks == [early, *sound] and growing.obstacle is None
    assert bytes_then.items() <= bytes_later.items()


@pytest.mark.parametrize(
    "content",
    [
        b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n",
        b"\x00\x00\x00\x08free" * 10_000,
        b"\x00\x00\x00\x08ftyp\x00\x00\x00\x01free" + b"\x00" * 5000,
        bytes(5000),
    ],
)
def test_nothing_is_followed_or_waited_for_in_a_hostile_file(tmp_path: Path, content: bytes) -> None:
    whole = tmp_path / "whole"
    whole.write_bytes(content)
    with trickling(whole, tmp_path, 1) as trickle:
        trickle.go_on()
        assert isinstance(claims_of(trickle), Obstacle)
