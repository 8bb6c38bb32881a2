"""What is encrypted, for players that were given a key: a decoder would make garbage of it."""

from typing import Any

from av.packet import Packet
from av.stream import Stream

# How libavformat hands on that a track is encrypted: of WebM (RFC 9559 §5.1.4.1.31.9), of ASF for the file.
WEBM_KEY, ASF_KEY = "enc_key_id", "ASF_Key_ID"
FAIRPLAY = ("drmi", "drms")  # sample entries of what was bought from iTunes


def is_encrypted(packet: "Packet[Any]") -> bool:
    """Of MP4 each sample may be or not (ISO/IEC 23001-7): there may be a beginning in the clear."""
    stream = packet.stream
    return packet.size > 0 and (
        packet.has_sidedata("encryption_info")
        or WEBM_KEY in stream.metadata
        or _tag(stream) in FAIRPLAY
        or ASF_KEY in stream.container.metadata
    )


def _tag(stream: Stream) -> str:
    try:
        return stream.codec_context.codec_tag
    except UnicodeDecodeError:  # a number, as of AAC in AVI
        return ""
