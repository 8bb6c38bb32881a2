"""What the routes work with, as the composition root put it together."""

from dataclasses import dataclass

from quart import current_app

from ..config import Settings
from ..db import Database
from ..history import History
from ..pipeline.control import Control
from ..pipeline.posters import Posters
from ..storage import Storage
from ..streams.formats import Format
from ..streams.hub import Hub
from ..uploads.uploads import Uploads
from .embed_formats import EmbedFormats

EXTENSION = "rushes"


@dataclass(frozen=True)
class Parts:
    settings: Settings
    db: Database
    storage: Storage
    history: History
    uploads: Uploads
    control: Control
    posters: Posters
    hub: Hub
    json_format: Format
    fragment_format: Format
    embed_formats: EmbedFormats
    library_json_format: Format
    tile_format: Format


def parts() -> Parts:
    """The parts of the app that handles the current request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Parts)
    return found
