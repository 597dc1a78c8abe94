"""What the tests with sockets share: a run that leaves nothing behind."""

import asyncio
import gc
import os

import pytest


def _sockets() -> set[str]:
    """Return the sockets that this process has open."""
    found = set()
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found


@pytest.fixture
def run():
    """Run a coroutine within some seconds; it leaves no task and no socket behind, and no callback fails."""

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

        before = _sockets()
        result = asyncio.run(bounded())
        gc.collect()
        left = _sockets() - before
        assert not left, f"sockets left behind: {left}"
        assert not reported, f"callbacks that failed: {reported}"
        return result

    return run_it
