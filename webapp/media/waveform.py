"""Draws the waveform of sound alone, which stands where a video has its poster."""

from collections.abc import Iterator
from pathlib import Path

from av.audio.resampler import AudioResampler
from av.video.frame import VideoFrame

from . import jpeg
from .aac import SAMPLE_RATE
from .answers import Progress, Still
from .failures import Unprocessable
from .jobs import WaveformJob
from .sound import Sound
from .source import open_upload

WIDTH, HEIGHT = 1280, 720  # the shape that the library and the player have room for
BAR, GAP = 5, 3  # pixels
BARS = WIDTH // (BAR + GAP)
TALLEST, SHORTEST = 440, 4  # pixels of a bar
BACKGROUND, FOREGROUND = b"\x13\x15\x17", b"\x56\xc7\xb6"
# Enough to see how loud it is: 8 bits, of which `max` needs 10 ns each.
RATE = 8000
SILENCE = 128  # of unsigned bytes
QUIETEST = 8  # a recording below this is not made to look loud


def make(job: WaveformJob) -> Iterator[Progress | Still]:
    """Writes the picture; Progress comes every second of sound, as a sign of life.

    Raises:
        Unprocessable: "undecodable".
    """
    peaks = [0] * BARS
    samples_a_bar = max(1, int(job.facts.duration_s * RATE / BARS))
    resampler, taken = AudioResampler("u8", "mono", RATE), 0
    with open_upload(job.source, job.limits) as container:
        sound = Sound(container, job.facts, SAMPLE_RATE, limits=job.limits)
        for second, frame in enumerate(sound.frames()):
            for small in resampler.resample(frame):
                taken = _note(peaks, bytes(small.planes[0])[: small.samples], taken, samples_a_bar)
            yield Progress(frames=second)
    if not taken:
        raise Unprocessable("undecodable", "no sound for a waveform")
    Path(job.target).write_bytes(jpeg.encoded(drawn(peaks)))
    yield Still(width=WIDTH, height=HEIGHT)


def _note(peaks: list[int], sound: bytes, taken: int, samples_a_bar: int) -> int:
    """Raises the peaks of the bars that `sound` falls into; returns how much was taken by then."""
    while sound:
        bar = min(taken // samples_a_bar, BARS - 1)
        room = samples_a_bar - taken % samples_a_bar
        piece, sound = sound[:room], sound[room:]
        peaks[bar] = max(peaks[bar], max(piece) - SILENCE, SILENCE - min(piece))
        taken += len(piece)
    return taken


def drawn(peaks: list[int]) -> VideoFrame:
    """A picture with a bar for each peak, the loudest as tall as can be."""
    loudest = max(QUIETEST, *peaks)
    halves = [max(SHORTEST, TALLEST * peak // loudest) // 2 for peak in peaks]
    gap = BACKGROUND * GAP
    rows = []
    for row in range(HEIGHT):
        distance = abs(row - HEIGHT // 2)
        rows.append(b"".join((FOREGROUND if distance <= half else BACKGROUND) * BAR + gap for half in halves))
    frame = VideoFrame(WIDTH, HEIGHT, "rgb24")
    assert frame.planes[0].line_size == len(rows[0])
    frame.planes[0].update(b"".join(rows))
    return frame
