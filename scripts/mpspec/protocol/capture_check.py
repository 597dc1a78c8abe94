"""Checking a capture: every message of MIKEY, MSRP and BFCP in it, by all rules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediasec.bfcp import Header, Primitive
from mpspec.model import CannotRun
from mpspec.protocol.bfcp_hearing import BfcpHearing
from mpspec.protocol.capture import Address, Octets, read_capture
from mpspec.protocol.capture_file import holds_keys
from mpspec.protocol.hearing import UNFINISHED, Heard
from mpspec.protocol.mikey_hearing import MikeyHearing
from mpspec.protocol.msrp_hearing import MsrpHearing
from mpspec.protocol.tls_following import follow_tls

_ENOUGH = 12
_TLS_RECORD = re.compile(rb"[\x14-\x17]\x03[\x00-\x04]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overheard:
    """A message of a capture.

    Attributes:
        source: Who sent it.
        target: Whom to.
        transport: `TCP`, `UDP`, or `TLS` where it was decrypted.
        heard: The message.
    """

    source: Address
    target: Address
    transport: str
    heard: Heard

    def lines(self) -> list[str]:
        """Return the message for a person."""
        return self.heard.lines(f"{self.source} > {self.target} {self.transport} ")

    def as_json(self) -> dict[str, Any]:
        """Return the message for a machine."""
        place = {"from": str(self.source), "to": str(self.target), "transport": self.transport}
        return place | self.heard.as_json()


class CaptureCheck:
    """Listens to a whole capture.

    Attributes:
        notes: What could not be checked and why, a sentence each.

    Raises:
        CannotRun: The key log cannot be read.
    """

    def __init__(self, path: Path, keylog: Path | None) -> None:
        if keylog is not None and not keylog.is_file():
            raise CannotRun(f"{keylog} cannot be read: it is no file.")
        self._path = path
        self._keylog = keylog
        self._ears: dict[tuple[object, ...], _Ear] = {}
        self._initial: dict[int, bytes] = {}
        self._ended: set[tuple[Address, Address]] = set()
        self.notes: list[str] = []

    def messages(self) -> Iterator[Overheard]:
        """Yield every message: those in the clear in the order of time, then those of each TLS connection.

        Raises:
            CannotRun: The capture or the key log cannot be read, or tshark is wanted and missing.
        """
        yield from self._listen(read_capture(self._path, self.notes.append))
        secured = list(dict.fromkeys(ear.ends for ear in self._ears.values() if ear.secured))
        pairs = [ends for place, ends in enumerate(secured) if ends[::-1] not in secured[:place]]
        if not pairs:
            return
        if self._keylog is None and not holds_keys(self._path):
            self.notes.append(
                f"TLS connections that were not decrypted, for want of a key log: {len(pairs)}."
            )
        else:
            yield from self._decrypted(pairs)

    def _decrypted(self, pairs: list[tuple[Address, Address]]) -> Iterator[Overheard]:
        self._ended = {ear.ends for ear in self._ears.values() if ear.ended}
        self._ears = {}
        yield from self._listen(follow_tls(self._path, self._keylog, pairs))
        opened = {ear.ends for ear in self._ears.values()}
        closed = [ends for ends in pairs if ends not in opened and ends[::-1] not in opened]
        for first, second in closed:
            keys = "No key of the capture opens" if self._keylog is None else "The key log does not open"
            self.notes.append(f"{keys} the TLS connection of {first} and {second}.")

    def _listen(self, parts: Iterator[Octets]) -> Iterator[Overheard]:
        for part in parts:
            key = (part.source, part.target, part.transport, part.connection)
            back = (part.target, part.source, part.transport, part.connection)
            if part.transport == "UDP":
                ear = _Ear(part, self._initial)
                yield from _placed(part, [*ear.take(part, None), *ear.end()])
                continue
            ear = self._ears.setdefault(key, _Ear(part, self._initial))
            if part.missing and not ear.deaf:
                ear.lose()
                self.notes.append(f"Octets from {part.source} to {part.target} are not in the capture.")
            yield from _placed(part, ear.take(part, self._ears.get(back)))
        for ear in self._ears.values():
            yield from self._end(ear)

    def _end(self, ear: "_Ear") -> Iterator[Overheard]:
        """Tell of a message without its end: the sender broke it off, or the capture does."""
        ended = ear.ended or ear.ends in self._ended
        for heard in ear.end():
            if heard.name == UNFINISHED and not ended:
                source, target = ear.ends
                self.notes.append(f"The capture ends in a message from {source} to {target}.")
            else:
                yield from _placed(ear.first, [heard])


class _Ear:
    """One direction of a connection, once it is clear what it carries.

    Attributes:
        first: The octets that it began with.
        hearing: What listens; None as long as that is not clear.
        secured: Whether it carries TLS.
        deaf: Whether octets are missing, so that nothing can be understood any more.
        ended: Whether the sender ended it.
    """

    def __init__(self, first: Octets, initial: dict[int, bytes]) -> None:
        self.first = first
        self.hearing: BfcpHearing | MsrpHearing | MikeyHearing | None = None
        self.secured = False
        self.deaf = False
        self.ended = False
        self._initial = initial
        self._waiting = b""

    @property
    def ends(self) -> tuple[Address, Address]:
        """Who sends, and whom to."""
        return self.first.source, self.first.target

    def lose(self) -> None:
        """Take note that octets are missing."""
        self.deaf = True
        if isinstance(self.hearing, (BfcpHearing, MsrpHearing)):
            self.hearing.dialogue.whole = False

    def take(self, part: Octets, other: "_Ear | None") -> Iterator[Heard]:
        """Take the next octets; the other direction helps to tell what they are."""
        self.ended = part.ended
        data = part.data
        if self.secured or self.deaf:
            return
        if self.hearing is None:
            self._waiting += data
            self._recognize(other)
            data, self._waiting = (self._waiting, b"") if self.hearing is not None else (b"", self._waiting)
        if self.hearing is not None:
            yield from self.hearing.take(data)

    def end(self) -> Iterator[Heard]:
        """Take note of the end."""
        if self.hearing is not None and not self.deaf:
            yield from self.hearing.end()

    def _recognize(self, other: "_Ear | None") -> None:
        octets = self._waiting
        if self.first.transport == "UDP":
            self.hearing = MikeyHearing(self._initial)
        elif self.first.transport == "TCP" and _TLS_RECORD.match(octets):
            self.secured = True
        elif other is not None and isinstance(other.hearing, (BfcpHearing, MsrpHearing)):
            self.hearing = other.hearing.opposite()
        elif octets.startswith(b"MSRP "):
            self.hearing = MsrpHearing()
        elif len(octets) >= _ENOUGH and _is_bfcp(octets):
            self.hearing = BfcpHearing()
        elif len(octets) >= _ENOUGH:
            self.hearing = MikeyHearing(self._initial)
        if isinstance(self.hearing, (BfcpHearing, MsrpHearing)) and (
            not self.first.opened or (other is not None and other.deaf)
        ):
            self.hearing.dialogue.whole = False


def _is_bfcp(octets: bytes) -> bool:
    """Return whether octets look like the header of a message of BFCP, whatever it breaks."""
    header = Header.parse(octets)
    return header.version in (1, 2) and isinstance(header.primitive, Primitive)


def _placed(part: Octets, messages: Iterator[Heard] | list[Heard]) -> Iterator[Overheard]:
    for heard in messages:
        yield Overheard(source=part.source, target=part.target, transport=part.transport, heard=heard)
