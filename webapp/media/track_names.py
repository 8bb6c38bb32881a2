"""Names of the tracks of a package beside the rungs of its ladder."""

AUDIO_NAME = "audio"
# What is copied from the upload, where that can be played as it is.
COPY_NAME, COPY_AUDIO_NAME = "copy", "copy_audio"
# What is encoded of it first, where it cannot and the ladder takes long.
SKETCH_NAME = "sketch"


def audio_name(number: int) -> str:
    """Name of the rendition of a track of sound, by its place among them."""
    return f"{AUDIO_NAME}{number or ''}"
