"""Octets: a bounded reader and a writer in network byte order."""

from collections.abc import Iterator
from contextlib import contextmanager

from mediasec.errors import MalformedMessage


class OctetReader:
    """A cursor over octets that never reads past its bound.

    Every integer is unsigned, in network byte order. Every read that would pass the bound raises
    `MalformedMessage` and moves nothing.

    Attributes:
        offset: Octets read so far, from the start of the data.
    """

    __slots__ = ("_data", "_end", "offset")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._end = len(data)
        self.offset = 0

    @property
    def remaining(self) -> int:
        """Octets left before the bound."""
        return self._end - self.offset

    def octets(self, length: int) -> bytes:
        """Read `length` octets."""
        start = self.offset
        end = start + length
        if end > self._end:
            raise self._too_short(start, length)
        self.offset = end
        return self._data[start:end]

    def counted(self, width: int) -> bytes:
        """Read octets that stand behind their number, which is an unsigned integer of `width` octets."""
        number = self.offset
        start = number + width
        length = int.from_bytes(self._data[number:start], "big")
        end = start + length
        if end > self._end:
            raise self._too_short(number, width) if start > self._end else self._too_short(start, length)
        self.offset = end
        return self._data[start:end]

    def rest(self) -> bytes:
        """Read every octet that is left before the bound."""
        return self.octets(self.remaining)

    def uint(self, length: int) -> int:
        """Read an unsigned integer of `length` octets."""
        return int.from_bytes(self.octets(length), "big")

    def uint8(self) -> int:
        """Read one octet as an unsigned integer."""
        start = self.offset
        if start >= self._end:
            raise self._too_short(start, 1)
        self.offset = start + 1
        return self._data[start]

    def uint16(self) -> int:
        """Read two octets as an unsigned integer."""
        high, low = self.octets(2)
        return high << 8 | low

    def uint32(self) -> int:
        """Read four octets as an unsigned integer."""
        return self.uint(4)

    def uint64(self) -> int:
        """Read eight octets as an unsigned integer."""
        return self.uint(8)

    @contextmanager
    def restricted(self, length: int) -> Iterator[None]:
        """Bound every read in the block to the next `length` octets, all of which must be read.

        Raises:
            MalformedMessage: Fewer octets are left than `length`, or some of them stayed unread.
        """
        if length > self.remaining:
            raise self._too_short(self.offset, length)
        outer, self._end = self._end, self.offset + length
        try:
            yield
            self.finish()
        finally:
            self._end = outer

    def finish(self) -> None:
        """Demand that every octet before the bound was read.

        Raises:
            MalformedMessage: Octets are left over.
        """
        if self.remaining:
            raise MalformedMessage(f"{self.remaining} octets are left over", offset=self.offset)

    def _too_short(self, start: int, length: int) -> MalformedMessage:
        return MalformedMessage(
            f"{length} octets are announced and {self._end - start} are left", offset=start
        )


class OctetWriter:
    """Octets in the making; integers are unsigned, in network byte order."""

    __slots__ = ("_octets",)

    def __init__(self) -> None:
        self._octets = bytearray()

    def __len__(self) -> int:
        return len(self._octets)

    def octets(self, data: bytes) -> None:
        """Append octets as they are."""
        self._octets += data

    def uint(self, value: int, length: int) -> None:
        """Append an unsigned integer of `length` octets; a value that does not fit is an OverflowError."""
        self._octets += value.to_bytes(length, "big")

    def uint8(self, value: int) -> None:
        """Append an unsigned integer of one octet."""
        self.uint(value, 1)

    def uint16(self, value: int) -> None:
        """Append an unsigned integer of two octets."""
        self.uint(value, 2)

    def uint32(self, value: int) -> None:
        """Append an unsigned integer of four octets."""
        self.uint(value, 4)

    def uint64(self, value: int) -> None:
        """Append an unsigned integer of eight octets."""
        self.uint(value, 8)

    def getvalue(self) -> bytes:
        """Return all octets written so far."""
        return bytes(self._octets)
