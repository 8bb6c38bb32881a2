"""Takes the subtitles out of an upload, all tracks in one pass over it, and writes them as WebVTT."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.subtitles.stream import SubtitleStream
from av.subtitles.subtitle import AssSubtitle

from . import subrip, webvtt
from .answers import Subtitles
from .decoding import Damage, packets
from .facts import Facts, SubtitleTrack
from .jobs import SubtitlesJob
from .source import open_upload
from .subtitle_playlist import SEGMENT_NAME, subtitle_name
from .webvtt import Cue

SUBRIP = "subrip"
TEXT_CODECS = (SUBRIP, "ass", "ssa", "mov_text", "webvtt", "text")
MOST_TRACKS, MOST_CUES = 32, 20_000  # of a track: one every five seconds for a day
# Of a cue that does not say how long it is to be seen; the next one ends it, too.
USUAL_S = Fraction(5)


def text_tracks(container: InputContainer) -> tuple[list[SubtitleTrack], int]:
    """The tracks of text, and how many others there are: pictures, and what cannot be decoded."""
    streams = list(container.streams.subtitles)
    readable = [stream for stream in streams if _codec(stream) in TEXT_CODECS][:MOST_TRACKS]
    return [_track(stream) for stream in readable], len(streams) - len(readable)


def extract(job: SubtitlesJob) -> Iterator[Subtitles]:
    """Yields the Subtitles; each track that has cues lies in `job.folder` by then."""
    with open_upload(job.source, job.limits) as container:
        streams = [container.streams[track.stream] for track in job.facts.subtitles]
        cues: dict[int, list[Cue]] = {stream.index: [] for stream in streams}
        damage = Damage()
        for packet in packets(container, streams, damage):
            found = cues[packet.stream.index]
            if packet.size and len(found) < MOST_CUES:
                found += _cues(packet, job.facts, damage)
        counts = []
        for number, stream in enumerate(streams):
            shown = _ended(cues[stream.index], Fraction(job.facts.duration_s))
            counts.append(len(shown))
            if shown:
                folder = Path(job.folder) / subtitle_name(number)
                folder.mkdir(parents=True)
                (folder / SEGMENT_NAME).write_text(webvtt.document(shown), encoding="utf-8", newline="\n")
        yield Subtitles(cues=counts, damaged=damage.packets)


def _cues(packet: "Packet[SubtitleStream]", facts: Facts, damage: Damage) -> Iterator[Cue]:
    """What a packet shows; a cue without an end has that of its start."""
    if packet.pts is None or packet.time_base is None:
        return
    try:
        texts = list(_texts(packet))
    except (av.FFmpegError, UnicodeDecodeError):
        damage.packets += 1
        return
    zero = facts.video.zero * facts.video.time_base.fraction
    begin = packet.pts * packet.time_base - zero
    end = begin + (packet.duration or 0) * packet.time_base
    yield from (Cue(begin, end, text, top) for text, top in texts if text)


def _texts(packet: "Packet[SubtitleStream]") -> Iterator[tuple[str, bool]]:
    """Each text, and whether it belongs at the top.

    Raises:
        av.FFmpegError, UnicodeDecodeError: it is damaged.
    """
    if _codec(packet.stream) == SUBRIP:
        yield subrip.text_of(bytes(packet).decode())
        return
    for rect in (rect for shown in packet.decode() for rect in _rects(shown)):
        if isinstance(rect, AssSubtitle):
            yield webvtt.text_of(rect.ass.decode("utf-8", "replace"))


def _rects(shown: object) -> list[object]:
    # PyAV gives the rectangles of a subtitle, or sets of them.
    return list(shown) if isinstance(shown, av.subtitles.subtitle.SubtitleSet) else [shown]


def _ended(cues: list[Cue], duration_s: Fraction) -> list[Cue]:
    """The same in order, each with an end, cut to the picture's timeline; those outside are left out."""
    cues.sort(key=lambda cue: cue.begin)
    found = []
    for place, cue in enumerate(cues):
        end = cue.end
        if end <= cue.begin:
            following = next((other.begin for other in cues[place + 1 :] if other.begin > cue.begin), None)
            end = min(cue.begin + USUAL_S, following or cue.begin + USUAL_S)
        begin, end = max(Fraction(0), cue.begin), min(end, duration_s)
        if begin < end:
            found.append(Cue(begin, end, cue.text, cue.top))
    return found


def _codec(stream: SubtitleStream) -> str | None:
    context: object = stream.codec_context
    return None if context is None else stream.codec_context.codec.canonical_name


def _track(stream: SubtitleStream) -> SubtitleTrack:
    return SubtitleTrack(
        stream=stream.index,
        codec=stream.codec_context.codec.canonical_name,
        language=stream.language if stream.language != "und" else None,
        title=stream.metadata.get("title") or None,
        forced=Disposition.forced in stream.disposition,
        described=Disposition.hearing_impaired in stream.disposition,
    )
