"""Being a KMS: what it is asked over HTTP, and what becomes of it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from mediasec.nodes.kms import Audited, AuditFile, KmsServer
from mediasec.nodes.kms_subscribers import Subscribers, UnusableFile, read_subscribers
from mediasec.nodes.surroundings import Surroundings
from mediasec.procedures.ticket_terms import TicketSettings
from mpspec.model import CannotRun
from mpspec.protocol.mikey_hearing import MikeyHearing
from mpspec.protocol.peer import Log, stopped

ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the KMS is.

    Attributes:
        host: Address to listen at.
        port: TCP port; 0 for one that is free.
        subscribers: Who its subscribers are.
        audit: File to append what it is asked to; None for none.
    """

    host: str
    port: int
    subscribers: Subscribers
    audit: Path | None


def hearing() -> MikeyHearing:
    """Return what listens to the messages, each by itself."""
    return MikeyHearing({})


def read(path: Path) -> Subscribers:
    """Read the file of subscribers.

    Raises:
        CannotRun: It does not say what it has to.
    """
    try:
        return read_subscribers(path)
    except UnusableFile as error:
        raise CannotRun(str(error)) from error


async def run(service: Service, log: Log) -> None:
    """Answer until a signal ends it, and tell of each message.

    Raises:
        CannotRun: The audit log cannot be written.
        EndpointError: The address cannot be had.
    """
    stop = stopped()
    with ExitStack() as files:
        tells = [_told(log)]
        if service.audit is not None:
            tells.append(_opened(service.audit, files))

        def audit(audited: Audited) -> None:
            for tell in tells:
                tell(audited)

        world = Surroundings(name="KMS", address=service.host)
        core = service.subscribers.new_kms(TicketSettings())
        ear = hearing()

        def observe(address: str, octets: bytes, sent: bool) -> None:
            log.heard(address, ear.hear(octets), sent)

        async with KmsServer(core, world, audit=audit, observe=observe) as server:
            url = await server.open(service.port)
            log.tell("listening", f"Listening at {url} for MIKEY messages.", url=url)
            await stop.wait()


def _opened(path: Path, files: ExitStack) -> AuditFile:
    try:
        audit = AuditFile(path)
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}.") from error
    files.callback(audit.close)
    return audit


def _told(log: Log) -> Callable[[Audited], None]:
    def tell(audited: Audited) -> None:
        log.broken = log.broken or audited.outcome != ANSWERED
        who = audited.subscriber or "somebody unknown"
        log.tell(
            "asked",
            f"{audited.message} from {who} at {audited.address}: {audited.outcome}",
            message=audited.message,
            subscriber=audited.subscriber,
            address=audited.address,
            outcome=audited.outcome,
        )

    return tell
