"""Work beside a bot's main loop: what dies of it ends the bot in order, or is told and let go.

A task that fails is never lost: the bot takes its orders off, says why it ended, and exits with 1;
only what trading does not need may fail alone, and that is told. What is cancelled here is always
waited for, and nothing of it is raised before everything else was closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bot.domain.errors import InvariantError, PmmError


class Beside:
    """The tasks of one bot. `reason` is why it ends, the first of all reasons; empty before."""

    def __init__(self, stop: Callable[[], object]) -> None:
        """Call `stop` when the bot has to end."""
        self._stop = stop
        self._tasks: list[asyncio.Task[None]] = []
        self._error: BaseException | None = None
        self.reason = ""

    def stop(self, reason: str) -> None:
        """End the bot for this reason, unless it has one already."""
        self.reason = self.reason or reason
        self._stop()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do `work` until `end`; when it fails before, the bot ends."""
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._on_done)
        self._tasks.append(task)
        return task

    def spare(
        self, name: str, work: Coroutine[Any, Any, None], tell: Callable[[str], None]
    ) -> None:
        """Do `work`, which trading does not need; when it fails, `tell` one line and trade on."""

        def on_done(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                tell(f"{name} failed: {cause_of(error)}; the bot trades on without it")

        task = asyncio.create_task(work, name=name)
        task.add_done_callback(on_done)
        self._tasks.append(task)

    async def end(self) -> None:
        """Cancel what still runs and wait for it. Never raises."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def raise_error(self) -> None:
        """Raise the first error of a task, as a line for a person; call when all is closed."""
        if isinstance(self._error, PmmError):
            raise self._error
        if self._error is not None:
            raise InvariantError(self.reason) from self._error

    def _on_done(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        self._error = self._error or error
        self.stop(f"{task.get_name()} failed: {type(error).__name__}: {error}")


def cause_of(error: BaseException) -> str:
    """Return the reason of an end by an error that came out of the bot itself."""
    text = str(error) if isinstance(error, PmmError) else ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
