"""The KMS as a server: MIKEY messages over HTTP, a limit on how often one may ask, and an audit log."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from aiohttp import web

from mediasec.errors import EndpointError
from mediasec.nodes.kms_client import MAX_MESSAGE_OCTETS, MEDIA_TYPE, message_name
from mediasec.nodes.observation import Medium
from mediasec.nodes.rate_limit import RateLimit
from mediasec.nodes.surroundings import Surroundings
from mediasec.procedures.ticket_kms import Kms, KmsAnswer

_SHUTDOWN_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What was asked and what became of it; no key, ticket or message is in it.

    Attributes:
        time: Seconds since 1970, UTC.
        address: IP address that asked.
        message: What was asked: `REQUEST_INIT_PSK`.
        subscriber: Who asked, if that is proven; else empty.
        outcome: `answered`, or why not.
    """

    time: float
    address: str
    message: str
    subscriber: str
    outcome: str


class AuditFile:
    """A log that is only appended to: a line of JSON for each message that the KMS was asked.

    Args:
        path: The file; only its owner may read it.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def __call__(self, audited: Audited) -> None:
        """Append a line."""
        line = {
            "time": datetime.fromtimestamp(audited.time, UTC).isoformat(timespec="milliseconds"),
            "address": audited.address,
            "message": audited.message,
            "subscriber": audited.subscriber,
            "outcome": audited.outcome,
        }
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


class KmsServer:
    """A KMS at an address.

    Args:
        core: The KMS without I/O.
        surroundings: The world of the node.
        limit: How often one address may ask.
        audit: Is told of each message and what became of it; None for nobody.
        observe: Is told of the address of the other side, the octets of each message, and whether the KMS
            sent it; None for nobody.
    """

    def __init__(
        self,
        core: Kms,
        surroundings: Surroundings,
        *,
        limit: RateLimit | None = None,
        audit: Callable[[Audited], None] | None = None,
        observe: Callable[[str, bytes, bool], None] | None = None,
    ) -> None:
        self._core = core
        self._surroundings = surroundings
        self._limit = RateLimit() if limit is None else limit
        self._audit = audit
        self._observe = observe
        application = web.Application(client_max_size=MAX_MESSAGE_OCTETS)
        application.router.add_post("/", self._take)
        self._runner = web.AppRunner(
            application, access_log=None, handle_signals=False, shutdown_timeout=_SHUTDOWN_SECONDS
        )

    async def open(self, port: int = 0) -> str:
        """Begin to answer.

        Args:
            port: TCP port; 0 for one that is free.

        Returns:
            The URL.

        Raises:
            EndpointError: The address cannot be had.
        """
        host = self._surroundings.own_host
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise EndpointError(f"Cannot listen at {host} port {port}: {error.strerror}.") from error
        port = self._runner.addresses[0][1]
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    async def close(self) -> None:
        """Answer no more."""
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _take(self, request: web.Request) -> web.Response:
        """Answer one message.

        Source:
            KMS_001 (RFC 6043, 7)
            KMS_002 (RFC 3830, 10.1)
            KMS_003 (RFC 6043, 12.3)
        """
        address = request.remote or ""
        if not self._limit.allows(address, asyncio.get_running_loop().time()):
            self._note(address, b"", KmsAnswer(reply=None), "too many requests")
            return web.Response(status=429, text="Too many requests.\n")
        if request.content_type != MEDIA_TYPE:
            self._note(address, b"", KmsAnswer(reply=None), "another media type")
            return web.Response(status=415, text=f"A message of {MEDIA_TYPE} is wanted.\n")
        octets = await request.read()
        if self._observe is not None:
            self._observe(address, octets, False)
        answer = self._core.answer(octets, self._surroundings.now(), self._surroundings.random)
        self._note(address, octets, answer, "answered" if answer.refusal is None else str(answer.refusal))
        if answer.reply is None:
            return web.Response(status=400, text="No message of MIKEY-TICKET that the KMS answers.\n")
        if self._observe is not None:
            self._observe(address, answer.reply, True)
        name = self._surroundings.name_of(address)
        self._surroundings.show(name, Medium.KMS, message_name(answer.reply), answer.reply)
        return web.Response(body=answer.reply, content_type=MEDIA_TYPE)

    def _note(self, address: str, octets: bytes, answer: KmsAnswer, outcome: str) -> None:
        if self._audit is None:
            return
        subscriber = answer.subscriber
        self._audit(
            Audited(
                time=self._surroundings.now(),
                address=address,
                message=message_name(octets),
                subscriber="" if subscriber is None else subscriber.data.decode(errors="replace"),
                outcome=outcome,
            )
        )
