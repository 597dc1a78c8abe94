"""Chunks into whole messages: any order, overlaps, interrupted chunks; memory is bounded and accounted."""

from bisect import bisect_left
from io import BytesIO

MAX_RUNS = 1024
"""The most separate stretches of one message that are held while octets between them are missing."""


class Memory:
    """An allowance of octets, out of a larger one where there is one.

    Attributes:
        limit: The most octets that may be held at one time.
        used: Octets held now.
    """

    def __init__(self, limit: int, *, within: "Memory | None" = None) -> None:
        self.limit = limit
        self.used = 0
        self._within = within

    def take(self, octets: int) -> bool:
        """Hold more octets, if the allowance is large enough; return whether it is.

        Source:
            MSRP_063 (RFC 4975, 14.5)
        """
        if self.used + octets > self.limit or (self._within and not self._within.take(octets)):
            return False
        self.used += octets
        return True

    def release(self, octets: int) -> None:
        """Hold fewer octets."""
        self.used -= octets
        if self._within:
            self._within.release(octets)


class _Run:
    """A stretch of octets without a gap.

    Attributes:
        start: Place of the first octet, from 0.
        end: Place after the last octet.
    """

    __slots__ = ("_octets", "end", "start")

    def __init__(self, start: int, data: bytes) -> None:
        self.start = start
        self.end = start
        # Its contents can be had without a copy of them.
        self._octets = BytesIO()
        self.put(start, data)

    def put(self, position: int, data: bytes) -> None:
        """Put octets at a place within the stretch or at its end, in the place of those that are there."""
        self._octets.seek(position - self.start)
        self._octets.write(data)
        self.end = max(self.end, position + len(data))

    def octets(self, start: int, end: int) -> bytes:
        """Return the octets between two places."""
        return self._octets.getvalue()[start - self.start : end - self.start]


class Assembly:
    """A message in the making.

    It holds the octets that came, never room for those that are announced.

    Attributes:
        total: Octets of the whole message; None until its last chunk has come.
    """

    def __init__(self, *, max_octets: int, memory: Memory) -> None:
        self.total: int | None = None
        self._max_octets = max_octets
        self._memory = memory
        self._runs: list[_Run] = []
        self._held = 0

    def add(self, position: int, data: bytes) -> bool:
        """Put octets at their place; those that came later win over those that came before.

        Args:
            position: Place of the first of them, from 0.
            data: The octets.

        Returns:
            Whether there is room for them. Without room nothing is kept, and the message is to be given up.

        Source:
            MSRP_058 (RFC 4975, 7.3.1)
            MSRP_059 (RFC 4975, 7.3.1)
            MSRP_061 (RFC 4975, 7.3.1)
            MSRP_063 (RFC 4975, 14.5)
        """
        end = position + len(data)
        if end > self._max_octets or len(self._runs) >= MAX_RUNS or not self._memory.take(len(data)):
            return False
        self._held += len(data)
        first = bisect_left(self._runs, position, key=lambda run: run.end)
        last = first
        while last < len(self._runs) and self._runs[last].start <= end:
            last += 1
        joined = self._runs[first:last]
        if len(joined) == 1 and joined[0].end == position:
            joined[0].put(position, data)
            return True
        self._runs[first:last] = [_join(joined, position, data)]
        self._settle()
        return True

    def _settle(self) -> None:
        """Give back the allowance for octets that stood in each other's place."""
        held = sum(run.end - run.start for run in self._runs)
        self._memory.release(self._held - held)
        self._held = held

    def finish(self, total: int) -> None:
        """Fix the length of the message: its last chunk has come.

        Source:
            MSRP_060 (RFC 4975, 7.3.1)
        """
        self.total = total

    def whole(self) -> bytes | None:
        """Return the message if every octet of it is there."""
        if self.total is None:
            return None
        if self.total == 0:
            return b""
        run = self._runs[0] if self._runs else None
        if run is None or run.start > 0 or run.end < self.total:
            return None
        return run.octets(0, self.total)

    def drop(self) -> None:
        """Give all memory back."""
        self._memory.release(self._held)
        self._held = 0
        self._runs.clear()


def _join(runs: list[_Run], position: int, data: bytes) -> _Run:
    """Join octets with the stretches that they touch or overlap; the octets win."""
    if runs and runs[0].start <= position:
        joined, *runs = runs
        joined.put(position, data)
    else:
        joined = _Run(position, data)
    for run in runs:
        if run.end > joined.end:
            joined.put(joined.end, run.octets(joined.end, run.end))
    return joined
