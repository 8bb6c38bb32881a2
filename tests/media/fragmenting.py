"""Fragmented MP4s (ISO/IEC 14496-12 §8.8) as different muxers write them."""

import struct
from pathlib import Path

from webapp.media.boxes import full_box

EMPTY = "frag_keyframe+empty_moov+default_base_moof"
# As they are written: by itself, with positions from the file's beginning, as OBS does, with samples in the
# index, with sound in fragments of its own, with an index before each, and one of all.
WAYS = {
    "relative": {"movflags": EMPTY},
    "absolute": {"movflags": "frag_keyframe+empty_moov"},
    "delayed": {"movflags": "frag_keyframe+empty_moov+delay_moov"},
    "begun": {"movflags": "frag_keyframe"},
    "short": {"movflags": "empty_moov+default_base_moof", "frag_duration": "300000"},
    "apart": {"movflags": "frag_keyframe+empty_moov+separate_moof"},
    "each": {"movflags": f"{EMPTY}+dash"},
    "listed": {"movflags": f"{EMPTY}+global_sidx"},
    "bare": {"movflags": f"{EMPTY}+skip_trailer"},
}


def with_length(path: Path, seconds: int) -> Path:
    """Writes into the index how long it is with all fragments; positions are relative to those."""
    data = path.read_bytes()
    at = data.index(b"mvex") + 4
    ticks_a_second = data[data.index(b"mvhd") :][16:20]
    said = full_box(b"mehd", 0, 0, struct.pack(">I", seconds * int.from_bytes(ticks_a_second)))
    changed = bytearray(data[:at] + said + data[at:])
    for kind in (b"moov", b"mvex"):
        size = data.index(kind) - 4
        changed[size : size + 4] = struct.pack(">I", int.from_bytes(data[size : size + 4]) + len(said))
    path.write_bytes(changed)
    return path
