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
from .errors import Unavailable
from .migrate import require_migrated

log = structlog.get_logger()

GRACEFUL_S = 1.0
SIGNALS = (signal.SIGINT, signal.SIGTERM)
# A burst of viewers must not be turned away by the kernel.
BACKLOG = 4096


def listen(settings: Settings) -> socket.socket:
    """A socket that listens where settings say.

    Raises:
        Unavailable: somebody else does already.
    """
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise Unavailable(
            "cannot_listen",
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}.",
            "Set PORT or HOST to something else.",
        ) from error
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def serve(settings: Settings, with_worker: bool) -> None:
    """Runs web side and, `with_worker`, worker in this process.

    Raises:
        RushesError: it cannot start, and why.
    """
    require_migrated(settings)
    listener = listen(settings)
    installation = Installation(settings, with_worker=with_worker)
    stopping = asyncio.Event()
    asyncio.get_running_loop().set_exception_handler(_report)
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    watching = asyncio.create_task(installation.uploads.watch())

    async def stopped() -> None:
        await stopping.wait()
        await installation.hub.close()

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = config.shutdown_timeout = GRACEFUL_S
    config.loglevel = "warning"
    config.include_server_header = False
    try:
        await installation.start()
        host, port = settings.host, settings.port
        print(f"Rushes is at http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)
        await hypercorn_serve(installation.app, config, shutdown_trigger=stopped)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await installation.close()


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
    # Python 3.11 and the first of 3.12 make a failure of every connection that is cut off at the end.
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)
