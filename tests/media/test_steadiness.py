"""Sound whose times waver is whole, and where something is really missing it goes on at its time."""

from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from tests.support.video import SAMPLE_RATE
from webapp.media.steadiness import Steadiness

from .decoding import Rendition
from .encoding import encode_sound

SIZE, FRAMES = 1024, 300  # samples of a frame, and frames: six seconds
MS = SAMPLE_RATE // 1000

# By how many milliseconds each frame's time is off.
WAVERING: dict[str, Callable[[int], float]] = {
    "two of one buffer": lambda number: -20 * (number % 2),
    "three of one buffer": lambda number: -21 * (number % 3),
    "eight of one buffer, which come late": lambda number: 60 * (number // 8 % 2) - 5 * (number % 8),
    "each as it came": lambda number: Random(number).uniform(-20, 20),
    "one alone": lambda number: 400 * (number == 100),
    "the first": lambda number: 60 * (number == 0),
}


def frames(off_ms: Callable[[int], float], rate: int = SAMPLE_RATE) -> list[tuple[AudioFrame, int]]:
    made = []
    for number in range(FRAMES):
        frame = AudioFrame("fltp", "mono", SIZE)
        frame.sample_rate = rate
        made.append((frame, round(number * SIZE * SAMPLE_RATE / rate + off_ms(number) * MS)))
    return made


def places(given: Iterable[tuple[AudioFrame, int]], codec: str = "aac") -> list[int]:
    return [position for _, position in Steadiness(codec).placed(given)]


@pytest.mark.parametrize("rate", [SAMPLE_RATE, 44_100, 22_050])
@pytest.mark.parametrize("kind", WAVERING)
def test_frames_whose_times_waver_follow_one_another(kind: str, rate: int) -> None:
    placed = list(Steadiness("aac").placed(frames(WAVERING[kind], rate)))
    settled = [position for _, position in placed[1:]]
    steps = {round(step * rate / SAMPLE_RATE) for step in np.diff(settled)}
    assert steps <= {SIZE - 1, SIZE, SIZE + 1}
    # Each says so by its own time.
    for frame, position in placed:
        assert frame.pts is not None and frame.time_base is not None
        assert float(frame.pts * frame.time_base) == pytest.approx(position / SAMPLE_RATE, abs=1 / rate)


@pytest.mark.parametrize("hole_ms", [12, 50, 500, 5_000, -12, -50, -500])
def test_what_lasts_is_followed_at_once(hole_ms: float) -> None:
    given = frames(lambda number: hole_ms * (number >= 100))
    assert places(given) == [start for _, start in given]


def test_holes_soon_after_one_another_are_where_they_are() -> None:
    given = frames(lambda number: 24 * (number >= 100) + 48 * (number >= 110) + 24 * (number >= 113))
    assert places(given) == [start for _, start in given]


def test_a_frame_that_is_astray_just_before_a_hole_does_no_harm() -> None:
    given = frames(lambda number: -40 * (number == 99) + 50 * (number >= 100))
    placed = places(given)
    assert placed[99] == 99 * SIZE and placed[100:] == [start for _, start in given][100:]


def test_a_hole_at_the_very_end_is_one_too() -> None:
    given = frames(lambda number: 200 * (number >= FRAMES - 2))
    assert places(given) == [start for _, start in given]


def test_a_hole_where_times_waver_is_one_too_and_nothing_else_is() -> None:
    given = frames(lambda number: Random(number).uniform(-15, 15) + 300 * (number >= 150))
    steps = np.diff(places(given)) - SIZE
    (hole,) = np.flatnonzero(np.abs(steps) > 1)
    assert abs(hole - 149) <= 1 and steps[hole] == pytest.approx(300 * MS, abs=20 * MS)


def test_a_clock_that_is_slow_is_followed_in_small_steps() -> None:
    given = frames(lambda number: number / 10)
    late = np.array(places(given)) - [start for _, start in given]
    assert np.abs(late).max() <= 11 * MS and abs(late[-1]) <= 11 * MS


def test_little_is_left_alone() -> None:
    given = frames(lambda number: 9 * (number >= 100))
    assert places(given) == [number * SIZE for number in range(FRAMES)]
    vorbis = frames(lambda number: 28 * (number >= 100))
    assert places(vorbis, "vorbis") == [number * SIZE for number in range(FRAMES)]


def test_where_the_rate_changes_frames_follow_one_another_too() -> None:
    given = frames(lambda number: 0)
    for frame, _ in given[100:]:
        frame.sample_rate = SAMPLE_RATE * 2
    given[100:] = [(frame, 100 * SIZE + number * SIZE // 2) for number, (frame, _) in enumerate(given[100:])]
    assert places(given) == [start for _, start in given]


def tone(path: Path, off_ms: Callable[[int], float]) -> Path:
    """A tone of 440 Hz in AAC."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        assert isinstance(stream, AudioStream)
        packets = []
        for number in range(FRAMES):
            moments = np.arange(number * SIZE, (number + 1) * SIZE) / SAMPLE_RATE
            wave = 0.5 * np.sin(2 * np.pi * 440 * moments, dtype=np.float32)
            frame = AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE, number * SIZE
            packets += stream.encode(frame)
        packets += stream.encode(None)
        for number, packet in enumerate(packets):
            assert packet.pts is not None and packet.time_base is not None
            packet.pts = packet.dts = packet.pts + round(off_ms(number) / 1000 / packet.time_base)
            container.mux(packet)
    return path


def breaks(wave: np.ndarray) -> int:
    """How often a tone of 440 Hz is interrupted: each sample of one follows from the two before."""
    turn = 2 * np.cos(2 * np.pi * 440 / SAMPLE_RATE)
    inner = wave[SAMPLE_RATE // 2 : -SAMPLE_RATE // 2]
    apart = np.abs(inner[2:] - turn * inner[1:-1] + inner[:-2])
    places = np.flatnonzero(apart > 0.02)
    return int(np.count_nonzero(np.diff(places, prepend=-SIZE) > SIZE // 4))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_tone_stays_one(tmp_path: Path, name: str) -> None:
    source = tone(tmp_path / name, lambda number: 20 * (number % 2))
    track = encode_sound(source, tmp_path / "out").track
    assert track is not None
    wave = Rendition(tmp_path / "out", track).wave()[0]
    assert len(wave) > (FRAMES - 3) * SIZE and breaks(wave) == 0


SLOWLY: dict[str, Callable[[int], float]] = {
    "25 ms in 8 s": lambda number: 25 * np.sin(2 * np.pi * number * SIZE / SAMPLE_RATE / 8),
    "80 ms in 3 s": lambda number: 80 * np.sin(2 * np.pi * number * SIZE / SAMPLE_RATE / 3),
    "a clock that is set right every 5 s": lambda number: (number * SIZE / SAMPLE_RATE * 20) % 100,
}


@pytest.mark.parametrize("kind", SLOWLY)
def test_times_that_waver_slowly_are_followed_only_until_they_turn(kind: str) -> None:
    """Until then nobody can tell them from those of a clock that is fast or slow."""
    steps = np.diff(places(frames(SLOWLY[kind]) + later(frames(SLOWLY[kind]), 3)))
    corrected = np.flatnonzero(np.abs(steps - SIZE) > 1)
    assert len(corrected) <= 12
    assert not len(corrected) or corrected[-1] * SIZE / SAMPLE_RATE < 6


def later(given: list[tuple[AudioFrame, int]], times: int) -> list[tuple[AudioFrame, int]]:
    """The same frames again and again."""
    length = FRAMES * SIZE
    return [(frame, start + length * again) for again in range(1, times + 1) for frame, start in given]


@pytest.mark.parametrize("holes_ms", [[80], [45, 45], [300]])
@pytest.mark.parametrize("jitter_ms", [5, 12, 40])
def test_what_is_missing_where_times_jump_is_filled_in(holes_ms: list[int], jitter_ms: int) -> None:
    def off_ms(number: int) -> float:
        missing = sum(ms for place, ms in enumerate(holes_ms, start=1) if number >= 80 * place)
        return Random(number).uniform(-jitter_ms, jitter_ms) + missing

    late = np.array(places(frames(off_ms))) - np.arange(FRAMES) * SIZE
    for place in range(len(holes_ms) + 1):
        missing = sum(holes_ms[:place]) * MS
        settled = late[80 * place + 12 : 80 * (place + 1) - 48]
        assert np.abs(settled - missing).max() <= 25 * MS
