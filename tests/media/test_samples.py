"""Real files, as cameras, phones and encoders made them: nothing missing, nothing moved, in sync."""

import contextlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.stream import VideoStream

from tests.support.hls import ffmpeg_complaints
from webapp.media.facts import Facts, VideoTrack

from .decoding import Rendition, assert_joined
from .encoding import encode_picture, encode_sound, facts_of
from .hearing import lag_s, sound_of

# Upright size in square pixels, and whether there is sound.
SAMPLES = {
    "av1_aac.mp4": (1080, 720, True),
    "bigbuckbunny.mp4": (1280, 720, True),
    "bikes.mp4": (640, 272, False),
    "corrupted.mp4": (1280, 720, False),
    "h263_bad_utf8_metadata.3gp": (384, 288, True),
    "h264_aac_240p_27s.mp4": (427, 240, True),
    "hdr10_hevc_vfr.mp4": (1920, 1080, True),
    "mpeg2_1080_audio_mp2.ts": (1920, 1080, True),
    "mpeg4_mp3.avi": (960, 400, True),
    "odd_audio.mp4": (640, 360, True),
    "phone_portrait_4k60_vfr.mp4": (2160, 3840, True),
    "ssa_subtitles.mkv": (1080, 720, True),
    "vp8_vorbis_vfr_45s.webm": (480, 270, True),
    "vp9_odd_161x121.webm": (161, 121, False),
}
IN_SYNC_S = 0.02
LONGER_S = 0.2  # than the picture, as some of this sound is
# Sides are made even, the smaller one by up to 2 pixels of 144 or less.
SAME_ASPECT = 0.02


@pytest.mark.parametrize("name", SAMPLES)
def test_every_frame_and_sound_of_a_real_file_comes_out(
    sample: Callable[[str], Path], name: str, tmp_path: Path
) -> None:
    source = sample(name)
    width, height, has_sound = SAMPLES[name]
    facts = facts_of(source)
    assert (facts.video.width, facts.video.height) == (width, height)
    assert (facts.audio is not None) == has_sound
    picture = encode_picture(source, tmp_path, facts, smallest=True).top
    assert picture.times == times_in(source, facts.video)
    assert_joined(picture)
    assert picture.end() == pytest.approx(facts.duration_s, abs=1 / float(facts.video.rate.fraction))
    first = picture.frames[0].frame
    assert first.width / first.height == pytest.approx(width / height, rel=SAME_ASPECT)
    assert complaints(picture, tmp_path / "picture.mp4") == ""
    if has_sound:
        assert_in_sync(source, facts, tmp_path)


def assert_in_sync(source: Path, facts: Facts, folder: Path) -> None:
    track = encode_sound(source, folder, facts).track
    assert track is not None
    sound = Rendition(folder, track)
    assert_joined(sound)
    assert facts.duration_s <= sound.end() < facts.duration_s + LONGER_S
    assert abs(lag_s(sound.wave(), sound_of(source, facts))) < IN_SYNC_S
    assert complaints(sound, folder / "sound.mp4") == ""


def times_in(source: Path, video: VideoTrack) -> list[Fraction]:
    """When each frame that can be decoded is shown, from the first on."""
    ticks = []
    with av.open(str(source), metadata_errors="replace") as container:
        stream = container.streams[video.stream]
        assert isinstance(stream, VideoStream)
        for packet in container.demux(stream):
            with contextlib.suppress(av.FFmpegError):
                ticks += [frame.pts for frame in packet.decode() if frame.pts is not None]
    return [(tick - ticks[0]) * video.time_base.fraction for tick in ticks]


def complaints(rendition: Rendition, whole: Path) -> str:
    whole.write_bytes(rendition.data())
    return ffmpeg_complaints(str(whole))


def test_a_real_file_of_sound_alone_is_heard(sample: Callable[[str], Path], tmp_path: Path) -> None:
    source = sample("audio_only_two_tracks.mp4")
    facts = facts_of(source)
    assert facts.picture is None
    assert_in_sync(source, facts, tmp_path)
