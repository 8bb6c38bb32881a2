"""The composition root: chooses the adapters by URL and puts the parts together."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from quart import Quart

from .broker import Broker
from .broker.memory import MemoryBroker
from .config import Settings, signing_key
from .db import Database
from .errors import Invalid, Unavailable
from .history import History
from .pipeline.control import Control
from .pipeline.engine import DbosQueue
from .pipeline.posters import Posters
from .pipeline.worker import Worker
from .retention import Retention
from .storage import Storage
from .storage.local import LocalStorage
from .streams.formats import FragmentFormat, JsonFormat, LibraryJsonFormat, TileFormat
from .streams.hub import Hub
from .uploads.uploads import Uploads
from .web import routes
from .web.body import Backpressure, BoundedRequest
from .web.embed_formats import EmbedFormats
from .web.live import deleted_renderer, live_renderer
from .web.parts import EXTENSION, Parts
from .web.streaming import Streaming
from .web.tiles import tile_renderer

ROOT = Path(__file__).parents[1]
STATIC_MAX_AGE_S = 365 * 24 * 3600  # their addresses carry the version


def open_database(settings: Settings) -> Database:
    """
    Raises:
        Invalid: DATABASE_URL names a database that this release cannot use.
    """
    if not settings.database_url.startswith("sqlite+aiosqlite:"):
        raise _unknown("DATABASE_URL", settings.database_url, "sqlite+aiosqlite:///PATH")
    return Database(settings.database_url)


def open_storage(settings: Settings) -> Storage:
    """
    Raises:
        Invalid: STORAGE_URL names a kind of storage that this release cannot use.
    """
    url = urlsplit(settings.storage_url)
    if url.scheme != "file":
        raise _unknown("STORAGE_URL", settings.storage_url, "file:///FOLDER")
    return LocalStorage(Path(unquote(url.path)))


def open_broker(settings: Settings) -> Broker:
    """
    Raises:
        Invalid: BROKER_URL names a broker that this release cannot use.
    """
    if settings.broker_url != "memory:":
        raise _unknown("BROKER_URL", settings.broker_url, "memory:")
    return MemoryBroker()


def _unknown(name: str, value: str, known: str) -> Invalid:
    return Invalid("unknown_url", f"{name} is {value!r}.", f"This release takes: {known}")


class Installation:
    """One process's share of an installation: the app, and the worker if it is to be inside."""

    def __init__(self, settings: Settings, *, with_worker: bool) -> None:
        self.settings = settings
        self._db, self.broker = open_database(settings), open_broker(settings)
        storage = open_storage(settings)
        self.history = History(self._db, self.broker, settings.history_max_events)
        self.retention = Retention(self._db, settings)
        self._queue = DbosQueue(settings.database_url)
        self.worker = Worker(settings, self.history, storage, self._queue) if with_worker else None
        self._posters = Posters(settings, self.history, storage)
        self.app, self._bodies = _quart()
        self.hub = Hub(self._db, self.broker, settings)
        control = Control(self.history, storage, self._queue)
        self.uploads = Uploads(
            settings,
            signing_key(settings),
            self._db,
            self.history,
            storage,
            onlooker=self.worker.early if self.worker else None,
            start=control.start,
        )
        self.app.extensions[EXTENSION] = Parts(
            settings=settings,
            db=self._db,
            storage=storage,
            history=self.history,
            uploads=self.uploads,
            control=control,
            posters=self._posters,
            hub=self.hub,
            json_format=JsonFormat(),
            fragment_format=FragmentFormat(
                live_renderer(self.app.jinja_env, self._db), deleted_renderer(self.app.jinja_env)
            ),
            embed_formats=EmbedFormats(self.app.jinja_env, self._db),
            library_json_format=LibraryJsonFormat(),
            tile_format=TileFormat(tile_renderer(self.app.jinja_env, self._db)),
        )

    async def start(self) -> None:
        if self.worker:
            await self.worker.start()
        self.hub.start()

    def stop_receiving(self) -> None:
        """Who is sending something is told to come back; else the server's end would cut them off."""
        message = "The server was asked to stop before all of this had come."
        self._bodies.break_off(Unavailable("stopping", message, "Send it again in a moment."))

    async def close(self) -> None:
        """Streams first: they end on a word of ours."""
        await self.hub.close()
        await self.uploads.close()
        self._posters.close()
        await self._queue.close()
        if self.worker:
            await self.worker.stop()
        await self.broker.close()
        await self._db.close()


def _quart() -> tuple[Quart, Backpressure]:
    app = Quart("webapp", static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    app.request_class = BoundedRequest
    bodies = Backpressure(app.asgi_app)  # type: ignore[arg-type]
    app.asgi_app = Streaming(bodies)  # type: ignore[method-assign,assignment]
    app.config |= {
        # Uploads have limits of their own: in bytes, and in seconds between two pieces.
        "MAX_CONTENT_LENGTH": None,
        "BODY_TIMEOUT": None,
        "SEND_FILE_MAX_AGE_DEFAULT": STATIC_MAX_AGE_S,
    }
    routes.register(app)
    return app, bodies
