"""H.264 in its two wrappings."""

import pytest

from webapp.media.avc import Configuration, ConfigurationChanged, ConfigurationMissing, annex_b_units

SPS, PPS = b"\x67\x64\x00\x0c\xac\xd9\x41", b"\x68\xeb\xe3\xcb"
OTHER_PPS, DELIMITER = b"\x68\xeb\xe3\xcc", b"\x09\xf0"
IDR, SLICE, SEI = b"\x65\x88\x84", b"\x41\x9a\x26", b"\x06\x05\x01"
LONG, SHORT = b"\0\0\0\1", b"\0\0\1"


def sized(*units: bytes, size: int = 4) -> bytes:
    return b"".join(len(unit).to_bytes(size) + unit for unit in units)


def record(size: int = 4) -> bytes:
    head = bytes((1, *SPS[1:4], 0xFC | size - 1, 0xE1))
    return head + sized(SPS, size=2) + b"\1" + sized(PPS, size=2) + b"\xfd\xf8\xf8\0"


ANNEX_B = LONG + SPS + LONG + PPS


def test_annex_b_is_taken_apart_at_start_codes_of_either_length() -> None:
    data = LONG + DELIMITER + SHORT + SPS + b"\0\0" + SHORT + SHORT + IDR + b"\0"
    assert list(annex_b_units(data)) == [DELIMITER, SPS, IDR]
    assert list(annex_b_units(b"no start code")) == []


def test_both_wrappings_amount_to_the_same_record() -> None:
    assert Configuration(ANNEX_B).record == Configuration(record()).record == record()


@pytest.mark.parametrize("profile", [66, 77])
def test_only_the_high_profile_says_how_its_colours_are_stored(profile: int) -> None:
    sps = bytes((SPS[0], profile, *SPS[2:]))
    assert Configuration(LONG + sps + LONG + PPS).record.endswith(PPS)


def test_a_sample_is_the_picture_without_what_the_record_has() -> None:
    packet = LONG + DELIMITER + LONG + SPS + LONG + PPS + SHORT + SEI + SHORT + IDR + SHORT + IDR
    assert Configuration(ANNEX_B).access_unit(packet) == (sized(SEI, IDR, IDR), True, True)
    inside = sized(SPS, PPS, IDR)
    assert Configuration(record()).access_unit(inside) == (sized(IDR), True, True)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_sample_keeps_the_size_of_its_lengths(size: int) -> None:
    packet = sized(SEI, SLICE, size=size)
    assert Configuration(record(size)).access_unit(packet) == (packet, False, True)


def test_what_belongs_to_no_picture_is_told_from_pictures() -> None:
    assert not Configuration(record()).access_unit(sized(SEI)).shown


def test_parameter_sets_that_are_not_in_the_record_change_the_format() -> None:
    for configuration, packet in (
        (Configuration(record()), sized(OTHER_PPS, IDR)),
        (Configuration(ANNEX_B), LONG + OTHER_PPS + LONG + IDR),
    ):
        with pytest.raises(ConfigurationChanged):
            configuration.access_unit(packet)


@pytest.mark.parametrize(
    "data", [None, b"", b"\1", record()[:12], LONG + SPS, b"\1" + bytes(6), record()[:20]]
)
def test_a_record_that_says_too_little_is_refused(data: bytes | None) -> None:
    with pytest.raises(ConfigurationMissing):
        Configuration(data)
