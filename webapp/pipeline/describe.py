"""What the history says about a video, in a few words."""

from ..media import languages
from ..media.answers import Audio, most_missing_s
from ..media.facts import AudioTrack, Facts, VideoTrack
from ..media.ladder import Rung
from ..media.obstacles import Copying, Obstacle, ObstacleCode
from ..words import clock, frame_rate
from .choice import Choice
from .codec_names import codec

# Why browsers cannot play an upload as it is, or not before it is whole.
OBSTACLES = {
    ObstacleCode.NO_PICTURE: "no picture in the file",
    ObstacleCode.CODEC: "{codec}",
    ObstacleCode.CONTAINER: "{container} has no times of frames",
    ObstacleCode.CONFIGURATION: "decoder settings missing",
    ObstacleCode.PIXELS: "not 8-bit 4:2:0",
    ObstacleCode.PROFILE: "unusual H.264 profile",
    ObstacleCode.HDR: "HDR",
    ObstacleCode.INTERLACED: "interlaced",
    ObstacleCode.FIELDS: "may be interlaced in parts",
    ObstacleCode.ROTATED: "turned by {rotation}°",
    ObstacleCode.MIRRORED: "mirrored",
    ObstacleCode.CROPPED: "part of the picture is to be hidden",
    ObstacleCode.STRETCHED: "pixels are not square",
    ObstacleCode.KEYFRAMES: "keyframes are {seconds:.0f} s apart",
    ObstacleCode.OPEN_GOP: "open GOPs",
    ObstacleCode.LATE_PICTURE: "its sound begins long before its picture",
    ObstacleCode.START: "begins between keyframes",
    ObstacleCode.EDITED: "cut by an edit list",
    ObstacleCode.TIMESTAMPS: "timestamps out of order",
    ObstacleCode.TOO_MANY_FRAMES: "too many frames in a few seconds",
    ObstacleCode.CHANGES: "format changes on the way",
    ObstacleCode.DAMAGED: "damaged packets",
    ObstacleCode.ENCRYPTED: "encrypted packets",
    ObstacleCode.SOUND: "holes in the sound",
    ObstacleCode.CRASHED: "the copy failed",
    ObstacleCode.WATCHED: "an earlier version can be watched",
    ObstacleCode.INDEX_AT_END: "the index of this file is at its end",
    ObstacleCode.IN_FRAGMENTS: "how many frames it has in a second is known only at its end",
    ObstacleCode.CUT_OFF: "it breaks off before its end",
    ObstacleCode.LENGTH_UNKNOWN: "the file does not say how long it is",
    ObstacleCode.OTHER_FORMAT: "of this format the end has to be known first",
}
SHORTEST_MISSING_S = 0.05
CHANNEL_NAMES = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


def picture(video: VideoTrack) -> str:
    extras = [
        word
        for word, true in (
            ("portrait", video.rotation % 180),
            ("interlaced", video.interlaced),
            ("HDR", video.hdr),
            ("transparency left out", video.transparent),
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
    names = {} if audio.unusual_layout else CHANNEL_NAMES
    channels = names.get(audio.channels, f"{audio.channels} channels")
    return f"{codec(audio.codec)} {channels}"


def sounds(tracks: list[AudioTrack]) -> str:
    """Every track, with its language where there are several or it is known."""
    words = []
    for track in tracks:
        label = languages.label(None, track.language, "")
        words.append(f"{sound(track)} ({label})" if label else sound(track))
    return ", ".join(words) or sound(None)


def facts(found: Facts) -> str:
    seen = picture(found.picture) if found.picture else "no picture"
    missing = ", the file breaks off" if found.breaks_off else ""
    missing = f", the last {found.missing_s:.1f} s missing" if found.missing_s else missing
    if found.left_out_s >= SHORTEST_MISSING_S:
        missing += f", {found.left_out_s:.1f} s in another coding left out"
    missing += _left_out(found.other_pictures, "picture") + _left_out(found.other_sounds, "sound")
    return f"{seen}, {sounds(found.sounds)}, {clock(found.duration_s)}{missing}"


def _left_out(tracks: int, kind: str) -> str:
    more = f"{tracks} more tracks" if tracks > 1 else "1 more track"
    return f", {more} of {kind} left out" if tracks else ""


def obstacle(found: Obstacle, facts: Facts | None = None) -> str:
    """In few words; without `facts` where it is for that there are none yet."""
    video = facts.picture if facts else None
    return OBSTACLES[found.code].format(
        codec=codec(video.codec) if video else "",
        container=facts.container.partition(",")[0].upper() if facts else "",
        rotation=video.rotation if video else 0,
        seconds=found.seconds or 0,
    )


def progress(percent: int, reached: int, speed: float | None, waits_for_core: bool) -> str:
    """How far a run is, and that it was farther: what is interrupted begins anew, of sound a whole track.

    Args:
        reached: the most percent that it ever had.
        speed: seconds of video per second.
    """
    before = f", {reached} % before it was interrupted" if percent < reached else ""
    pace = f", {speed:.1f} × real time" if speed else ""
    return f"{percent} % done{before}" + (", waiting for a free core" if waits_for_core else pace)


def copied(facts: Facts, copying: Copying) -> str:
    """What is played of the upload itself."""
    if facts.audio is None:
        return codec(facts.video.codec)
    sound = codec(facts.audio.codec) if copying.sound else "encoded sound"
    return f"{codec(facts.video.codec)}, {sound}"


def sketch(rung: Rung) -> str:
    return f"{min(rung.width, rung.height)}p"


def renditions(rungs: list[Rung]) -> str:
    return " ".join(rung.name for rung in rungs)


def choice(made: Choice) -> str | None:
    """Why there are no other renditions, as a sentence; None where they are as usual."""
    fewer = len(made.rungs) < made.usual
    enough = f"{len(made.rungs)} of {made.usual} sizes are enough" if fewer else "lower bit rates are enough"
    if made.easy:
        return f"Easy to encode: {enough}"
    if made.spare:
        return f"The file itself takes few bits: {enough}"
    return enough if fewer else None


def damage(packets: int, missing_s: float = 0) -> str:
    """A clause to add where something of the source was lost, else nothing.

    Args:
        missing_s: for how long it has nothing, where it once had something.
    """
    damaged = f", {packets} damaged packet{'s' if packets > 1 else ''}" if packets else ""
    missing = f", {missing_s:.1f} s missing" if missing_s >= SHORTEST_MISSING_S else ""
    return damaged + missing


def subtitles(found: Facts, cues: list[int] | None = None) -> str:
    """The tracks of subtitles, but for those without `cues`, and how many are left out as pictures."""
    counts = cues or [1] * len(found.subtitles)
    words = [
        languages.label(track.title, track.language, "no language")
        for track, count in zip(found.subtitles, counts, strict=True)
        if count
    ]
    if found.other_subtitles:
        words.append(f"{found.other_subtitles} of pictures left out")
    return ", ".join(words)


def encoded_sounds(tracks: list[AudioTrack], encoded: list[Audio]) -> tuple[str, str]:
    """A sentence about what became of the tracks of sound, and in a few words what they are."""
    lost = sum(audio.track is None for audio in encoded)
    if lost == len(encoded):
        words = "the sound could not be decoded"
        return words.capitalize(), words
    left_out = f", {lost} of {len(encoded)} tracks could not be decoded" if lost else ""
    wrong = left_out + damage(sum(audio.damaged for audio in encoded), most_missing_s(encoded))
    return "Sound encoded" + wrong, sounds(tracks) + wrong
