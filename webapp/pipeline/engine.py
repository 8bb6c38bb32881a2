"""DBOS, the durable workflow engine. No other file knows it.

A workflow's steps are checkpointed in the database; after a crash it goes on with the first step that has no
checkpoint. docs/decisions.md has what was measured and what to beware of.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from dbos import (
    DBOS,
    DBOSClient,
    DBOSPortableJSONSerializer,
    PortableWorkflowError,
    StepOptions,
    StepReservation,
    error as dbos_errors,
)
from sqlalchemy.ext.asyncio import AsyncSession

from ..errors import Unavailable
from .passing import Passing

APPLICATION, QUEUE, WORKFLOW = "rushes", "runs", "process"
# Set by hand: one made from the code would leave runs of an earlier build unfinished. A build whose workflow
# takes other steps must branch with DBOS.patch().
WORKFLOW_VERSION = "2"
QUEUE_POLL_S = 0.25
# How a workflow ends. Where it is cancelled the row says so at once, and the workflow within so many seconds.
CANCELLED = "CANCELLED"
OVER = ("SUCCESS", "ERROR", CANCELLED)
CANCELLED_WITHIN_S = 30.0
# Crashes of the whole worker are counted per run in pipeline/journal.py, where progress resets the count.
MOST_RECOVERIES = 1000

# A step that fails in passing (its child crashed, storage was away) is tried so often, so far apart.
ATTEMPTS, FIRST_RETRY_S = 3, 1.0

Json = Any
Step = Callable[[], Awaitable[Json]]


class GaveUp(Exception):
    """A step failed in passing too often. The cause is the last failure, where it is still known."""


class Cancelled(Exception):
    """The workflow was cancelled, possibly in the middle of a step."""


class Steps(Protocol):
    """The steps of a workflow. They are numbered as they are reserved, and may run in any order then."""

    def reserve(self, name: str) -> Callable[[Step], Awaitable[Json]]:
        """Numbers the next step. What is returned runs a function, or gives what it once returned."""
        ...


Process = Callable[[str, int, Steps], Awaitable[None]]


def workflow_id(video_id: str, number: int) -> str:
    return f"{video_id}/{number}"


def engine_url(database_url: str) -> str:
    """The same database, for the engine's own, synchronous connections."""
    return database_url.replace("sqlite+aiosqlite:", "sqlite:")


def migrate(database_url: str) -> None:
    """Creates or updates the engine's tables."""
    DBOS.migrate(engine_url(database_url))


class DbosQueue:
    """Hands runs to whichever worker is free: a RunQueue of control.py."""

    def __init__(self, database_url: str) -> None:
        self._client = DBOSClient(
            system_database_url=engine_url(database_url),
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
        )

    async def enqueue(self, session: AsyncSession, video_id: str, number: int) -> None:
        connection = await session.connection()
        await connection.run_sync(
            lambda sync_connection: self._client.enqueue_in_transaction(
                sync_connection,
                {
                    "workflow_name": WORKFLOW,
                    "queue_name": QUEUE,
                    "workflow_id": workflow_id(video_id, number),
                    "app_version": WORKFLOW_VERSION,
                },
                video_id,
                number,
            )
        )

    async def cancel(self, video_id: str, number: int) -> None:
        await self._client.cancel_workflow_async(workflow_id(video_id, number))

    async def forget(self, video_id: str) -> None:
        first = workflow_id(video_id, 0)[:-1]
        found = await self._client.list_workflows_async(
            workflow_id_prefix=first, status=list(OVER), load_input=False, load_output=False
        )
        latest_ms = (time.time() - CANCELLED_WITHIN_S) * 1000
        over = [
            workflow.workflow_id
            for workflow in found
            # The prefix is a pattern, in which ids have characters of a meaning of their own.
            if workflow.workflow_id.startswith(first)
            and (workflow.status != CANCELLED or (workflow.updated_at or 0) < latest_ms)
        ]
        if over:
            await self._client.delete_workflows_async(over)

    async def close(self) -> None:
        await asyncio.to_thread(self._client.destroy)


class Engine:
    """A worker: takes runs from the queue and executes them, going on with those it was killed in."""

    def __init__(self, database_url: str, process: Process, concurrent_runs: int) -> None:
        self._url, self._process, self._concurrent_runs = engine_url(database_url), process, concurrent_runs

    async def start(self) -> None:
        logging.getLogger("dbos").addFilter(_is_worth_a_line)
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": self._url,
                "application_version": WORKFLOW_VERSION,
                "executor_id": "local",  # fixed, so that a restarted process finds its own runs
                "serializer": DBOSPortableJSONSerializer(),
                "log_level": "ERROR",
            }
        )

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_RECOVERIES)
        async def process(video_id: str, number: int) -> None:
            await self._process(video_id, number, DbosSteps())

        DBOS.launch()
        self._queue = await DBOS.register_queue_async(
            QUEUE, worker_concurrency=self._concurrent_runs, polling_interval_sec=QUEUE_POLL_S
        )

    async def allow(self, more: int) -> None:
        """Takes so many runs at a time more than it was made for."""
        await self._queue.set_worker_concurrency_async(self._concurrent_runs + more)

    async def stop(self) -> None:
        """Forgets the runs in hand, without a word to the database: the next start goes on with them."""
        # The engine made its own thread pool the loop's default, and is about to shut that down.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    # The engine calls it an error, with a traceback, that somebody cancelled a run.
    return not (
        record.exc_info and isinstance(record.exc_info[1], dbos_errors.DBOSAwaitedWorkflowCancelledError)
    )


class DbosSteps:
    def reserve(self, name: str) -> Callable[[Step], Awaitable[Json]]:
        reservation: StepReservation = DBOS.reserve_step()
        options: StepOptions = {
            "name": name,
            "preemptible": True,
            "retries_allowed": True,
            "max_attempts": ATTEMPTS,
            "interval_seconds": FIRST_RETRY_S,
            "should_retry": lambda error: isinstance(error, Passing | Unavailable | OSError),
        }

        async def run(step: Step) -> Json:
            try:
                return await reservation.run_async(options, step)
            except dbos_errors.DBOSMaxStepRetriesExceeded as error:
                raise GaveUp from error.errors[-1]
            except (
                dbos_errors.DBOSWorkflowCancelledError,
                dbos_errors.DBOSWorkflowConflictIDError,  # as it was cancelled, the step was just done
            ) as error:
                raise Cancelled from error
            except PortableWorkflowError as error:  # as it was checkpointed by an earlier process
                raise GaveUp from error

        return run
