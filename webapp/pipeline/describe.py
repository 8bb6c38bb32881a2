"""What the history says about a video, in a few words."""

from ..media.messages import AudioTrack, Facts, Rung, VideoTrack
from ..words import clock, frame_rate

CODEC_NAMES = {
    "h264": "H.264",
    "hevc": "HEVC",
    "av1": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4",
    "h263": "H.263",
    "prores": "ProRes",
    "aac": "AAC",
    "mp3": "MP3",
    "mp2": "MP2",
    "opus": "Opus",
    "vorbis": "Vorbis",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "flac": "FLAC",
    "alac": "ALAC",
    "pcm_s16le": "PCM",
    "pcm_s16be": "PCM",
    "pcm_s24le": "PCM",
}
CHANNEL_NAMES = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


def codec(name: str) -> str:
    return CODEC_NAMES.get(name, name)


def picture(video: VideoTrack) -> str:
    extras = [
        word
        for word, true in (
            ("portrait", video.rotation % 180),
            ("interlaced", video.interlaced),
            ("HDR", video.hdr),
        )
        if true
    ]
    words = [
        f"{codec(video.codec)} {video.width} × {video.height}",
        f"{frame_rate(float(video.rate.fraction))} fps",
        *extras,
    ]
    return ", ".join(words)


def sound(audio: AudioTrack | None) -> str:
    if audio is None:
        return "no sound"
    channels = CHANNEL_NAMES.get(audio.channels, f"{audio.channels} channels")
    return f"{codec(audio.codec)} {channels}"


def facts(found: Facts) -> str:
    seen = picture(found.picture) if found.picture else "no picture"
    return f"{seen}, {sound(found.audio)}, {clock(found.duration_s)}"


def renditions(rungs: list[Rung]) -> str:
    return " ".join(rung.name for rung in rungs)


def damage(packets: int) -> str:
    """A clause to add where something of the source was lost, else nothing."""
    if not packets:
        return ""
    return f", {packets} damaged packet{'s' if packets > 1 else ''} left out"
