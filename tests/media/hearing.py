"""What is to be heard in decoded sound: where beeps start, where it is silent, how late it is."""

from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from tests.support.video import SAMPLE_RATE
from webapp.media.facts import Facts

# Of a wave between -1 and 1. A beep is 0.5 loud; an encoder makes a little noise where there was none.
LOUD, QUIET = 0.1, 0.02
SHORTEST_PAUSE_S = 0.2

Wave = NDArray[np.float32]


def beeps(wave: Wave) -> list[float]:
    """The seconds at which each beep starts."""
    loud = np.flatnonzero(np.abs(wave).max(axis=0) > LOUD)
    if not loud.size:
        return []
    starts = loud[np.concatenate([[True], np.diff(loud) > SHORTEST_PAUSE_S * SAMPLE_RATE])]
    return [float(start) / SAMPLE_RATE for start in starts]


def is_silent(wave: Wave, begin_s: float, end_s: float) -> bool:
    part = wave[:, round(begin_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    assert part.size
    return float(np.abs(part).max()) < QUIET


def duration_s(wave: Wave) -> float:
    return float(wave.shape[1] / SAMPLE_RATE)


def sound_of(source: Path, facts: Facts) -> Wave:
    """The sound of a file as (1, samples), from the first picture on, each frame where its time puts it.

    Of Vorbis, one behind the other: its times may be those at which blocks of two sizes end.
    """
    assert facts.audio is not None
    zero_s = float(facts.zero_s)
    wave = np.zeros((1, round((facts.duration_s + 1) * SAMPLE_RATE)), np.float32)
    end: int | None = None
    resampler = AudioResampler("fltp", "mono", SAMPLE_RATE)
    with av.open(str(source), metadata_errors="replace") as container:
        stream = container.streams[facts.audio.stream]
        assert isinstance(stream, AudioStream)
        for frame in container.decode(stream):
            for part in resampler.resample(frame):
                assert part.time is not None
                begin = round((part.time - zero_s) * SAMPLE_RATE)
                if stream.codec_context.name == "vorbis":
                    begin = begin if end is None else end
                    end = begin + part.samples
                samples = part.to_ndarray()[:, max(0, -begin) :]
                room = wave[:, max(0, begin) :][:, : samples.shape[1]]
                room[:] = samples[:, : room.shape[1]]
    return wave


def lag_s(wave: Wave, reference: Wave) -> float:
    """By how many seconds a sound is later than another: where they are most alike."""
    one, other = wave.mean(axis=0), reference.mean(axis=0)
    size = 1 << (len(one) + len(other)).bit_length()
    spectrum = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    lag = int(np.argmax(np.fft.irfft(spectrum, size)))
    return (lag - size if lag > size // 2 else lag) / SAMPLE_RATE
