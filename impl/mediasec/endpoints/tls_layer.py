"""TLS over a TCP connection that somebody opened: a protocol to its transport, a transport to its protocol.

Which side of TLS it takes has nothing to do with who opened TCP. asyncio's own TLS is not used: it ties the
two together, and it ends a failed handshake without the alert.
"""

import asyncio
from collections.abc import Iterable
from enum import Enum, auto
from typing import Any

from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer, TlsSession
from mediasec.errors import EndpointError

CLOSING_TIMEOUT_SECONDS = 5.0
"""How long a closed connection waits for the peer to take what was written and to close too."""

ALERT_TIMEOUT_SECONDS = 0.5
"""How long a failed connection waits for the peer to take the alert and to close."""


class State(Enum):
    """Where a TLS connection stands.

    Attributes:
        HANDSHAKING: TCP is there, and the peer has not yet shown that it has the key.
        OPEN: The application writes and reads.
        CLOSING: What was written goes out, then the alert; nothing more is read.
        ENDED: TCP has ended.
    """

    HANDSHAKING = auto()
    OPEN = auto()
    CLOSING = auto()
    ENDED = auto()


class Event(Enum):
    """What moves a TLS connection on.

    Attributes:
        HANDSHAKE_COMPLETE: Both sides have shown that they have the key.
        TIMED_OUT: The handshake took too long.
        FAILED: TLS cannot go on: another key, a record that does not verify, an alert of the peer.
        CLOSED: This side has closed, by itself or after the peer.
        TCP_ENDED: TCP has ended, in order or not.
    """

    HANDSHAKE_COMPLETE = auto()
    TIMED_OUT = auto()
    FAILED = auto()
    CLOSED = auto()
    TCP_ENDED = auto()


TRANSITIONS = {
    (State.HANDSHAKING, Event.HANDSHAKE_COMPLETE): State.OPEN,
    (State.HANDSHAKING, Event.TIMED_OUT): State.CLOSING,
    (State.HANDSHAKING, Event.FAILED): State.CLOSING,
    (State.HANDSHAKING, Event.TCP_ENDED): State.ENDED,
    (State.OPEN, Event.FAILED): State.CLOSING,
    (State.OPEN, Event.CLOSED): State.CLOSING,
    (State.OPEN, Event.TCP_ENDED): State.ENDED,
    (State.CLOSING, Event.TCP_ENDED): State.ENDED,
}
"""What a TLS connection does next; anything else cannot be."""


class TlsLayer(asyncio.Protocol):
    """The TLS side of a TCP connection.

    The application's `connection_made` is called with a `TlsTransport` once the peer has shown that it has
    the key, its `connection_lost` once at the end of TCP, after a failed handshake too.

    Attributes:
        established: Done when the handshake is complete, or failed with `TlsFailed`.
    """

    def __init__(self, application: asyncio.Protocol, security: TlsClient | TlsServer) -> None:
        self.application = application
        self._loop = asyncio.get_running_loop()
        self.established: asyncio.Future[None] = self._loop.create_future()
        self._security = security
        self._session: TlsSession | None = None
        self._state = State.HANDSHAKING
        self._timer: asyncio.TimerHandle | None = None
        self._error: TlsFailed | None = None
        self._reading = True
        self._writable = True
        self._told_of_end = False
        self._tcp_ended = False

    # What TCP's transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        assert isinstance(transport, asyncio.Transport)
        self.tcp = transport
        seconds = self._security.profile.handshake_timeout_seconds
        self._timer = self._loop.call_later(seconds, self._time_out)
        if isinstance(self._security, TlsClient):
            self._session = self._security.start()
            self._handshake()

    def data_received(self, data: bytes) -> None:
        """Take what TCP brought; after this side has closed it is of no use."""
        if self._state is State.CLOSING:
            return
        if self._session is None:
            assert isinstance(self._security, TlsServer)
            self._session = self._security.start(data)
        self._session.receive(data)
        self._advance()

    def eof_received(self) -> bool:
        """Take note of the end of the peer's direction; keep this side's until all of it is sent."""
        self._tcp_ended = True
        if self._state is State.CLOSING or self._session is None:
            return False
        self._session.receive_end()
        self._advance()
        return self._state is State.OPEN

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the application that the connection has ended, and why."""
        if self._timer is not None:
            self._timer.cancel()
        if self._state is State.HANDSHAKING:
            self._error = TlsFailed(TlsFailure.CLOSED)
            self._error.__cause__ = error
            self._refuse(self._error)
        self._move(Event.TCP_ENDED)
        self.application.connection_lost(self._error or error)

    def pause_writing(self) -> None:
        """Hand the peer's slowness on to the application."""
        self._writable = False
        if self._state is State.OPEN:
            self.application.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that the peer has caught up."""
        self._writable = True
        if self._state is State.OPEN:
            self.application.resume_writing()

    # What the application's transport calls.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send; nothing is sent after the close."""
        if self._state is not State.OPEN:
            return
        try:
            self.session.write(data)
        except TlsFailed as error:
            self._break(error)
        self._flush()

    def close_writing(self) -> None:
        """Close this side's direction of TLS and go on reading.

        Source:
            TLS_033 (RFC 8446, 6.1)
        """
        if self._state is State.OPEN:
            self.session.close()
            self._flush()

    def close(self) -> None:
        """Close both directions: send the alert and what was written, then wait for the peer for a while.

        Source:
            TLS_031 (RFC 8446, 6.1)
        """
        if self._state is State.OPEN:
            self.session.close()
            self._end(Event.CLOSED, CLOSING_TIMEOUT_SECONDS)

    def read_on(self, wanted: bool) -> None:
        """Stop or go on handing octets to the application; TCP is held back meanwhile."""
        if wanted is self._reading:
            return
        self._reading = wanted
        if not wanted:
            self.tcp.pause_reading()
        elif self._state is State.OPEN:
            self._deliver()
            if self._reading:
                self.tcp.resume_reading()

    # What both lead to.

    def _advance(self) -> None:
        if self._state is State.HANDSHAKING:
            self._handshake()
        elif self._state is State.OPEN:
            self._deliver()

    def _handshake(self) -> None:
        """Go on with the handshake; its failure sends the alert and is told with its reason.

        Source:
            TLS_027 (RFC 8446, 6.2)
            TLS_029 (TS 23.333, 6.2.19.3.1)
        """
        try:
            complete = self.session.handshake()
        except TlsFailed as error:
            self._refuse(error)
            self._break(error)
            return
        self._flush()
        if complete:
            self._open()

    def _open(self) -> None:
        """Hand the connection to the application, with what the peer has sent already."""
        assert self._timer is not None
        self._timer.cancel()
        self._move(Event.HANDSHAKE_COMPLETE)
        self.application.connection_made(TlsTransport(self))
        if not self.established.done():
            self.established.set_result(None)
        if not self._writable:
            self.application.pause_writing()
        self._deliver()

    def _deliver(self) -> None:
        """Hand the application what there is, while it wants it."""
        error = None
        while self._reading and self._state is State.OPEN:
            records = []
            try:
                while record := self.session.read():
                    records.append(record)
            except TlsFailed as failed:
                error = failed
            if records:
                self.application.data_received(b"".join(records))
            if error is not None and self._state is State.OPEN:
                self._break(error)
            elif not records:
                break
        self._flush()
        if self.session.closed_by_peer and self._state is State.OPEN and not self._told_of_end:
            self._take_closing()

    def _take_closing(self) -> None:
        """Tell the application that the peer sends no more, and close too unless it may go on writing.

        Source:
            TLS_033 (RFC 8446, 6.1)
            TLS_034 (RFC 5246, 7.2.1)
        """
        self._told_of_end = True
        wants_to_write = self.application.eof_received()
        if not (wants_to_write and self.session.version == "TLSv1.3"):
            self.close()

    def _time_out(self) -> None:
        error = TlsFailed(TlsFailure.TIMEOUT)
        self._refuse(error)
        self._error = error
        self._move(Event.TIMED_OUT)
        self.tcp.abort()

    def _refuse(self, error: TlsFailed) -> None:
        if not self.established.done():
            self.established.set_exception(error)

    def _break(self, error: TlsFailed) -> None:
        """End a connection that cannot go on; the alert, if there is one, goes out first."""
        self._error = error
        self._end(Event.FAILED, ALERT_TIMEOUT_SECONDS)

    def _end(self, event: Event, seconds: float) -> None:
        """Send what is left and close this direction of TCP, then wait for the peer to close its own.

        If TCP were closed at once, unread octets would make it send a reset, which can overtake the alert.
        """
        self._move(event)
        self._flush()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self.tcp.abort)
        if self._tcp_ended:
            self.tcp.close()
        elif not self.tcp.is_closing():
            try:
                self.tcp.write_eof()
            except OSError:
                # The peer has reset the connection, and asyncio has not read that yet.
                self.tcp.abort()
            self.tcp.resume_reading()

    def _flush(self) -> None:
        output = self.session.take_output()
        if output:
            self.tcp.write(output)

    @property
    def session(self) -> TlsSession:
        """The TLS session; there is none before a client has sent its first octets."""
        assert self._session is not None
        return self._session

    def _move(self, event: Event) -> None:
        """Go on as the table says."""
        self._state = TRANSITIONS[self._state, event]

    @property
    def is_open(self) -> bool:
        """Whether octets can be written."""
        return self._state is State.OPEN

    @property
    def is_reading(self) -> bool:
        """Whether octets are handed to the application."""
        return self._reading and self._state is State.OPEN


class TlsTransport(asyncio.Transport):
    """What a protocol writes to where TLS lies between it and TCP.

    `get_extra_info` knows `psk_identity`, `tls_version` and `cipher`, and what TCP's transport knows.
    """

    def __init__(self, layer: TlsLayer) -> None:
        super().__init__()
        self._layer = layer

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known by that name of TLS or of TCP."""
        session = self._layer.session
        own = {"psk_identity": session.identity, "tls_version": session.version, "cipher": session.suite}
        return own[name] if name in own else self._layer.tcp.get_extra_info(name, default)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send octets."""
        self._layer.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send octets that lie in several pieces."""
        self._layer.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Return whether one direction can be closed alone, as TLS 1.3 can."""
        return self._layer.session.version == "TLSv1.3"

    def write_eof(self) -> None:
        """Close this side's direction.

        Raises:
            EndpointError: TLS 1.2 closes both directions or none.

        Source:
            TLS_034 (RFC 5246, 7.2.1)
        """
        if not self.can_write_eof():
            raise EndpointError("TLS 1.2 cannot close one direction alone.")
        self._layer.close_writing()

    def close(self) -> None:
        """Send what was written, close TLS, then TCP."""
        self._layer.close()

    def abort(self) -> None:
        """Close TCP at once."""
        self._layer.tcp.abort()

    def is_closing(self) -> bool:
        """Return whether the connection is closed or about to be."""
        return not self._layer.is_open or self._layer.tcp.is_closing()

    def pause_reading(self) -> None:
        """Hold the peer back."""
        self._layer.read_on(False)

    def resume_reading(self) -> None:
        """Let the peer go on."""
        self._layer.read_on(True)

    def is_reading(self) -> bool:
        """Return whether octets are handed on."""
        return self._layer.is_reading

    def get_write_buffer_size(self) -> int:
        """Return the octets that wait for the peer to take them, with what TLS adds."""
        return self._layer.tcp.get_write_buffer_size()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set when the protocol is asked to pause and to go on, in octets."""
        self._layer.tcp.set_write_buffer_limits(high, low)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return when the protocol is asked to go on and to pause, in octets."""
        return self._layer.tcp.get_write_buffer_limits()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hand everything to another protocol from now on."""
        assert isinstance(protocol, asyncio.Protocol)
        self._layer.application = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol that everything is handed to."""
        return self._layer.application
