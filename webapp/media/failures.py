"""Why an upload cannot become a video: for each code a sentence for a person and what they can do."""

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
        "This is not a video file.",
        "Rushes reads MP4, MOV, MKV, WebM, MPEG-TS, AVI, FLV, ASF and OGG. Export the video in one of these.",
    ),
    "truncated": Explanation(
        "The file breaks off before its end.",
        "A copy or download was probably interrupted. Get a complete copy and upload it again.",
    ),
    "no_video": Explanation(
        "There is sound in this file, but no picture.",
        "Upload a file with a video track; sound alone is not supported yet.",
    ),
    "no_streams": Explanation(
        "There is neither picture nor sound in this file.",
        "Check that it plays on your own device, then upload it again.",
    ),
    "unknown_codec": Explanation(
        "The picture is stored in a format that Rushes cannot decode.",
        "Convert it to H.264, HEVC, VP9 or AV1 and upload it again.",
    ),
    "undecodable": Explanation(
        "Not a single picture of this file could be decoded.",
        "The file is damaged. Check that it plays on your own device, or export it again.",
    ),
    "too_large_picture": Explanation(
        "The picture has more pixels than Rushes accepts.",
        "The limit is a little above 8192 × 4320. Scale the video down and upload it again.",
    ),
    "too_long": Explanation(
        "The video is longer than Rushes accepts.",
        "The limit is 24 hours. Cut it into parts and upload each.",
    ),
    "too_demanding": Explanation(
        "Processing this file takes more memory or time than one job may use.",
        "A smaller picture or a shorter video will work.",
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
        "The file is probably damaged. Export it again, in another format if you can.",
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


class Unprocessable(Exception):
    """The job cannot be done, whoever tries. `code` is a key of FAILURES, `detail` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        assert code in FAILURES, code
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail
