"""Mp between an MRFC and an MRFP: procedures and notifications over TLS, also between two processes.

A frame is its length in octets (uint32), a transaction ID (uint32), both in network byte order, and a message
in the encoding of `procedures.mp`. The MRFC numbers its requests from 1, the reply has the number of the
request, and a notification has 0. TLS keeps the keys that cross Mp from everybody else.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final, Self

from mediasec.endpoints.listener import Listener, listen
from mediasec.endpoints.stream import Security, Stream, connect
from mediasec.errors import EndpointError, Finding, MalformedMessage, RemoteProtocolError, RequirementViolated
from mediasec.nodes.observation import Medium
from mediasec.nodes.surroundings import Surroundings
from mediasec.procedures.mp.encoding import MAX_OCTETS, decode, encode, without_key
from mediasec.procedures.mp.messages import Message, Notification, Refusal, Reply, Request

REPLY_TIMEOUT_SECONDS: Final = 10.0
"""How long the MRFP may take to reply."""

_HEAD = struct.Struct("!II")


class MpLost(EndpointError):
    """The MRFP cannot be reached, or did not reply in time.

    Attributes:
        findings: The rule that says what follows.
    """

    def __init__(self) -> None:
        message = "The MRFP is out of service: it cannot be reached over Mp."
        super().__init__(message)
        self.findings = (Finding(requirement="MPP_014", where="MRFP", message=message),)


class MpRefused(EndpointError):
    """The MRFP has refused a procedure; nothing changed.

    Attributes:
        findings: The rule that says what follows.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The MRFP refused: {reason}")
        self.findings = (Finding(requirement="MPP_004", where="MRFP", message=reason),)


async def _frames(stream: Stream) -> AsyncIterator[tuple[int, bytes]]:
    """Yield transaction ID and message of each frame until the other side ends.

    Raises:
        EndpointError: The connection broke.
        MalformedMessage: A frame is longer than any message.
    """
    buffer = b""
    while octets := await stream.read():
        buffer += octets
        while len(buffer) >= _HEAD.size:
            length, transaction = _HEAD.unpack_from(buffer)
            if length > MAX_OCTETS:
                raise MalformedMessage(f"a frame of {length} octets is longer than {MAX_OCTETS}")
            end = _HEAD.size + length
            if len(buffer) < end:
                break
            yield transaction, buffer[_HEAD.size : end]
            buffer = buffer[end:]


async def _send(stream: Stream, transaction: int, message: Message) -> None:
    octets = encode(message)
    await stream.write(_HEAD.pack(len(octets), transaction) + octets)


class MpClient:
    """The MRFC's end of Mp. It connects when there is something to ask, and again after a loss.

    Args:
        host: Address of the MRFP.
        port: Its TCP port.
        security: The MRFC's side of TLS.
        surroundings: The world of the MRFC.
        notified: Is told of each notification.
        lost: Is told that the connection has ended.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Security,
        surroundings: Surroundings,
        *,
        notified: Callable[[Notification], None],
        lost: Callable[[], None],
    ) -> None:
        self._address = (host, port)
        self._security = security
        self._surroundings = surroundings
        self._notified = notified
        self._lost = lost
        self._stream: Stream | None = None
        self._reader: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()
        self._waiting: dict[int, asyncio.Future[Reply | Refusal]] = {}
        self._last = 0

    async def ask(self, request: Request) -> Reply:
        """Have the MRFP carry out a procedure.

        Raises:
            MpRefused: It refused.
            MpLost: It cannot be reached, or did not reply in time.
            LocalProtocolError: The request breaks a requirement.

        Source:
            MPP_010 (TS 23.333, 8.1)
        """
        self._last += 1
        transaction = self._last
        reply: asyncio.Future[Reply | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting[transaction] = reply
        try:
            stream = await self._connected()
            peer = self._surroundings.name_of(stream.peer)
            self._surroundings.show(peer, Medium.MP, request.procedure, without_key(request))
            await _send(stream, transaction, request)
            async with asyncio.timeout(REPLY_TIMEOUT_SECONDS):
                answer = await reply
        except (EndpointError, TimeoutError) as error:
            raise MpLost() from error
        finally:
            del self._waiting[transaction]
        if isinstance(answer, Refusal):
            raise MpRefused(answer.reason)
        return answer

    async def close(self) -> None:
        """Close the connection; nobody is told of it."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait([self._reader])
        if self._stream is not None:
            await self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _connected(self) -> Stream:
        async with self._opening:
            if self._stream is None:
                local = (self._surroundings.own_host, 0)
                stream = await connect(*self._address, self._security, local_address=local)
                self._stream = stream
                self._reader = asyncio.get_running_loop().create_task(self._read(stream))
            return self._stream

    async def _read(self, stream: Stream) -> None:
        """Take what the MRFP sends; what cannot be understood ends the connection.

        Source:
            MPP_014 (TS 23.333, 8.30)
        """
        try:
            async for transaction, octets in _frames(stream):
                message = decode(octets)
                if isinstance(message, Reply | Refusal):
                    waiting = self._waiting.get(transaction)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(message)
                elif isinstance(message, Notification):
                    self._notified(message)
        except (EndpointError, RemoteProtocolError):
            # Lost, or not to be understood: either way the MRFP is not there any more.
            pass
        self._stream = None
        stream.drop()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(MpLost())
        self._lost()


class MpServer:
    """The MRFP's end of Mp: carries out what an MRFC asks for, one procedure after the other.

    Args:
        perform: Carries out a procedure; what it raises as a requirement that is violated is a refusal.
        surroundings: The world of the MRFP.
    """

    def __init__(
        self,
        perform: Callable[[Request], Awaitable[Reply]],
        surroundings: Surroundings,
    ) -> None:
        self._perform = perform
        self._surroundings = surroundings
        self._listener: Listener | None = None
        self._stream: Stream | None = None

    async def open(self, security: Security, port: int = 0) -> int:
        """Begin to listen.

        Returns:
            The TCP port.

        Raises:
            TcpFailed: The address cannot be had.
        """
        self._listener = await listen(self._serve, self._surroundings.own_host, port, security)
        return self._listener.port

    async def notify(self, notification: Notification) -> None:
        """Tell the MRFC of something; where there is none, nobody is told.

        Source:
            MPP_007 (TS 23.333, 6.2.20.1)
            MPP_008 (TS 23.333, 6.2.19.3.1)
        """
        if self._stream is None:
            return
        self._show(self._stream, notification)
        with suppress(EndpointError):  # An MRFC that is gone learns that from its own end of the connection.
            await _send(self._stream, 0, notification)

    async def close(self) -> None:
        """Close the connection, and listen no more."""
        if self._listener is not None:
            await self._listener.close()

    async def _serve(self, stream: Stream) -> None:
        """Carry out what one MRFC asks for until it ends; the newest one is notified.

        Source:
            MPP_004 (TS 23.333, 8.20)
        """
        self._stream = stream
        try:
            async for transaction, octets in _frames(stream):
                answer = await self._answer(octets)
                self._show(stream, answer)
                await _send(stream, transaction, answer)
        except MalformedMessage:
            # What comes after a frame that cannot be told from the next one means nothing.
            stream.drop()
        finally:
            if self._stream is stream:
                self._stream = None

    async def _answer(self, octets: bytes) -> Reply | Refusal:
        try:
            request = decode(octets)
            if not isinstance(request, Request):
                return Refusal(reason=f"{request.procedure} is not for the MRFP to carry out.")
            return await self._perform(request)
        except RequirementViolated as error:
            return Refusal(reason="; ".join(finding.message for finding in error.findings))
        except (MalformedMessage, EndpointError) as error:
            return Refusal(reason=str(error))

    def _show(self, stream: Stream, message: Message) -> None:
        peer = self._surroundings.name_of(stream.peer)
        self._surroundings.show(peer, Medium.MP, message.procedure, without_key(message))
