"""An event loop in virtual time: it never sleeps, and when nothing is ready the clock jumps ahead."""

import asyncio
import heapq
import itertools
import selectors
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

_Result = TypeVar("_Result")
MOST_TURNS = 1_000_000
"""How many turns of the event loop may pass at one moment."""


class Standstill(Exception):
    """Nothing is left that could happen, or the clock does not move any more."""


class Timeline:
    """The clock, and what is to happen later.

    Attributes:
        time: Seconds since the beginning.
    """

    def __init__(self) -> None:
        self.time = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._turns = 0

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something happen later; what is for the same moment happens in the order of the calls."""
        heapq.heappush(self._events, (self.time + seconds, next(self._numbers), do))

    def settle(self) -> None:
        """Let happen what is due.

        Raises:
            Standstill: The clock has not moved for too long.
        """
        self._turns += 1
        if self._turns > MOST_TURNS:
            self._turns = 0
            raise Standstill(f"The clock stands still for {MOST_TURNS} turns of the event loop.")
        while self._events and self._events[0][0] <= self.time:
            heapq.heappop(self._events)[2]()

    def advance(self, seconds: float | None) -> None:
        """Go to the next thing that happens, and let it happen.

        Args:
            seconds: How far ahead at most; None for any distance.

        Raises:
            Standstill: Nothing is left that could happen.
        """
        moments = [self.time + seconds] if seconds is not None else []
        moments += [self._events[0][0]] if self._events else []
        if not moments:
            raise Standstill("Nothing is left that could happen.")
        self.time = max(self.time, min(moments))
        self._turns = 0
        self.settle()


class Pollable(Protocol):
    """A socket of which a selector can ask whether it is ready."""

    @property
    def readable(self) -> bool:
        """Whether reading gives something, be it an error."""

    @property
    def writable(self) -> bool:
        """Whether writing takes something, be it an error."""


class VirtualSelector(selectors.BaseSelector):
    """Says which virtual sockets are ready, and moves the clock where none is.

    Args:
        timeline: The clock.
        sockets: The virtual sockets, by their file descriptors; other descriptors are those of the machine.
    """

    def __init__(self, timeline: Timeline, sockets: Mapping[int, Pollable]) -> None:
        self._timeline = timeline
        self._sockets = sockets
        self._keys: dict[int, selectors.SelectorKey] = {}
        self._machine = selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Begin to watch a descriptor."""
        number = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        if number in self._keys:
            raise KeyError(f"{fileobj!r} is watched already")
        if number not in self._sockets:
            self._machine.register(number, events)
        key = self._keys[number] = selectors.SelectorKey(fileobj, number, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Watch a descriptor no more."""
        key = self._keys.pop(fileobj if isinstance(fileobj, int) else fileobj.fileno())
        if key.fd in self._machine.get_map():
            self._machine.unregister(key.fd)
        return key

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; where nothing is, after the clock has moved on, by `timeout` at most."""
        self._timeline.settle()
        ready = self._ready()
        if ready or (timeout is not None and timeout <= 0):
            return ready
        self._timeline.advance(timeout)
        return self._ready()

    def close(self) -> None:
        """Watch nothing any more."""
        self._keys.clear()
        self._machine.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """Return what is watched, by its descriptor."""
        return self._keys

    def _ready(self) -> list[tuple[selectors.SelectorKey, int]]:
        ready = [(self._keys[key.fd], events) for key, events in self._machine.select(0)]
        for number, key in sorted(self._keys.items()):
            if number in self._sockets:
                one = self._sockets[number]
                events = selectors.EVENT_READ if one.readable else 0
                events |= selectors.EVENT_WRITE if one.writable else 0
                if events & key.events:
                    ready.append((key, events & key.events))
        return ready


class _Task(asyncio.Task[Any]):
    """A task whose hash is its number, so that a set of tasks has the same order in each run."""

    _numbers = itertools.count()

    def __init__(self, coroutine: Any, **settings: Any) -> None:
        self._number = next(self._numbers)
        super().__init__(coroutine, **settings)

    def __hash__(self) -> int:
        return self._number


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time.

    Args:
        timeline: Its clock.
        sockets: The virtual sockets, by their file descriptors.
    """

    def __init__(self, timeline: Timeline, sockets: Mapping[int, Pollable]) -> None:
        self._timeline = timeline
        super().__init__(VirtualSelector(timeline, sockets))
        self.set_task_factory(lambda loop, coroutine, **settings: _Task(coroutine, loop=loop, **settings))

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._timeline.time

    def run_in_executor(  # type: ignore[override]
        self, executor: object, function: Callable[..., _Result], *arguments: Any
    ) -> asyncio.Future[_Result]:
        """Call a function at once: another thread would end at another moment in each run."""
        future: asyncio.Future[_Result] = self.create_future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future
