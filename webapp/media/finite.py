"""Samples that are no numbers, or beyond all measure, as recordings in floats may have them."""

from array import array

from av.audio.frame import AudioFrame

# IEEE 754 binary32, whose last byte in memory is the sign and the upper seven bits of the exponent: from here
# on 2 ** 49 and more, infinity and NaN. The AAC encoder refuses frames whose spectrum comes near 1e16.
IMMEASURABLE = 0x58
MEASURABLE = bytes(byte for byte in range(256) if byte & 0x7F < IMMEASURABLE)
SAMPLE_BYTES = 4


def finite(frame: AudioFrame) -> AudioFrame:
    """The frame, of planes of floats; silent where a sample is not to be measured."""
    for plane in frame.planes:
        data = bytes(plane)
        # 2 µs for 1024 samples; to look at each in Python takes 30.
        if data[SAMPLE_BYTES - 1 :: SAMPLE_BYTES].translate(None, MEASURABLE):
            plane.update(_silenced(data))
    return frame


def _silenced(data: bytes) -> bytes:
    samples = array("f", data)
    uppermost = data[SAMPLE_BYTES - 1 :: SAMPLE_BYTES]
    for place, byte in enumerate(uppermost):
        if byte & 0x7F >= IMMEASURABLE:
            samples[place] = 0
    return samples.tobytes()
