"""Makes small videos, so that tests need no files from elsewhere and know what is in each frame."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

SAMPLE_RATE = 48_000
BEEP_S = 0.1


@dataclass
class VideoSpec:
    """What to make.

    Attributes:
        times: when each frame is shown, in ticks of `time_base`; evenly at `rate` if not given.
        gop: frames between keyframes.
        picture: what the frame of this number, width and height shows.
        audio: codec of the sound: a beep at each full second, silence between; None for none.
        sound_spans_s: from where to where there are samples of it, on the timeline of `times`; if not
            given, from 0 for `seconds`.
    """

    width: int = 320
    height: int = 180
    seconds: float = 3.0
    rate: int | Fraction = 25
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    gop: int = 50
    picture: Callable[[int, int, int], VideoFrame] = field(default_factory=lambda: numbered_frame)
    audio: str | None = "aac"
    channels: str = "stereo"
    sample_rate: int = SAMPLE_RATE
    sound_spans_s: list[tuple[float, float]] | None = None
    time_base: Fraction | None = None
    times: list[int] | None = None
    options: dict[str, str] = field(default_factory=dict)
    container_options: dict[str, str] = field(default_factory=dict)


def make_video(path: Path, spec: VideoSpec | None = None, **changes: Any) -> Path:
    """Writes a video to `path`, whose extension says the container; every frame shows its own number."""
    spec = spec or VideoSpec(**changes)
    with av.open(str(path), "w", options=spec.container_options) as container:
        video = container.add_stream(spec.codec, rate=spec.rate, options=spec.options)
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = spec.width, spec.height, spec.pixel_format
        video.codec_context.gop_size = spec.gop
        video.codec_context.thread_count = 1  # else some encoders write other bytes for each number of cores
        if spec.time_base:
            video.codec_context.time_base = spec.time_base
        sound: AudioStream | None = None
        if spec.audio:
            stream = container.add_stream(spec.audio, rate=spec.sample_rate, layout=spec.channels)
            assert isinstance(stream, AudioStream)
            sound = stream
        times = spec.times or list(range(round(spec.seconds * spec.rate)))
        for number, time in enumerate(times):
            frame = spec.picture(number, spec.width, spec.height).reformat(format=spec.pixel_format)
            frame.pts = time
            frame.time_base = spec.time_base or Fraction(1, spec.rate)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if sound:
            for span_s in spec.sound_spans_s or [(0, spec.seconds)]:
                mux_beeps(container, sound, *span_s)
            container.mux(sound.encode(None))
    return path


def numbered_frame(number: int, width: int, height: int) -> VideoFrame:
    """A frame that shows `number` as 12 black or white stripes, and something moving below them."""
    picture = np.full((height, width, 3), 96, dtype=np.uint8)
    stripe = width // 12
    for bit in range(12):
        picture[: height // 2, bit * stripe : (bit + 1) * stripe] = 235 if number >> bit & 1 else 16
    left = number * 7 % max(1, width - 40)
    picture[height // 2 + 8 : height - 8, left : left + 40] = (200, 80, 40)
    return VideoFrame.from_ndarray(picture, format="rgb24")


def noisy_frame(number: int, width: int, height: int) -> VideoFrame:
    """The same, but it takes many bytes."""
    picture = numbered_frame(number, width, height).to_ndarray()
    rows = picture[height // 2 + 8 :]
    rows[:] = np.random.default_rng(number).integers(0, 255, rows.shape, dtype=np.uint8)
    return VideoFrame.from_ndarray(picture, format="rgb24")


def number_of(frame: VideoFrame) -> int:
    """The number that a frame shows, at whatever size it was scaled to."""
    luma = frame.reformat(format="gray").to_ndarray()
    height, width = luma.shape
    stripe = width / 12
    return sum(1 << bit for bit in range(12) if luma[height // 4, round((bit + 0.5) * stripe)] > 127)


def mux_beeps(container: Any, sound: AudioStream, begin_s: float, end_s: float) -> None:
    rate, size = sound.codec_context.sample_rate, 1024
    begin, end = round(begin_s * rate), round(end_s * rate)
    moments = np.arange(begin, end) / rate
    wave = np.where(moments % 1 < BEEP_S, 0.5 * np.sin(2 * np.pi * 1000 * moments), 0).astype(np.float32)
    channels = sound.codec_context.layout.nb_channels
    for start in range(0, end - begin, size):
        part = np.tile(wave[start : start + size], (channels, 1))
        frame = AudioFrame.from_ndarray(part, format="fltp", layout=sound.codec_context.layout.name)
        frame.sample_rate, frame.pts, frame.time_base = rate, begin + start, Fraction(1, rate)
        container.mux(sound.encode(frame))
