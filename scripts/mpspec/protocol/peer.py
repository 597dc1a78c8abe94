"""Being a peer: opening or accepting connections, and telling of every message on them."""

import asyncio
import json
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mediasec.endpoints.stream import Security, Stream, connect, listen
from mediasec.endpoints.tls_session import TlsFailed
from mediasec.errors import EndpointError
from mpspec.protocol.hearing import Heard, Hearing

Hearer = Callable[[], Hearing]
"""Makes what listens to one direction of a connection."""

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
        broken: Whether the other side broke a rule, or a handshake failed.
    """

    def __init__(self, write: Callable[[str], None], *, as_json: bool, hearing: Hearer) -> None:
        self._write = write
        self._as_json = as_json
        self._hearing = hearing
        self._ears: dict[tuple[Stream, bool], Hearing] = {}
        self.broken = False

    def tell(self, event: str, sentence: str, **fields: Any) -> None:
        """Tell of an event.

        Args:
            event: Its name for a machine.
            sentence: The same for a person.
            fields: What belongs to it.
        """
        self._put({"event": event, **fields}, [f"* {sentence}"])

    def failed(self, peer: str, error: TlsFailed) -> None:
        """Tell of a TLS handshake that failed.

        Args:
            peer: Address of the other side.
            error: Why.
        """
        self.broken = True
        self.tell(
            "tls failed",
            f"TLS with {peer} failed: {error}",
            peer=peer,
            reason=error.failure.value,
            identity=error.identity,
        )

    def opened(self, stream: Stream) -> None:
        """Tell of a connection that is ready for use."""
        version, suite = stream.get_extra_info("tls_version"), stream.get_extra_info("cipher")
        how = f"{version}, {suite}, identity {stream.identity}" if version else "without TLS"
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
        ear = self._ears.setdefault((stream, sent), self._hearing())
        for heard in ear.take(octets):
            self._message(stream, heard, sent)

    def closed(self, stream: Stream) -> None:
        """Tell that a connection has ended, and of what was left unfinished on it."""
        for sent in (False, True):
            ear = self._ears.pop((stream, sent), None)
            for heard in ear.end() if ear is not None else ():
                self._message(stream, heard, sent)
        self.tell("closed", f"The connection with {address_of(stream)} has ended.", peer=address_of(stream))

    def _message(self, stream: Stream, heard: Heard, sent: bool) -> None:
        self.broken = self.broken or bool(heard.findings and not sent)
        described = {
            "event": "message",
            "direction": "sent" if sent else "received",
            "peer": address_of(stream),
            **heard.as_json(),
        }
        self._put(described, heard.lines("> " if sent else "< "))

    def _put(self, described: dict[str, Any], lines: list[str]) -> None:
        if self._as_json:
            time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self._write(json.dumps({"time": time, **described}, ensure_ascii=False))
        else:
            for line in lines:
                self._write(line)


def address_of(stream: Stream) -> str:
    """Return the address and port of the other side."""
    host, port = stream.get_extra_info("peername")[:2]
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

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop.set)
    if plan.listens:
        async with await listen(
            served,
            plan.host,
            plan.port,
            plan.security,
            failed=lambda stream, error: log.failed(stream.peer, error),
        ) as listener:
            ready(listener.port)
            await stop.wait()
        return
    try:
        stream = await connect(plan.host, plan.port, plan.security)
    except TlsFailed as error:
        log.failed(plan.host, error)
        return
    async with stream:
        work = [loop.create_task(_until_end(served, stream)), loop.create_task(stop.wait())]
        await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


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
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line.rstrip("\r\n")
