"""Reading the file of a capture: its frames in the pcap or pcapng format, also compressed by gzip."""

import gzip
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from mpspec.model import CannotRun

Note = Callable[[str], None]
"""Takes a sentence on what could not be read."""

MAX_BLOCK_OCTETS = 1 << 24
"""The longest packet or block that is read, in octets; one that claims to be longer is damage."""

_GZIP = b"\x1f\x8b"
_OTHER_COMPRESSIONS = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x04\x22\x4d\x18": "lz4",
    b"\xfd7zX": "xz",
    b"PK\x03\x04": "zip",
    b"BZh9": "bzip2",
}

_PCAP = {
    b"\xa1\xb2\xc3\xd4": 16,  # Times in microseconds,
    b"\xa1\xb2\x3c\x4d": 16,  # in nanoseconds,
    b"\xa1\xb2\xcd\x34": 24,  # and with more octets before each packet, as a Linux of old wrote it.
}
_LINK_BITS = 0x03FFFFFF
"""The rest of the field says how long the frame check sequence is that ends each frame."""

_SECTION = b"\x0a\x0d\x0d\x0a"
_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_SECTION_KIND = 0x0A0D0D0A
_SECRETS, _TLS_KEYS = 10, 0x544C534B
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 1, 2, 3, 6


@dataclass(frozen=True, slots=True)
class Frame:
    """What was captured at one time.

    Attributes:
        link: Kind of the link, as the file formats number it.
        octets: The frame, or its beginning; of any length.
    """

    link: int
    octets: bytes


class _Unreadable(Exception):
    """The file cannot be read any further; a sentence says why."""


def read_frames(path: Path, note: Note) -> Iterator[Frame]:
    """Yield the frames of a capture.

    Args:
        path: The file.
        note: Told where it is cut off or damaged.

    Raises:
        CannotRun: It cannot be read, or is no capture.
    """
    try:
        with path.open("rb") as file:
            frames = _frames(_unpacked(file, path))
            if frames is None:
                raise CannotRun(f"{path} is no capture in the pcap or pcapng format.")
            yield from frames
    except _Unreadable as error:
        note(str(error))
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from error


def holds_keys(path: Path) -> bool:
    """Return whether a capture that could be read brings the secrets of TLS connections with it.

    Raises:
        CannotRun: It cannot be read any more.
    """
    try:
        with path.open("rb") as packed:
            file = _unpacked(packed, path)
            if _exactly(file, 4) != _SECTION:
                return False
            file.seek(0)
            keys = (
                struct.unpack(f"{order}I", body[:4]) == (_TLS_KEYS,)
                for order, kind, body in _blocks(file)
                if kind == _SECRETS and len(body) >= 8
            )
            return any(keys)
    except _Unreadable:
        return False
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from error


def _unpacked(file: BinaryIO, path: Path) -> BinaryIO:
    """Return the file as it is, or what gzip has packed.

    Raises:
        CannotRun: It is packed in another way.
    """
    begin = file.read(4)
    if begin in _OTHER_COMPRESSIONS:
        raise CannotRun(
            f"{path} is compressed by {_OTHER_COMPRESSIONS[begin]}; unpack it first, or use gzip."
        )
    file.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if begin.startswith(_GZIP) else file


def _frames(file: BinaryIO) -> Iterator[Frame] | None:
    """Return what yields the frames; None if the file does not begin as one of the formats."""
    try:
        begin = _exactly(file, 4)
        if begin == _SECTION:
            known = _exactly(file, 8)[4:] in _ORDERS
            file.seek(0)
            return _of_blocks(file) if known else None
        if begin in _PCAP:
            return _of_records(file, ">", _PCAP[begin])
        if begin[::-1] in _PCAP:
            return _of_records(file, "<", _PCAP[begin[::-1]])
    except _Unreadable:
        pass
    return None


def _of_records(file: BinaryIO, order: str, head_length: int) -> Iterator[Frame]:
    """Yield the frames of the pcap format, behind its first four octets."""
    (link,) = struct.unpack(f"{order}16xI", _exactly(file, 20))
    while head := _exactly(file, head_length, or_none=True):
        (length,) = struct.unpack(f"{order}8xI", head[:12])
        yield Frame(link & _LINK_BITS, _exactly(file, _sane(length)))


def _of_blocks(file: BinaryIO) -> Iterator[Frame]:
    """Yield the frames of the pcapng format; each section has interfaces of its own."""
    interfaces: list[tuple[int, int]] = []
    for order, kind, body in _blocks(file):
        try:
            if kind == _SECTION_KIND:
                interfaces = []
            elif kind == _INTERFACE:
                interfaces.append(struct.unpack(f"{order}H2xI", body[:8]))
            elif kind in _PACKETS:
                yield _PACKETS[kind](order, interfaces, body)
        except (struct.error, IndexError) as error:
            raise _Unreadable("The capture is damaged: a block does not hold what it has to.") from error


def _blocks(file: BinaryIO) -> Iterator[tuple[str, int, bytes]]:
    """Yield order of octets, kind and contents of each block; the contents of a section's are its end."""
    order = ""
    while head := _exactly(file, 8, or_none=True):
        if head[:4] == _SECTION:
            begin = _exactly(file, 4)
            order = _ORDERS.get(begin, "")
            if not order:
                raise _Unreadable("The capture is damaged: a section does not say its order of octets.")
            head += begin
        kind, length = struct.unpack(f"{order}II", head[:8])
        yield order, kind, _exactly(file, _sane(length - len(head), least=4))[:-4]


def _packet(order: str, interfaces: list[tuple[int, int]], body: bytes) -> Frame:
    interface, length = struct.unpack(f"{order}I8xI4x", body[:20])
    return Frame(interfaces[interface][0], body[20 : 20 + length])


def _old_packet(order: str, interfaces: list[tuple[int, int]], body: bytes) -> Frame:
    interface, length = struct.unpack(f"{order}H10xI4x", body[:20])
    return Frame(interfaces[interface][0], body[20 : 20 + length])


def _simple_packet(order: str, interfaces: list[tuple[int, int]], body: bytes) -> Frame:
    """Read a packet of the first interface; how much of it was captured, the limit of that interface says."""
    (length,) = struct.unpack(f"{order}I", body[:4])
    link, limit = interfaces[0]
    return Frame(link, body[4 : 4 + (min(length, limit) if limit else length)])


_PACKETS = {_PACKET: _packet, _OLD_PACKET: _old_packet, _SIMPLE_PACKET: _simple_packet}


def _sane(length: int, least: int = 0) -> int:
    if not least <= length <= MAX_BLOCK_OCTETS:
        raise _Unreadable("The capture is damaged: the length of a packet or block cannot be.")
    return length


def _exactly(file: BinaryIO, length: int, *, or_none: bool = False) -> bytes:
    """Read so many octets.

    Args:
        file: The file.
        length: How many.
        or_none: Whether the file may end here; then there are none.

    Raises:
        _Unreadable: It ends before that.
    """
    try:
        octets = file.read(length)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _Unreadable("The capture is cut off.") from error
    if len(octets) < length and not (or_none and not octets):
        raise _Unreadable("The capture is cut off.")
    return octets
