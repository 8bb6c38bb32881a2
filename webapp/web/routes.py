"""All routes, and what goes around every request."""

from pathlib import Path

from quart import Quart
from quart_schema import Info, QuartSchema

from .. import __version__, words
from . import (
    assets,
    editing,
    embed,
    files,
    health,
    hls,
    library,
    links,
    metrics,
    pictures,
    posters,
    problems,
    receiving,
    security,
    sockets,
    streams,
    test_client,
    videos,
)
from .openapi import ApiDescription

DESCRIPTION = """Upload a video, follow its processing live, play it.

Create a video, send its file to the address you get, have it processed, follow `status`. Errors are
problem documents (RFC 9457)."""


def register(app: Quart) -> None:
    for module in (
        library,
        receiving,
        videos,
        editing,
        files,
        pictures,
        posters,
        hls,
        streams,
        sockets,
        embed,
        health,
        metrics,
        test_client,
    ):
        app.register_blueprint(module.blueprint)
    problems.register(app)
    security.register(app)
    # The documentation pages it could serve load scripts from elsewhere.
    QuartSchema(
        app,
        info=Info(title="Rushes", version=__version__, description=DESCRIPTION),
        redoc_ui_path=None,
        scalar_ui_path=None,
        swagger_ui_path=None,
        convert_casing=False,
        openapi_provider_class=ApiDescription,
    )
    app.jinja_env.filters |= {
        "size": words.size,
        "clock": words.clock,
        "lasting": words.lasting,
        "bit_rate": words.bit_rate,
        "frame_rate": words.frame_rate,
        "playlist": links.playlist_path,
    }
    app.jinja_env.globals["asset"] = assets.addresses(Path(app.static_folder or ""))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
