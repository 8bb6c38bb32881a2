"""Watching an upload before it is complete."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest

from tests.media.tampering import claim_duration
from tests.support.video import make_video, noisy_frame
from tests.support.waiting import LONGEST_S, until
from tests.support.working import ENCODED_WITHIN_S, Working, children
from webapp.config import Settings
from webapp.errors import Invalid
from webapp.events import Status
from webapp.history import Recorder
from webapp.pipeline import plan
from webapp.storage.local import LONGEST_HELD_S
from webapp.videos import Video

PIECE_BYTES = 16 * 1024
FRAMES = 200
FASTSTART = {"movflags": "faststart"}
FRAGMENTED = "frag_keyframe+empty_moov+default_base_moof"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An upload may stand still for longer than anybody here waits for what comes of its beginning."""
    return settings.model_copy(update={"upload_idle_s": 2 * LONGEST_S})


@dataclass
class Slow:
    """An upload of which a part comes, and the rest when it is told to."""

    data: bytes
    share: float
    breaks: bool = False
    on: asyncio.Event = field(default_factory=asyncio.Event)

    async def chunks(self) -> AsyncIterator[bytes]:
        held = int(len(self.data) * self.share)
        for start in range(0, held, PIECE_BYTES):
            if start + PIECE_BYTES >= held:
                await asyncio.sleep(LONGEST_HELD_S)  # with the next piece, all that came is written
            yield self.data[start : min(start + PIECE_BYTES, held)]
        await self.on.wait()
        if self.breaks:
            raise Invalid("upload_stalled", "The file stopped coming.")
        yield self.data[held:]


async def wait_for_more(recorder: Recorder) -> None:
    """Where processing would begin: these tests say themselves when."""


async def begin(working: Working, slow: Slow) -> tuple[str, Awaitable[Video]]:
    uploads = working.parts.uploads
    video = await uploads.create("clip")
    receiving = uploads.receive(video.id, slow.chunks(), len(slow.data), then=wait_for_more)
    return video.id, asyncio.create_task(receiving)


async def playable(working: Working, video_id: str) -> Video:
    video = await working.video(video_id)

    async def look() -> None:
        nonlocal video
        video = await working.video(video_id)

    await until(lambda: video.playable, look=look)
    return video


async def ready_with(
    frames: int, working: Working, video_id: str, slow: Slow, receiving: Awaitable[Video]
) -> None:
    """The rest comes, and the run after it shows each frame of it all."""
    slow.on.set()
    await receiving
    await working.control.process(video_id)
    assert (await working.ended(video_id)).status is Status.READY
    package = working.package(video_id)
    assert package.variants
    for variant in package.variants:
        assert [shown.number for shown in package.frames(variant.uri)] == list(range(frames))


Clip = Callable[[str], Path]


def remuxed(source: Path, target: Path, flags: str = "") -> Path:
    """The same packets in another container, or one written otherwise, as ffmpeg does it."""
    written = ["-movflags", flags] if flags else []
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-c", "copy", *written]
    subprocess.run([*command, str(target)], check=True, timeout=60)
    return target


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """Makes 20 s that are many bytes: "copyable.mp4", "vp9.webm", "444.mp4", "back.mp4"."""
    folder, made = tmp_path_factory.mktemp("early"), dict[str, Path]()
    changes: dict[str, dict[str, Any]] = {
        "copyable.mp4": {"container_options": FASTSTART},
        "encoded-sound.mkv": {"audio": "mp3", "sample_rate": 44_100},
        "444.mp4": {"container_options": FASTSTART, "pixel_format": "yuv444p"},
        "vp9.webm": {
            "codec": "libvpx-vp9",
            "options": {"deadline": "realtime", "cpu-used": "8"},
            "audio": "libopus",
        },
        # Of a transport stream libavformat looks at the first megabyte.
        "many-bytes.mp4": {"width": 320, "height": 180, "options": {"preset": "ultrafast", "crf": "10"}},
        "back.mp4": {},
        # The sound goes on for 8 s: the last frame is held.
        "broken-off.mp4": {"container_options": FASTSTART, "sound_spans_s": [(0, 28)]},
        "broken-off-444.mp4": {
            "container_options": FASTSTART,
            "pixel_format": "yuv444p",
            "sound_spans_s": [(0, 28)],
        },
    }

    others = {
        "copyable.ts": ("many-bytes.mp4",),
        "in-fragments.mp4": ("copyable.mp4", FRAGMENTED),
        "in-fragments-444.mp4": ("444.mp4", f"{FRAGMENTED}+global_sidx"),
    }

    def make(name: str) -> Path:
        if name in others and name not in made:
            source, *flags = others[name]
            made[name] = remuxed(make(source), folder / name, *flags)
        if name not in made:
            usual: dict[str, Any] = {"width": 160, "height": 96, "options": {"preset": "ultrafast"}}
            made[name] = make_video(
                folder / name, seconds=20, rate=10, gop=20, picture=noisy_frame, **(usual | changes[name])
            )
        return made[name]

    return make


def lengths_in(playlist: Path) -> list[int]:
    """How long each segment is, in whole seconds; nothing if there is no list."""
    lines = playlist.read_text().splitlines() if playlist.exists() else []
    return [round(float(line[8:].rstrip(","))) for line in lines if line.startswith("#EXTINF:")]


@pytest.mark.parametrize(
    ("name", "rendition"),
    [
        ("copyable.mp4", "copy"),
        ("encoded-sound.mkv", "copy"),
        ("copyable.ts", "copy"),
        ("444.mp4", "96p"),
        ("vp9.webm", "96p"),
        ("in-fragments.mp4", "copy"),
        ("in-fragments-444.mp4", "96p"),
        ("broken-off.mp4", "copy"),
        ("broken-off-444.mp4", "96p"),
    ],
)
async def test_it_can_be_watched_before_it_is_complete(
    working: Working, clip: Clip, name: str, rendition: str
) -> None:
    await watched_before_it_is_complete(working, clip(name).read_bytes(), rendition)


async def test_what_takes_long_to_encode_can_be_watched_in_a_sketch(
    working: Working, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "LONGER_THAN_FULL_HD", 0)
    await watched_before_it_is_complete(working, clip("444.mp4").read_bytes(), "sketch")


async def watched_before_it_is_complete(working: Working, upload: bytes, rendition: str) -> None:
    slow = Slow(upload, share=0.7)
    video_id, receiving = await begin(working, slow)
    video = await playable(working, video_id)
    assert (video.status, video.published_run, video.run) == (Status.UPLOADING, 1, 0)
    playlist = working.folder(video_id) / f"hls/r1/{rendition}/playlist.m3u8"
    early = playlist.read_text().count("#EXTINF")
    sound = working.folder(video_id) / "hls/r1/copy_audio/playlist.m3u8"
    early_sound = lengths_in(sound)
    assert "You can watch already, while it is still uploading" in await working.page(video_id)
    slow.on.set()
    await receiving
    assert (await working.video(video_id)).playable and not children()
    await working.control.process(video_id)
    lengths = [early]
    run = await working.run(video_id)

    async def watch() -> None:
        nonlocal run
        run = await working.run(video_id)
        assert (await working.video(video_id)).playable
        lengths.append(playlist.read_text().count("#EXTINF"))

    await until(lambda: run.status is not Status.PROCESSING, ENCODED_WITHIN_S, watch)
    assert run.status is Status.READY and run.playable_s == 0 and run.replaces == 0
    assert early and lengths == sorted(lengths)
    # Copied sound is cut the same way whether or not the upload says how long it is: the run writes it again.
    assert early_sound[:2] in ([], [2], [2, 4])
    assert lengths_in(sound)[: len(early_sound)] == early_sound
    messages = [event.message for event in await working.events(video_id)]
    assert "Can be watched while it is still uploading" in messages
    package = working.package(video_id)
    assert package.variants
    for variant in package.variants:
        shown = [shown.number for shown in package.frames(variant.uri)]
        assert shown[:FRAMES] == list(range(FRAMES)) and set(shown[FRAMES:]) <= {FRAMES - 1}


async def test_a_claim_that_proves_wrong_costs_nothing_but_the_early_work(
    working: Working, clip: Clip, tmp_path: Path
) -> None:
    liar = tmp_path / "liar.mp4"
    liar.write_bytes(clip("444.mp4").read_bytes())
    # Ticks of the picture, which the run does not believe: it looks at the last packets.
    slow = Slow(claim_duration(liar, 3).read_bytes(), share=0.7)
    video_id, receiving = await begin(working, slow)
    await playable(working, video_id)
    await ready_with(FRAMES, working, video_id, slow, receiving)


async def test_the_upload_itself_comes_first_where_the_disk_is_too_small_for_both(
    working: Working, clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(clip("copyable.mp4").read_bytes(), share=0.7)
    video_id, receiving = await begin(working, slow)
    await playable(working, video_id)
    usage = shutil.disk_usage(working.folder(video_id))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=len(slow.data) // 5))
    made = working.folder(video_id) / "hls"
    await until(lambda: not any(path.is_file() for path in made.rglob("*")) and not children())
    assert not (await working.video(video_id)).playable
    slow.on.set()
    await receiving
    monkeypatch.undo()
    await working.control.process(video_id)
    assert (await working.ended(video_id)).status is Status.READY


async def test_what_breaks_off_leaves_nothing(working: Working, clip: Clip) -> None:
    slow = Slow(clip("copyable.mp4").read_bytes(), share=0.7, breaks=True)
    video_id, receiving = await begin(working, slow)
    await playable(working, video_id)
    slow.on.set()
    with pytest.raises(Invalid):
        await receiving
    video = await working.video(video_id)
    assert (video.status, video.playable) == (Status.FAILED, False)
    files = [path for path in working.folder(video_id).rglob("*") if path.is_file()]
    assert not files and not children() and not working.scratch("*")


@pytest.mark.parametrize("name", ["late.mp4", "late.mkv"])
async def test_the_sound_before_a_late_picture_is_heard_at_once_too(
    working: Working, tmp_path: Path, name: str
) -> None:
    times = [4 * 25 + number for number in range(FRAMES)]
    made = make_video(
        tmp_path / f"made-{name}",
        rate=25,
        times=times,
        gop=20,
        picture=noisy_frame,
        sound_spans_s=[(0, 4 + FRAMES / 25)],
    )
    source = remuxed(made, tmp_path / name, "faststart" if name.endswith("mp4") else "")
    slow = Slow(source.read_bytes(), share=0.9)
    video_id, receiving = await begin(working, slow)
    early = await playable(working, video_id)
    assert early.status is Status.UPLOADING
    package = working.package(video_id)
    first = next(iter(package.frames(package.variants[0].uri)))
    assert first.number == 0 and first.second == 0
    slow.on.set()
    await receiving
    await working.control.process(video_id)
    run = await working.ended(video_id)
    assert run.status is Status.READY and run.playable_s == 0
    package = working.package(video_id)
    for variant in package.variants:
        numbers = [frame.number for frame in package.frames(variant.uri)]
        assert numbers == [0, 0, *range(1, FRAMES)]  # once more where the second segment begins


async def test_the_page_says_why_it_has_to_be_complete_first(working: Working, clip: Clip) -> None:
    slow = Slow(clip("back.mp4").read_bytes(), share=0.7)
    video_id, receiving = await begin(working, slow)
    page = ""

    async def look() -> None:
        nonlocal page
        page = await working.page(video_id)

    why = "the index of this file is at its end"
    await until(lambda: f"here once the upload is complete: {why}" in page, look=look)
    assert "as soon as its beginning is encoded" not in page
    assert (await working.document(video_id))["watchableLaterBecause"] == why
    slow.on.set()
    await receiving
    assert "watchableLaterBecause" not in await working.document(video_id)
    assert "once the upload is complete" not in (await working.page(video_id)).partition("h-log")[0]
    await working.control.process(video_id)
    assert (await working.ended(video_id)).status is Status.READY


async def test_a_video_that_is_deleted_meanwhile_leaves_nothing(working: Working, clip: Clip) -> None:
    slow = Slow(clip("copyable.mp4").read_bytes(), share=0.7)
    video_id, receiving = await begin(working, slow)
    await playable(working, video_id)
    await working.control.delete(video_id)
    slow.on.set()
    with pytest.raises(Exception, match=r"."):
        await receiving
    assert not working.folder(video_id).exists() and not children()
