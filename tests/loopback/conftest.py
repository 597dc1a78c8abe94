"""What the tests with sockets share: a run that leaves nothing behind."""

import asyncio
import contextlib
import gc
import os

import pytest


def _open_files() -> set[tuple[str, str]]:
    """Return the sockets and files that this process has open, each with its descriptor."""
    found = set()
    for descriptor in os.listdir("/proc/self/fd"):
        # The listing itself was open while it was made.
        with contextlib.suppress(OSError):
            found.add((descriptor, os.readlink(f"/proc/self/fd/{descriptor}")))
    return found


@pytest.fixture
def run():
    """Run a coroutine in some seconds; it leaves no task, socket or file behind, and no callback fails."""

    def run_it(main, seconds=30):
        reported = []

        async def bounded():
            asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
            async with asyncio.timeout(seconds):
                result = await main
            for _ in range(3):
                await asyncio.sleep(0)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"tasks left behind: {left}"
            return result

        before = _open_files()
        result = asyncio.run(bounded())
        gc.collect()
        left = _open_files() - before
        assert not left, f"sockets and files left behind: {left}"
        assert not reported, f"callbacks that failed: {reported}"
        return result

    return run_it
