"""H.264 as containers hold it: NAL units with a length before each, or Annex B with start codes between."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from . import sequence

# nal_unit_type of ITU-T H.264 table 7-1.
SLICE, IDR_SLICE, SEQUENCE, PARAMETER_SETS, DELIMITER = 1, 5, 7, (7, 8), 9
START_CODE = b"\0\0\1"
# 4:2:0 and 8 bits, in a configuration record of the High profile (ISO/IEC 14496-15 §5.3.3.1).
HIGH_PROFILE, HIGH_EXTENSION = 100, b"\xfd\xf8\xf8\0"


class ConfigurationMissing(Exception):
    """The stream does not say in its header how to decode it."""


class ConfigurationChanged(Exception):
    """From here on the stream is to be decoded in another way than its header says."""


class AccessUnit(NamedTuple):
    """The NAL units of one picture, as a sample of an MP4 file; `idr` if nothing before it is needed."""

    data: bytes
    idr: bool
    shown: bool  # holds a picture, and not only what belongs to one


class Configuration:
    """How the packets of a stream are to be read.

    Attributes:
        record: AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3).
    """

    def __init__(self, extradata: bytes | None) -> None:
        """
        Raises:
            ConfigurationMissing: there are no parameter sets in `extradata`.
        """
        self._annex_b = not (extradata or b"").startswith(b"\1")
        if self._annex_b:
            units = list(annex_b_units(extradata or b""))
            self.record = _record(
                [u for u in units if _type(u) == SEQUENCE], [u for u in units if _type(u) == 8]
            )
        else:
            self.record = extradata or b""
        self._known = set(_parameter_sets(self.record))
        if {_type(unit) for unit in self._known} != set(PARAMETER_SETS):
            raise ConfigurationMissing
        self._length_size = (self.record[4] & 3) + 1

    @property
    def may_hold_fields(self) -> bool:
        """Whether pictures may be interlaced, be it later on: what is progressive may be stored like that."""
        return any(not sequence.only_frames(unit) for unit in self._known if _type(unit) == SEQUENCE)

    @property
    def profile(self) -> int:
        """profile_idc of ITU-T H.264 annex A."""
        return self.record[1]

    def access_unit(self, packet: bytes) -> AccessUnit:
        """What a packet of the stream holds, without parameter sets, which the record has.

        Raises:
            ConfigurationChanged: it has parameter sets that are not in the record.
        """
        units = list(annex_b_units(packet) if self._annex_b else self._units(packet))
        types = {_type(unit) for unit in units}
        if types & {*PARAMETER_SETS, DELIMITER} or self._annex_b:
            if any(_type(unit) in PARAMETER_SETS and unit not in self._known for unit in units):
                raise ConfigurationChanged
            kept = [unit for unit in units if _type(unit) not in (*PARAMETER_SETS, DELIMITER)]
            packet = b"".join(len(unit).to_bytes(self._length_size) + unit for unit in kept)
        return AccessUnit(packet, IDR_SLICE in types, not types.isdisjoint((SLICE, IDR_SLICE)))

    def _units(self, packet: bytes) -> Iterator[bytes]:
        at = 0
        while at + self._length_size < len(packet):
            begin = at + self._length_size
            at = begin + int.from_bytes(packet[at:begin], "big")
            yield packet[begin:at]


def annex_b_units(data: bytes) -> Iterator[bytes]:
    """NAL units between start codes (ITU-T H.264 annex B); none of them is empty."""
    at = data.find(START_CODE)
    while at >= 0:
        following = data.find(START_CODE, at + 3)
        # A zero before a start code belongs to that; a unit never ends with one.
        if unit := data[at + 3 : None if following < 0 else following].rstrip(b"\0"):
            yield unit
        at = following


def _type(unit: bytes) -> int:
    return unit[0] & 0x1F if unit else 0


def _record(sequences: list[bytes], pictures: list[bytes]) -> bytes:
    if not sequences or not pictures:
        raise ConfigurationMissing
    # Four bytes before each unit say how long it is; the upper bits that are reserved are all set.
    head = bytes((1, *sequences[0][1:4], 0xFC | 3))
    counts = (0xE0 | len(sequences), len(pictures))
    first, second = (
        bytes((count,)) + b"".join(struct.pack(">H", len(unit)) + unit for unit in units)
        for count, units in zip(counts, (sequences, pictures), strict=True)
    )
    return head + first + second + (HIGH_EXTENSION if sequences[0][1] == HIGH_PROFILE else b"")


def _parameter_sets(record: bytes) -> Iterator[bytes]:
    """
    Raises:
        ConfigurationMissing: the record breaks off.
    """
    try:
        at = 5
        for mask in (0x1F, 0xFF):
            count, at = record[at] & mask, at + 1
            for _ in range(count):
                (length,) = struct.unpack_from(">H", record, at)
                (unit,) = struct.unpack_from(f"{length}s", record, at + 2)
                yield unit
                at += 2 + length
    except (IndexError, struct.error) as error:
        raise ConfigurationMissing from error
