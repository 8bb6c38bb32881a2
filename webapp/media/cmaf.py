"""CMAF tracks (ISO/IEC 23000-19): an initialisation segment, and media segments of one or more fragments.

Written here and not by a muxer, so that any process can write any segment of a rendition: a segment needs
nothing from the one before, starts at its own first presentation time and is the same bytes each time.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .boxes import UNITY_MATRIX, box, full_box, table

# sample_depends_on and sample_is_non_sync_sample of ISO/IEC 14496-12 §8.8.3.1.
SYNC_SAMPLE, DEPENDENT_SAMPLE = 0x02000000, 0x01010000
AVC_ENTRY = (b"avc1", b"avcC")  # types of the sample entry, and of the record in it
BRANDS = b"iso6cmfcmp41"
# Fragments are numbered through the whole track (§8.8.5), each segment without knowing the one before.
FRAGMENTS_BITS = 6
LANGUAGE_UNDETERMINED = 0x55C4  # "und", three letters of five bits (§8.4.2.3)


@dataclass(frozen=True, slots=True)
class Sample:
    """One encoded frame; times in ticks of the track's timescale."""

    pts: int
    data: bytes
    sync: bool


def video_init(
    timescale: int,
    width: int,
    height: int,
    record: bytes,
    colour: tuple[int, int, int] | None,
    kinds: tuple[bytes, bytes] = AVC_ENTRY,
) -> bytes:
    """Initialisation segment of a track of the picture.

    Args:
        record: the codec's configuration: for H.264, ISO/IEC 14496-15 §5.3.3.
        kinds: types of the sample entry, and of the box with the record in it.
        colour: primaries, transfer and matrix as numbered by ITU-T H.273; None for what the stream says.
    """
    entry = box(
        kinds[0],
        struct.pack(">6xH16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1),
        box(kinds[1], record),
        box(b"colr", b"nclx", struct.pack(">3HB", *colour, 0)) if colour else b"",
        box(b"pasp", struct.pack(">II", 1, 1)),
    )
    header = full_box(b"vmhd", 0, 1, bytes(8))
    return _init(timescale, b"vide", header, entry, width, height)


def audio_init(timescale: int, channels: int, config: bytes, bit_rate: int) -> bytes:
    """Initialisation segment of an AAC track; `config` is its AudioSpecificConfig (ISO/IEC 14496-3 §1.6)."""
    decoder = struct.pack(">BB3xII", 0x40, 0x15, bit_rate, bit_rate) + _descriptor(5, config)
    esds = _descriptor(3, struct.pack(">HB", 1, 0) + _descriptor(4, decoder) + _descriptor(6, b"\x02"))
    entry = box(
        b"mp4a",
        struct.pack(">6xH8xHHIHH", 1, channels, 16, 0, timescale, 0),
        full_box(b"esds", 0, 0, esds),
    )
    header = full_box(b"smhd", 0, 0, bytes(4))
    return _init(timescale, b"soun", header, entry, 0, 0)


def segment(number: int, samples: Sequence[Sample], end: int, by_keyframe: bool = False) -> bytes:
    """Media segment number `number` (from 0): `samples` in decoding order, lasting until tick `end`.

    One fragment, or `by_keyframe` one from each sync sample on, so that each can be had alone. Decoding
    starts at the first presentation time, because hls.js takes the first decode time as its zero.
    """
    pts = [sample.pts for sample in samples]
    end = max(end, max(pts) + 1)
    decode = ending_by(end, pts, decode_times(pts))
    limits = [*decode[1:], end]
    begins = [place for place, sample in enumerate(samples) if by_keyframe and sample.sync and place]
    spans = pairwise([0, *begins, len(samples)])
    fragments = [
        _fragment(
            (number << FRAGMENTS_BITS) + position + 1,
            samples[first:after],
            decode[first:after],
            limits[first:after],
        )
        for position, (first, after) in enumerate(spans)
    ]
    return b"".join((box(b"styp", b"msdh", bytes(4), b"msdhcmfs"), *fragments))


def _fragment(sequence: int, samples: Sequence[Sample], decode: list[int], limits: list[int]) -> bytes:
    """Movie fragment number `sequence` with its data; `limits` is when each sample's successor is decoded."""
    rows = [
        struct.pack(
            ">IIII",
            limit - time,
            len(sample.data),
            SYNC_SAMPLE if sample.sync else DEPENDENT_SAMPLE,
            sample.pts - time,
        )
        for sample, time, limit in zip(samples, decode, limits, strict=True)
    ]
    # data-offset, and per sample: duration, size, flags, composition offset (§8.8.8)
    flags = 0x000001 | 0x000100 | 0x000200 | 0x000400 | 0x000800

    def moof(data_offset: int) -> bytes:
        run = full_box(b"trun", 0, flags, struct.pack(">Ii", len(rows), data_offset), *rows)
        return box(
            b"moof",
            full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)),
            box(
                b"traf",
                full_box(b"tfhd", 0, 0x020000, struct.pack(">I", 1)),  # offsets count from the moof
                full_box(b"tfdt", 1, 0, struct.pack(">Q", decode[0])),
                run,
            ),
        )

    return moof(len(moof(0)) + 8) + box(b"mdat", *(sample.data for sample in samples))


def decode_times(pts: Sequence[int]) -> list[int]:
    """Decode times for presentation times in decoding order: rising, and never after the presentation.

    As even as they can be: presentation order, late by as many frames as the encoder reordered. The first
    few share the time before that, since all start with the first presentation.
    """
    shown = sorted(pts)
    delay = 0
    while any(shown[max(0, order - delay)] > time for order, time in enumerate(pts)):
        delay += 1
    if len(shown) <= delay + 1:
        return [shown[0] + order for order in range(len(shown))]
    squeezed = [shown[0] + (shown[1] - shown[0]) * order // (delay + 1) for order in range(delay + 1)]
    return squeezed + shown[1 : len(shown) - delay]


def ending_by(end: int, pts: Sequence[int], decode: Sequence[int]) -> list[int]:
    """The same decode times, the last few moved on so that no frame seems to be shown after `end`.

    A sample lasts until the next is decoded, and players without a better source show the frame for so long
    from its presentation on: of reordered frames the last would make a video up to two frames too long.
    """
    settled, after = list(decode), end
    for place in reversed(range(len(settled))):
        settled[place] = max(settled[place], after - (end - pts[place]))
        after = settled[place]
    return settled


def _init(
    timescale: int, handler: bytes, media_header: bytes, entry: bytes, width: int, height: int
) -> bytes:
    movie_header = struct.pack(">IIIIIH10x", 0, 0, timescale, 0, 0x10000, 0x0100) + UNITY_MATRIX
    volume = 0x0100 if handler == b"soun" else 0
    track_header = struct.pack(">III4xI8xhhHxx", 0, 0, 1, 0, 0, 0, volume) + UNITY_MATRIX
    name = b"video\0" if handler == b"vide" else b"sound\0"
    return box(b"ftyp", b"iso6", struct.pack(">I", 1), BRANDS) + box(
        b"moov",
        full_box(b"mvhd", 0, 0, movie_header, bytes(24), struct.pack(">I", 2)),
        box(
            b"trak",
            full_box(b"tkhd", 0, 3, track_header, struct.pack(">II", width << 16, height << 16)),
            box(
                b"mdia",
                full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, timescale, 0, LANGUAGE_UNDETERMINED, 0)),
                full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), name),
                box(
                    b"minf",
                    media_header,
                    box(b"dinf", table(b"dref", 0, [full_box(b"url ", 0, 1)])),
                    box(
                        b"stbl",
                        table(b"stsd", 0, [entry]),
                        table(b"stts", 0, []),
                        table(b"stsc", 0, []),
                        full_box(b"stsz", 0, 0, bytes(8)),
                        table(b"stco", 0, []),
                    ),
                ),
            ),
        ),
        box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0))),
    )


def _descriptor(tag: int, payload: bytes) -> bytes:
    """A descriptor of ISO/IEC 14496-1 §7.2.2; these are all shorter than 128 bytes."""
    return bytes((tag, len(payload))) + payload
