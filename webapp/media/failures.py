"""Why an upload cannot become a video: for each code a sentence for a person and what they can do."""

import errno
from typing import NamedTuple


class Explanation(NamedTuple):
    message: str
    hint: str


FAILURES = {
    "empty_file": Explanation(
        "The file is empty.",
        "Nothing arrived but its name. Check the file on your side and upload it again.",
    ),
    "not_media": Explanation(
        "This is not a file that Rushes can read.",
        "Rushes reads MP4, MOV, MKV, WebM, MPEG-TS, AVI, FLV, ASF, OGG, MXF, DV and GIF, and sound as MP3, "
        "M4A, AAC, FLAC, WAV, AIFF, CAF or AMR. Export it in one of these.",
    ),
    "still_picture": Explanation(
        "This is a picture, not a video.",
        "Rushes takes video and sound. A JPEG, PNG or WebP picture can become the poster of a video, on the "
        "video's page.",
    ),
    "truncated": Explanation(
        "The file breaks off before its end.",
        "A copy or download was probably interrupted. Get a complete copy and upload it again.",
    ),
    "no_streams": Explanation(
        "There is neither picture nor sound in this file.",
        "Check that it plays on your own device, then upload it again.",
    ),
    "unknown_codec": Explanation(
        "What is in this file is stored in a format that Rushes cannot decode.",
        "Convert it to H.264, HEVC, VP9 or AV1, sound to AAC, and upload it again.",
    ),
    "encrypted": Explanation(
        "This file is encrypted: nothing but a player that has its key can show it.",
        "Export or download it without copy protection, and upload that.",
    ),
    "undecodable": Explanation(
        "Nothing in this file could be decoded, not a single picture or sound.",
        "The file is damaged. Check that it plays on your own device, or export it again.",
    ),
    "not_a_picture": Explanation(
        "This is not a picture that can be shown.",
        "Send a JPEG or PNG picture, or a WebP that does not move.",
    ),
    "too_large_picture": Explanation(
        "The picture has more pixels than this server accepts.",
        "Scale it down and send it again. Whoever runs the server can raise RUSHES_MAX_PIXELS.",
    ),
    "too_long": Explanation(
        "The video is longer than this server accepts.",
        "Cut it into parts and upload each. Whoever runs the server can raise RUSHES_MAX_DURATION_S.",
    ),
    "too_fast": Explanation(
        "The video has more frames a second than this server accepts.",
        "Export it at a lower frame rate. Whoever runs the server can raise RUSHES_MAX_FRAME_RATE.",
    ),
    "too_many_streams": Explanation(
        "There are more tracks in this file than this server accepts.",
        "Export it with picture and sound alone. Whoever runs the server can raise RUSHES_MAX_STREAMS.",
    ),
    "too_much_output": Explanation(
        "What this video becomes takes more room than one video may.",
        "Cut it into parts and upload each. Whoever runs the server can raise RUSHES_MAX_OUTPUT_BYTES.",
    ),
    "too_demanding": Explanation(
        "Processing this file takes more memory or time than one job may use.",
        "A smaller picture or a shorter video will work. Whoever runs the server can raise "
        "RUSHES_CHILD_MEMORY_BYTES and RUSHES_CHILD_CPU_S.",
    ),
    "crashed": Explanation(
        "The decoder crashed on this file, several times.",
        "The file is probably damaged. Export it again, in another format if you can.",
    ),
    "output_mismatch": Explanation(
        "What was made of this video is not the same as what was uploaded.",
        "It can still be watched as it was uploaded, where that was possible. Process it again; if that "
        "fails too, tell whoever runs this server.",
    ),
    "stalled": Explanation(
        "Processing made no progress for a long time, several times.",
        "The machine may have too much to do: process it again. If that fails too, the file is probably "
        "damaged; export it again, in another format if you can.",
    ),
    "interrupted": Explanation(
        "Processing was interrupted several times before it got anywhere.",
        "The server ended each time, which need not be for this file. The upload is kept: process it again.",
    ),
    "no_space": Explanation(
        "The server has no space left.",
        "The upload is kept. Process it again once whoever runs this server has made room.",
    ),
    "internal": Explanation(
        "Something went wrong on our side.",
        "The upload is kept. Process it again; if that fails too, tell whoever runs this server.",
    ),
}


# None of these says anything about the file: no part of it is to be left out for one.
LIMITS = ("too_demanding", "no_space", "too_much_output")


def code_of(error: BaseException) -> str | None:
    """Which limit an exception means that a process or the machine has come to; None for no limit."""
    match error:
        case MemoryError():
            return "too_demanding"
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return "no_space"
        case OSError(errno=errno.EFBIG):  # of RLIMIT_FSIZE
            return "too_much_output"
    return None


class Unprocessable(Exception):
    """The job cannot be done, whoever tries. `code` is a key of FAILURES, `detail` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        assert code in FAILURES, code
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail
