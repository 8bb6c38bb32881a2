"""Serves the app over HTTP until a signal asks to stop, and stops cleanly."""

import asyncio
import signal
import socket
from typing import Any

import structlog
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from .app import Installation
from .config import Settings
from .listener import BACKLOG, allow_many_connections, listen
from .migrate import require_migrated
from .standing import standing
from .streams.collector import Collector

log = structlog.get_logger()

GRACEFUL_S = 1.0
DRAINED_WITHIN_S = 1.5
LONGEST_WEBSOCKET_MESSAGE_BYTES = 64 * 1024  # what clients may send; not what they are sent
SIGNALS = (signal.SIGINT, signal.SIGTERM)


async def serve(settings: Settings, with_worker: bool) -> None:
    """Runs web side and, `with_worker`, worker in this process.

    Raises:
        RushesError: it cannot start, and why.
    """
    require_migrated(settings)
    listener = listen(settings)
    allow_many_connections()
    installation = Installation(settings, with_worker=with_worker)
    stopping = asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(_report)
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    beside: list[asyncio.Task[None]] = []

    async def stopped() -> None:
        await stopping.wait()
        installation.stop_receiving()
        await installation.hub.close()
        await installation.hub.drained(DRAINED_WITHIN_S)

    try:
        await installation.start()
        # Not before: the engine starts without giving way, and would wait for a writer that waits for it.
        beside += [
            standing(installation.uploads.abandoned.watch()),
            standing(installation.retention.run()),
            standing(Collector(lambda: installation.hub.open_streams).run()),
        ]
        host, port = settings.host, settings.port
        print(f"Rushes is at http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
        config = server_config(settings, listener)
        await hypercorn_serve(installation.app, config, shutdown_trigger=stopped)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await installation.close()


def server_config(settings: Settings, listener: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.backlog = BACKLOG  # it calls listen() once more, with this
    config.graceful_timeout = config.shutdown_timeout = GRACEFUL_S
    config.loglevel = "warning"
    config.include_server_header = False
    config.websocket_ping_interval = settings.stream_keepalive_s
    config.websocket_max_message_size = LONGEST_WEBSOCKET_MESSAGE_BYTES
    # Streams of one HTTP/2 connection; past the number of requests Hypercorn lets it go silently dead.
    config.h2_max_concurrent_streams, config.keep_alive_max_requests = 500, 1_000_000_000
    return config


async def work(settings: Settings) -> None:
    """Runs a worker alone in this process.

    Raises:
        RushesError: it cannot start, and why.
    """
    require_migrated(settings)
    installation = Installation(settings, with_worker=True)
    stopping = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        await installation.start()
        print("Rushes is working", flush=True)
        await stopping.wait()
    finally:
        await installation.close()


def _report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Python 3.11 and the first of 3.12 make a failure of every connection that is cut off at the end; and
    # Hypercorn of every client that vanished: that it is gone is known where it matters.
    if not isinstance(context.get("exception"), asyncio.CancelledError | ConnectionError | TimeoutError):
        loop.default_exception_handler(context)
