"""A peer for MSRP: takes every message, and sends each line that it reads as one."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from mediasec.endpoints.msrp import MessageRefused, MsrpEndpoint, MsrpSession, SessionEnded
from mediasec.endpoints.stream import Stream
from mediasec.errors import LocalProtocolError, MalformedMessage
from mediasec.msrp.framing import Framing, RequestBegun
from mediasec.msrp.registry import StatusCode
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri
from mpspec.protocol.msrp_hearing import MsrpHearing
from mpspec.protocol.peer import Log, Plan, first_of, lines_of_input, meet


def hearing() -> MsrpHearing:
    """Return what listens to one direction."""
    return MsrpHearing()


async def run(plan: Plan, log: Log, local: Uri | None, remote: Uri | None) -> None:
    """Be a peer until the connection or a signal ends it.

    Args:
        plan: How the two sides meet; who opens TCP is the active side.
        log: Told of what happens.
        local: URI of the peer itself; None for a new one.
        remote: URI of the other side; None takes whoever sends to `local`, where the peer listens.

    Raises:
        EndpointError: There is no connection.
    """
    await _MsrpPeer(plan, log, local, remote).run()


class _MsrpPeer:
    def __init__(self, plan: Plan, log: Log, local: Uri | None, remote: Uri | None) -> None:
        self._plan = plan
        self._log = log
        self._local = local
        self._remote = remote
        self._firsts: dict[Stream, Framing] = {}
        self._session: MsrpSession | None = None
        self._asking = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        async with MsrpEndpoint(observe=self._observe) as self._endpoint:
            if self._plan.listens:
                self._start(self._send_lines())
                await meet(self._plan, self._log, self._serve_passive, self._ready)
            else:
                await meet(self._plan, self._log, self._serve_active)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ready(self, port: int) -> None:
        host = self._plan.host
        self._log.tell("listening", f"Listening at {host} port {port}.", host=host, port=port)
        self._settle(host, port)

    def _settle(self, host: str, port: int) -> Uri:
        """Settle the URI of the peer itself, and tell it."""
        if self._local is None:
            name = f"[{host}]" if ":" in host else host
            self._local = self._endpoint.new_uri(name, port, secure=self._plan.security is not None)
        path = self._local.serialize()
        self._log.tell("path", f"a=path:{path}", path=path)
        return self._local

    async def _serve_passive(self, stream: Stream) -> None:
        self._firsts[stream] = Framing()
        try:
            await self._endpoint.serve(stream)
        finally:
            framing = self._firsts.pop(stream, None)
            if framing is not None and framing.at_boundary:
                self._log.broke("MSRP_078", "The side that opened the connection sent no request.")

    def _observe(self, stream: Stream, octets: bytes, sent: bool) -> None:
        if not sent and stream in self._firsts:
            self._welcome(stream, octets)
        self._log.observe(stream, octets, sent)

    def _welcome(self, stream: Stream, octets: bytes) -> None:
        """Make the session of the first request to this peer, before the endpoint takes it."""
        assert self._local is not None
        try:
            for piece in self._firsts[stream].receive(octets):
                self._firsts.pop(stream, None)
                if not isinstance(piece, RequestBegun):
                    continue
                if piece.request.to_path[0].key == self._local.key:
                    remote = piece.request.from_path if self._remote is None else (self._remote,)
                    self._add(remote, active=False)
                return
        except (MalformedMessage, LocalProtocolError):
            # The endpoint finds the same fault, or has the session already, and answers.
            self._firsts.pop(stream, None)

    def _add(self, remote: tuple[Uri, ...], *, active: bool) -> MsrpSession:
        assert self._local is not None
        session = self._endpoint.add(Terms(local=self._local, remote=remote, active=active))
        self._session = session
        self._start(self._take_all(session))
        return session

    async def _take_all(self, session: MsrpSession) -> None:
        """Take every message, which reports it where its sender wants that."""
        async for _ in session:
            pass

    async def _serve_active(self, stream: Stream) -> None:
        assert self._remote is not None
        host, port = stream.get_extra_info("sockname")[:2]
        self._settle(host, port)
        session = self._add((self._remote,), active=True)
        self._endpoint.carry(session, stream)
        await first_of(self._send_lines(), self._until_over(stream))
        session.close()
        await stream.wait_ended()

    async def _until_over(self, stream: Stream) -> None:
        """Return when the connection has ended, and what was asked at that time has been told."""
        await stream.wait_ended()
        async with self._asking:
            pass

    async def _send_lines(self) -> None:
        """Send each line of standard input as a message, and return when the last one is answered."""
        async for line in lines_of_input():
            if self._session is None:
                self._log.refuse("There is no session yet.")
                continue
            if self._session.core.over:
                self._log.refuse("The session is over.")
                continue
            await self._ask(self._session, line)
        if self._session is not None and not self._session.core.over and not self._plan.listens:
            await self._ask(self._session, None)

    async def _ask(self, session: MsrpSession, line: str | None) -> None:
        """Send a line once the session is established, and tell where it was refused or not answered."""
        try:
            async with self._asking:
                await session.established()
                if line is not None:
                    await session.send(line.encode(), "text/plain;charset=UTF-8")
        except (MessageRefused, SessionEnded) as error:
            if error.code in (None, StatusCode.TIMEOUT):
                self._log.broke("MSRP_055", "A SEND was not answered.")
            else:
                self._log.refuse(str(error))
        except LocalProtocolError as error:
            self._log.refuse(str(error))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
