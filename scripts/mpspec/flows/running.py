"""Running a flow on loopback, with the clock and the random octets of the machine."""

import asyncio
import secrets
import selectors
import time
from collections.abc import Callable, Mapping
from typing import Any

from mediasec.errors import MediaSecError
from mpspec.flows.flow import Flow, Outcome
from mpspec.flows.recording import Arrow, Recorder, Recording
from mpspec.flows.stage import Stage
from mpspec.model import CannotRun

LIMIT_SECONDS = 60.0
"""How long a flow may take."""

_SETTLING_TURNS = 100
_SETTLING_SECONDS = 0.01
_FIRST_HOST = 11


def nobody(arrow: Arrow) -> None:
    """Take no note of an arrow."""


def run_flow(flow: Flow, *, observer: Callable[[Arrow], None] = nobody) -> Recording:
    """Run a flow on loopback, each participant at an address of its own.

    Args:
        flow: The flow.
        observer: Is told of each arrow as it happens.

    Raises:
        CannotRun: The flow needs a host that cannot be reached, which loopback does not have.
    """
    if any(each.hidden for each in flow.participants):
        raise CannotRun(f"{flow.name} needs a host behind a NAT, which loopback does not have.")
    hosts = {each.name: f"127.0.0.{_FIRST_HOST + place}" for place, each in enumerate(flow.participants)}
    recorder = Recorder(flow, hosts, time.time, observer)
    stage = Stage(
        hosts=hosts,
        addresses={each.name: each.address for each in flow.participants},
        now=time.time,
        random=lambda name: secrets.token_bytes,
        observer=recorder.take,
    )
    selector = selectors.DefaultSelector()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        runner.get_loop()
        own = len(selector.get_map())

        def left_open() -> list[str]:
            count = len(selector.get_map()) - own
            return [f"Sockets left open: {count}."] if count else []

        outcome, problems = runner.run(perform(flow, stage, left_open))
    return recorder.finish(outcome, problems)


async def perform(
    flow: Flow, stage: Stage, left_open: Callable[[], list[str]]
) -> tuple[Outcome | None, list[str]]:
    """Run the coroutine of a flow, and look at what it leaves behind.

    Args:
        flow: The flow.
        stage: Its stage.
        left_open: Returns what is open of the network, a sentence each.

    Returns:
        How it ended, None where it broke off, and what went wrong, a sentence each.
    """
    problems: list[str] = []

    def unhandled(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        problems.append(f"{context['message']}{f' {type(error).__name__}: {error}' if error else ''}")

    asyncio.get_running_loop().set_exception_handler(unhandled)
    limit = asyncio.timeout(LIMIT_SECONDS)
    try:
        async with limit:
            outcome = await flow.run(stage)
    except (MediaSecError, OSError) as error:
        why = f"it took more than {LIMIT_SECONDS:.0f} s" if limit.expired() else str(error)
        return None, [*problems, f"The flow broke off: {why.rstrip('.')}."]
    for _ in range(_SETTLING_TURNS):
        left = [*_left_running(), *left_open()]
        if not left:
            break
        await asyncio.sleep(_SETTLING_SECONDS)
    return outcome, problems + left


def _left_running() -> list[str]:
    """Return the tasks that still run beside this one, a sentence each."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    names = sorted(getattr(task.get_coro(), "__qualname__", "a task") for task in tasks)
    return [f"Left running: {name}." for name in names]
