"""Being a peer: opening or accepting connections, and telling of every message on them."""

import asyncio
import io
import json
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mediasec.endpoints.listener import listen
from mediasec.endpoints.stream import Security, Stream, connect
from mediasec.endpoints.tls_session import TlsFailed
from mediasec.errors import EndpointError
from mpspec.protocol.hearing import Heard, Hearing
from mpspec.protocol.parts import printable

Hearer = Callable[[], Hearing]
"""Makes what listens to the first direction of a connection; it gives what listens to the other."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a peer meets the other side.

    Attributes:
        host: Address to listen at or to connect to.
        port: TCP port; 0 listens at one that is free.
        listens: Whether the other side opens TCP.
        security: The side of TLS that the peer takes; None for plain TCP.
    """

    host: str
    port: int
    listens: bool
    security: Security | None


class Log:
    """Tells of connections, and of every message with the rule that it keeps or breaks.

    Args:
        write: Writes one line.
        as_json: Whether a line is an object of JSON for a machine.
        hearing: Makes what listens to one direction of a connection.

    Attributes:
        broken: Whether the other side broke a rule or was refused something, or a handshake failed.
        fault: Why nothing can be written any more; None while it can.
        lost: Set when nothing can be written any more.
    """

    def __init__(self, write: Callable[[str], None], *, as_json: bool, hearing: Hearer) -> None:
        self._write = write
        self._as_json = as_json
        self._hearing = hearing
        self._ears: dict[Stream, tuple[Hearing, Hearing]] = {}
        self.broken = False
        self.fault: OSError | None = None
        self.lost = asyncio.Event()

    def tell(self, event: str, sentence: str, **fields: Any) -> None:
        """Tell of an event.

        Args:
            event: Its name for a machine.
            sentence: The same for a person.
            fields: What belongs to it.
        """
        self._put({"event": event, **fields}, [f"* {sentence}"])

    def broke(self, rule: str, sentence: str) -> None:
        """Tell of a rule that the other side broke by what it did not send.

        Args:
            rule: ID of the rule.
            sentence: What is missing.
        """
        self.broken = True
        self.tell("broken", f"{sentence} It breaks {rule}.", breaks=rule, why=sentence)

    def refuse(self, sentence: str) -> None:
        """Tell of what this side was asked to do and cannot, which is nobody else's fault.

        Args:
            sentence: Why it cannot.
        """
        self.tell("error", sentence, why=sentence)

    def failed(self, peer: str, error: TlsFailed) -> None:
        """Tell of a TLS handshake that failed.

        Args:
            peer: Address of the other side.
            error: Why.
        """
        self.broken = True
        named = "" if error.identity is None else f" The client is '{printable(error.identity)}'."
        self.tell(
            "tls failed",
            f"TLS with {peer} failed: {error}{named}",
            peer=peer,
            reason=error.failure.value,
            identity=error.identity,
        )

    def opened(self, stream: Stream) -> None:
        """Tell of a connection that is ready for use."""
        version, suite = stream.get_extra_info("tls_version"), stream.get_extra_info("cipher")
        how = f"{version}, {suite}, identity {printable(stream.identity or '')}" if version else "without TLS"
        self.tell(
            "connected",
            f"Connected with {address_of(stream)}: {how}.",
            peer=address_of(stream),
            tls=version,
            suite=suite,
            identity=stream.identity,
        )

    def observe(self, stream: Stream, octets: bytes, sent: bool) -> None:
        """Tell of the messages that octets of a connection complete."""
        if stream not in self._ears:
            received = self._hearing()
            self._ears[stream] = (received, received.opposite())
        for heard in self._ears[stream][sent].take(octets):
            self.heard(address_of(stream), heard, sent)

    def closed(self, stream: Stream) -> None:
        """Tell that a connection has ended, and of what was left unfinished on it."""
        for sent, ear in enumerate(self._ears.pop(stream, ())):
            for heard in ear.end():
                self.heard(address_of(stream), heard, bool(sent))
        self.tell("closed", f"The connection with {address_of(stream)} has ended.", peer=address_of(stream))

    def heard(self, peer: str, heard: Heard, sent: bool) -> None:
        """Tell of a message.

        Args:
            peer: Address of the other side.
            heard: The message.
            sent: Whether this side sent it.
        """
        self.broken = self.broken or (heard.refuses if sent else bool(heard.findings))
        described = {
            "event": "message",
            "direction": "sent" if sent else "received",
            "peer": peer,
            **heard.as_json(),
        }
        self._put(described, heard.lines("> " if sent else "< "))

    def _put(self, described: dict[str, Any], lines: list[str]) -> None:
        if self._as_json:
            time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            lines = [json.dumps({"time": time, **described}, ensure_ascii=False)]
        try:
            for line in lines if self.fault is None else ():
                self._write(line)
        except OSError as error:
            self.fault = error
            self.lost.set()


def address_of(stream: Stream) -> str:
    """Return the address and port of the other side; empty once they are not known any more."""
    address = stream.get_extra_info("peername")
    return _joined(*address[:2]) if address else ""


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def meet(
    plan: Plan,
    log: Log,
    serve: Callable[[Stream], Awaitable[None]],
    ready: Callable[[int], None] = lambda port: None,
) -> None:
    """Listen until a signal ends it, or connect once; serve each connection.

    Args:
        plan: How the two sides meet.
        log: Told of what happens.
        serve: Serves one connection until it ends.
        ready: Told of the port that is listened at, before the first connection.

    Raises:
        TcpFailed: There is no connection, or the address cannot be had.
    """

    async def served(stream: Stream) -> None:
        log.opened(stream)
        try:
            await serve(stream)
        finally:
            log.closed(stream)

    stop = stopped()
    if plan.listens:
        async with await listen(
            served,
            plan.host,
            plan.port,
            plan.security,
            failed=lambda stream, error: log.failed(address_of(stream), error),
        ) as listener:
            ready(listener.port)
            await first_of(stop.wait(), log.lost.wait())
        return
    try:
        stream = await connect(plan.host, plan.port, plan.security)
    except TlsFailed as error:
        log.failed(_joined(plan.host, plan.port), error)
        return
    async with stream:
        await first_of(_until_end(served, stream), stop.wait(), log.lost.wait())


def stopped() -> asyncio.Event:
    """Return what is set by the first signal that asks the program to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    return stop


async def first_of(*coroutines: Coroutine[Any, Any, object]) -> None:
    """Run coroutines until the first of them ends, and raise what that one raised."""
    work = [asyncio.ensure_future(one) for one in coroutines]
    try:
        done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in work:
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    for one in done:
        one.result()


async def _until_end(served: Callable[[Stream], Awaitable[None]], stream: Stream) -> None:
    try:
        await served(stream)
    except EndpointError:
        # The connection broke; the log has told that it ended.
        return


async def lines_of_input() -> AsyncIterator[str]:
    """Yield the lines of standard input as they come, without holding up the end of the program."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        # The loop may be closed while this thread waits for a line; then nobody wants it any more.
        with suppress(RuntimeError):
            for line in sys.stdin or ():
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line.rstrip("\r\n")
