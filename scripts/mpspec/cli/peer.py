"""`mpspec peer`: somebody to test one's own UE or MRFP against."""

import asyncio
import re
import secrets
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from ssl import TLSVersion
from typing import Any, TypeVar

import click

from mediasec.endpoints.stream import Security
from mediasec.endpoints.tls_profile import TlsProfile
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import EndpointError, LocalProtocolError, RemoteProtocolError
from mediasec.msrp.uri import Uri
from mpspec.cli.options import json_option
from mpspec.model import CannotRun
from mpspec.protocol import peer_bfcp, peer_kms, peer_msrp
from mpspec.protocol.mikey_input import read_message
from mpspec.protocol.peer import Hearer, Log, Plan
from mpspec.protocol.peer_ticket import Agreed, take_ticket

_LOOPBACK = "127.0.0.1"
_UINT16, _UINT32 = click.IntRange(0, 0xFFFF), click.IntRange(0, 0xFFFFFFFF)
_VERSIONS = {"1.2": TLSVersion.TLSv1_2, "1.3": TLSVersion.TLSv1_3}
_ADDRESS = re.compile(r"(?:(?P<host>[^:\[\]]+|\[[^\[\]]+\]):)?(?P<port>[0-9]{1,5})")
_Function = TypeVar("_Function", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--listen", metavar="[HOST:]PORT", help="Wait for TCP connections here, until a signal."),
    click.option("--connect", metavar="[HOST:]PORT", help="Open a TCP connection there."),
    click.option("--psk-identity", metavar="TEXT", help="Identity of the pre-shared key."),
    click.option("--psk", metavar="HEX", help="The pre-shared key; others on the machine may see it."),
    click.option("--psk-file", metavar="FILE", type=Path, help="File with the pre-shared key in hex."),
    click.option(
        "--ticket", metavar="MESSAGE", help="A TRANSFER_INIT that gives the key, as in `mpspec decode mikey`."
    ),
    click.option(
        "--ticket-key", metavar="FILE", type=Path, help="File with the key of its ticket (TPK) in hex."
    ),
    click.option(
        "--tls",
        type=click.Choice(["client", "server", "none"]),
        help="Side of TLS; by default who opens TCP is the client.",
    ),
    click.option(
        "--tls-version",
        type=click.Choice(sorted(_VERSIONS)),
        default="1.2",
        show_default=True,
        help="Of TLS.",
    ),
    click.option("--keylog", metavar="FILE", type=Path, help="Append the secrets of TLS, for Wireshark."),
    json_option,
)


def _meeting_options(function: _Function) -> _Function:
    """Add what every peer needs to meet the other side."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.group()
def command() -> None:
    """Be a peer to test one's own UE, MRFP or floor control client against.

    It tells of each protocol message with the rule that it keeps or breaks. HOST is 127.0.0.1 unless another
    address is said. It exits 0 where the other side broke no rule, 1 where it did, was refused something or
    failed the TLS handshake, 2 where the peer could not run.
    """


@command.command()
@_meeting_options
@click.option("--path", metavar="URI", help="URI of the peer itself; by default a new one, which it tells.")
@click.option("--peer-path", metavar="URI", help="URI of the other side; a listener takes any by default.")
def msrp(path: str | None, peer_path: str | None, as_json: bool, **how: Any) -> None:
    """Be a peer for MSRP; who opens TCP is the active side.

    It takes and reports every message, and sends each line of standard input as one.
    """
    meeting = _meeting(**how)
    local, remote = _uri(path, "--path"), _uri(peer_path, "--peer-path")
    if remote is None and not meeting.plan.listens:
        raise CannotRun("With --connect the URI of the other side is needed: say --peer-path.")
    if local is not None and local.secure and meeting.plan.security is None:
        raise CannotRun("A session of msrps runs over TLS: with --tls none the --path is one of msrp.")
    if local is None and meeting.plan.listens and _is_everywhere(meeting.plan.host):
        raise CannotRun(f"{meeting.plan.host} is no address that the other side can connect to: say --path.")
    meeting.run(lambda log: peer_msrp.run(meeting.plan, log, local, remote), peer_msrp.hearing, as_json)


@command.command(
    epilog="A client asks what standard input says, a request in a line: "
    + ", ".join(f"{name} {arguments}".strip() for name, (arguments, _) in peer_bfcp.COMMANDS.items())
    + "."
)
@_meeting_options
@click.option(
    "--role",
    type=click.Choice(["client", "server"]),
    help="Side of floor control; by default a listener is the server.",
)
@click.option("--conference", metavar="N", type=_UINT32, default=1, help="a=confid; 1 by default.")
@click.option(
    "--user", metavar="N", type=_UINT16, multiple=True, default=(1,), help="a=userid; 1 by default."
)
@click.option(
    "--floor", metavar="N", type=_UINT16, multiple=True, default=(1,), help="a=floorid; 1 by default."
)
def bfcp(
    role: str | None,
    conference: int,
    user: tuple[int, ...],
    floor: tuple[int, ...],
    as_json: bool,
    **how: Any,
) -> None:
    """Be a peer for BFCP: a floor control server, or a client."""
    meeting = _meeting(**how)
    settings = peer_bfcp.Settings(
        serves=meeting.plan.listens if role is None else role == "server",
        conference=conference,
        users=user,
        floors=floor,
        identity=meeting.identity,
    )
    meeting.run(lambda log: peer_bfcp.run(meeting.plan, log, settings), peer_bfcp.hearing, as_json)


@command.command()
@click.option("--listen", metavar="[HOST:]PORT", required=True, help="Answer HTTP here, until a signal.")
@click.option(
    "--subscribers", metavar="FILE", type=Path, required=True, help="Who may ask, with their keys; TOML."
)
@click.option("--audit", metavar="FILE", type=Path, help="Append a line for each message, without keys.")
@json_option
def kms(listen: str, subscribers: Path, audit: Path | None, as_json: bool) -> None:
    """Be a KMS: grants tickets and resolves them, as the body of an HTTP POST of application/mikey.

    The guide `Test my endpoint against a peer` shows what the file of subscribers has.
    """
    host, port = _address(listen, None)
    service = peer_kms.Service(host=host, port=port, subscribers=peer_kms.read(subscribers), audit=audit)
    _Meeting(plan=Plan(host=host, port=port, listens=True, security=None)).run(
        lambda log: peer_kms.run(service, log), peer_kms.hearing, as_json
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meeting:
    """How the two sides meet.

    Attributes:
        plan: What the peer does.
        identity: Identity of the pre-shared key; empty without TLS.
        agreed: What a ticket gave; None without one.
    """

    plan: Plan
    identity: str = ""
    agreed: Agreed | None = None

    def run(self, run: Callable[[Log], Coroutine[Any, Any, None]], hearing: Hearer, as_json: bool) -> None:
        """Be the peer, and exit by what the other side did."""
        log = Log(click.echo, as_json=as_json, hearing=hearing)
        if self.agreed is not None:
            line = self.agreed.line
            answer = f" The answer has {line}" if line else ""
            log.tell(
                "agreed",
                f"The ticket gives the key of {self.identity}.{answer}",
                identity=self.identity,
                answer=line,
            )
        try:
            asyncio.run(run(log))
        except EndpointError as error:
            raise CannotRun(str(error)) from error
        except LocalProtocolError as error:
            raise CannotRun(error.findings[0].message) from error
        if log.fault is not None:
            raise CannotRun(f"The log cannot be written: {log.fault.strerror}.") from log.fault
        sys.exit(1 if log.broken else 0)


def _meeting(
    *,
    listen: str | None,
    connect: str | None,
    psk_identity: str | None,
    psk: str | None,
    psk_file: Path | None,
    ticket: str | None,
    ticket_key: Path | None,
    tls: str | None,
    tls_version: str,
    keylog: Path | None,
) -> _Meeting:
    """Return how the two sides meet.

    Raises:
        CannotRun: The options do not say it, or contradict each other.
    """
    host, port = _address(listen, connect)
    listens = listen is not None
    keyed = [value for value in (psk_identity, psk, psk_file, ticket, ticket_key) if value is not None]
    if tls == "none":
        if keyed:
            raise CannotRun("With --tls none there is no pre-shared key.")
        return _Meeting(plan=Plan(host=host, port=port, listens=listens, security=None))
    agreed = None
    if ticket is not None:
        if ticket_key is None or len(keyed) > 2:
            raise CannotRun("With --ticket say --ticket-key, and nothing else of the key.")
        agreed = take_ticket(read_message(ticket), _key_in(ticket_key), time.time(), secrets.token_bytes)
        identity, key = agreed.identity, agreed.key
    else:
        identity, key = _shared(psk_identity, psk, psk_file)
    side = tls or ("server" if listens else "client")
    security = _security(side, identity, key, _VERSIONS[tls_version], keylog)
    plan = Plan(host=host, port=port, listens=listens, security=security)
    return _Meeting(plan=plan, identity=identity, agreed=agreed)


def _address(listen: str | None, connect: str | None) -> tuple[str, int]:
    address = listen if listen is not None else connect
    if address is None or (listen is not None and connect is not None):
        raise CannotRun("Say one of --listen and --connect.")
    match = _ADDRESS.fullmatch(address)
    if match is None or int(match["port"]) > 0xFFFF:
        raise CannotRun(f"'{address}' is not of the form [HOST:]PORT.")
    return (match["host"] or _LOOPBACK).strip("[]"), int(match["port"])


def _is_everywhere(host: str) -> bool:
    """Return whether a host stands for every address of this machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _shared(identity: str | None, psk: str | None, psk_file: Path | None) -> tuple[str, bytes]:
    """Return the identity and the key that the options say."""
    if (psk is None) == (psk_file is None):
        raise CannotRun("Say one of --psk, --psk-file and --ticket, or --tls none for plain TCP.")
    if identity is None:
        raise CannotRun("The pre-shared key has an identity: say --psk-identity.")
    return identity, _key_of(psk, "--psk") if psk is not None else _key_in(psk_file)


def _key_in(path: Path | None) -> bytes:
    """Return the key in a file."""
    assert path is not None
    try:
        return _key_of(path.read_text(encoding="ascii", errors="replace"), str(path))
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from error


def _key_of(text: str, where: str) -> bytes:
    """Return a key that is written in hex."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise CannotRun(f"The key in {where} is not in hex.") from None


def _security(side: str, identity: str, key: bytes, version: TLSVersion, keylog: Path | None) -> Security:
    """Return the side of TLS that the peer takes."""
    profile = TlsProfile(versions=frozenset({version}))
    try:
        client = TlsClient(identity, key, profile=profile, keylog=keylog)
        if keylog is not None:
            keylog.touch(mode=0o600)
    except LocalProtocolError as error:
        raise CannotRun(f"{error.findings[0].message[:1].upper()}{error.findings[0].message[1:]}.") from error
    except OSError as error:
        raise CannotRun(f"{keylog} cannot be written: {error.strerror}.") from error
    return client if side == "client" else TlsServer({identity: key}.get, profile=profile, keylog=keylog)


def _uri(text: str | None, option: str) -> Uri | None:
    if text is None:
        return None
    try:
        return Uri.parse(text)
    except RemoteProtocolError as error:
        raise CannotRun(f"{option} is no URI of MSRP: {error}.") from error
