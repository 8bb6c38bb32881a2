"""The command line: `python -m webapp`, or `rushes`."""

import argparse
import logging
import os
import sys

import structlog

from .config import Settings, load
from .errors import RushesError

SETTINGS = """
Settings are environment variables, all described in docs/settings.md. The usual ones:
  PORT, HOST         where to listen                  (8080, 127.0.0.1)
  RUSHES_DATA_DIR    database, uploads, secrets       (data)
  RUSHES_PUBLIC_URL  how clients reach this server    (as each request came)
"""


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(
        prog="rushes",
        description="Self-hosted video: upload, watch it being processed live, play it.",
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    main.add_argument("-v", "--verbose", action="store_true", help="log what is for debugging, too")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = commands.add_parser(
        "serve",
        help="run the web side, and a worker inside",
        description="Runs pages, API and streams, and a worker in the same process unless told otherwise. "
        "Ctrl-C or SIGTERM ends it; runs that are under way go on at the next start.",
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument(
        "--no-worker", action="store_true", help="leave the processing to `rushes worker` processes"
    )
    commands.add_parser(
        "worker",
        help="run a worker alone",
        description="Takes videos from the queue and processes them. It may be killed at any time: the next "
        "worker goes on after the last finished chunk, and of sound after the last finished track.",
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands.add_parser(
        "migrate",
        help="create or update the database",
        description="Brings the database up to this release. Safe to run again; needed after each update.",
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return main


def configure_logging(verbose: bool) -> None:
    """Lines for a terminal, JSON for anything that collects logs."""
    terminal = sys.stderr.isatty()
    # A read that is cancelled as the process ends cannot be rolled back any more: nothing is lost by it.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            *(
                [structlog.dev.ConsoleRenderer()]
                if terminal
                else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def main() -> None:
    options = parser().parse_args()
    configure_logging(options.verbose)
    try:
        run(options, load())
    except RushesError as error:
        sys.exit(f"rushes: {error.message} {error.hint}".strip())


def run(options: argparse.Namespace, settings: Settings) -> None:
    # Imported here, so that --help does not wait for them.
    if options.command == "migrate":
        from .migrate import migrate

        migrate(settings)
        return
    import uvloop

    from . import serving

    if options.command == "worker":
        uvloop.run(serving.work(settings))
    else:
        uvloop.run(serving.serve(settings, with_worker=not options.no_worker))
    # All is closed. Taking the interpreter apart would take as long again, two seconds on a busy machine.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
