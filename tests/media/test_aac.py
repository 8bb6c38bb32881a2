"""AAC-LC in its two wrappings."""

import pytest

from webapp.media.aac import Config, config_of, has_header, without_header

FRAME = b"\x21\x4c\x6c\xfe"
STEREO_48K, MONO_44K = b"\x11\x90", b"\x12\x08"


def adts(profile: int = 2, rate: int = 3, channels: int = 2, checksum: bytes = b"") -> bytes:
    """A frame with a header of 7 bytes, or 9 with a checksum."""
    length = 7 + len(checksum) + len(FRAME)
    fields = (0xFFF << 44) | (not checksum) << 40 | (profile - 1) << 38 | rate << 34 | channels << 30
    return (fields | length << 13 | 0x1FFC).to_bytes(7) + checksum + FRAME


@pytest.mark.parametrize(
    ("data", "rate", "channels"),
    [(STEREO_48K, 48_000, 2), (MONO_44K, 44_100, 1), (STEREO_48K + b"\x56\xe5\x00", 48_000, 2)],
)
def test_a_configuration_says_rate_and_channels(data: bytes, rate: int, channels: int) -> None:
    assert Config.parse(data) == (data, rate, channels)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x11",
        b"\x2b\x92",  # HE-AAC
        b"\x11\xb0",  # 5.1
        b"\x11\x80",  # channels described elsewhere
        b"\x11\x94",  # frames of 960 samples
        b"\x17\x90",  # a rate of its own
        b"\x10\x10",  # 96 kHz
    ],
)
def test_anything_but_plain_mono_or_stereo_is_refused(data: bytes) -> None:
    assert Config.parse(data) is None


def test_a_header_amounts_to_a_configuration() -> None:
    assert config_of(adts()) == (STEREO_48K, 48_000, 2)
    assert config_of(adts(rate=4, channels=1)) == (MONO_44K, 44_100, 1)
    assert config_of(adts(profile=1)) is None
    assert config_of(FRAME * 4) is None


@pytest.mark.parametrize("checksum", [b"", b"\xab\xcd"])
def test_the_frame_is_what_comes_after_the_header(checksum: bytes) -> None:
    assert has_header(adts(checksum=checksum))
    assert without_header(adts(checksum=checksum)) == FRAME
    assert without_header(FRAME) == FRAME
