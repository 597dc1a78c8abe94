"""A peer for BFCP: a floor control server, or a floor control client that does what it reads."""

from collections.abc import Callable
from dataclasses import dataclass

from mediasec.bfcp import (
    Conference,
    Floor,
    FloorControlClient,
    FloorControlServer,
    Message,
    Primitive,
    User,
)
from mediasec.endpoints.bfcp import FloorControlClientEndpoint, FloorControlServerEndpoint
from mediasec.endpoints.stream import Stream
from mediasec.errors import EndpointError, LocalProtocolError, RemoteProtocolError
from mpspec.protocol.bfcp_dialogue import RESPONSE_RULES
from mpspec.protocol.bfcp_hearing import BfcpHearing
from mpspec.protocol.parts import printable
from mpspec.protocol.peer import Log, Plan, address_of, first_of, lines_of_input, meet

Ask = Callable[[FloorControlClient, list[int]], Message]

COMMANDS: dict[str, tuple[str, Ask]] = {
    "hello": ("", lambda core, _: core.hello()),
    "request": ("FLOOR...", lambda core, numbers: core.request_floors(*numbers)),
    "release": ("REQUEST", lambda core, numbers: core.release_floors(*numbers)),
    "status": ("REQUEST", lambda core, numbers: core.query_request(*numbers)),
    "query": ("FLOOR...", lambda core, numbers: core.query_floors(*numbers)),
    "user": ("[USER]", lambda core, numbers: core.query_user(*numbers)),
}
"""What a client can be told to ask, each with its arguments: numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the SDP would have settled.

    Attributes:
        serves: Whether the peer is the floor control server.
        conference: Conference ID, as in a=confid; uint32.
        users: User IDs, as in a=userid; a client is the first of them.
        floors: Floor IDs, as in a=floorid.
        identity: Identity of the pre-shared key; empty without TLS.
    """

    serves: bool
    conference: int
    users: tuple[int, ...]
    floors: tuple[int, ...]
    identity: str


def hearing() -> BfcpHearing:
    """Return what listens to one direction."""
    return BfcpHearing()


async def run(plan: Plan, log: Log, settings: Settings) -> None:
    """Be a peer until the connection or a signal ends it.

    Raises:
        EndpointError: There is no connection.
    """

    def ready(port: int) -> None:
        log.tell("listening", f"Listening at {plan.host} port {port}.", host=plan.host, port=port)

    def closing(stream: Stream, reason: str) -> None:
        log.tell("closing", f"The peer closes the connection with {address_of(stream)}: {reason}", why=reason)

    if settings.serves:
        core = FloorControlServer([_conference(settings)])
        async with FloorControlServerEndpoint(core, observe=log.observe, closing=closing) as endpoint:
            await meet(plan, log, endpoint.serve, ready)
    else:
        client = _Client(plan, log, settings)
        await meet(plan, log, client.serve, ready)


def _conference(settings: Settings) -> Conference:
    return Conference(
        conference_id=settings.conference,
        floors=[Floor(floor_id=floor) for floor in settings.floors],
        users=[User(user_id=user, identity=settings.identity) for user in settings.users],
    )


class _Client:
    """A client that reads what to ask from standard input."""

    def __init__(self, plan: Plan, log: Log, settings: Settings) -> None:
        self._stays = plan.listens
        self._log = log
        self._settings = settings

    async def serve(self, stream: Stream) -> None:
        """Ask what standard input says; at its end go, or stay where the other side opened the connection."""
        core = FloorControlClient(conference_id=self._settings.conference, user_id=self._settings.users[0])
        fate = "was not answered"
        async with FloorControlClientEndpoint(core, stream, observe=self._log.observe) as client:
            try:
                await first_of(self._ask_all(client), client.wait_lost())
            except RemoteProtocolError as error:
                fate = "got no valid answer"
                self._log.tell("closing", f"The peer closes the connection: {error}", why=str(error))
            except EndpointError as error:
                self._log.refuse(str(error))
        for request in core.unanswered:
            kind = Primitive(request.primitive)
            name = f"{kind.label} {request.transaction_id}"
            self._log.broke(RESPONSE_RULES[kind], f"{name} {fate}.")

    async def _ask_all(self, client: FloorControlClientEndpoint) -> None:
        async for line in lines_of_input():
            request = self._request(client.core, line)
            if request is not None:
                try:
                    await client.ask(request)
                except EndpointError as error:
                    self._log.refuse(str(error))
        if self._stays:
            await client.wait_lost()

    def _request(self, core: FloorControlClient, line: str) -> Message | None:
        """Return the request that a line asks for; None where it asks for none."""
        name, *words = line.split() or [""]
        if not name:
            return None
        try:
            return COMMANDS[name][1](core, [int(word) for word in words])
        except (KeyError, TypeError, ValueError, LocalProtocolError):
            known = ", ".join(f"{known} {arguments}".strip() for known, (arguments, _) in COMMANDS.items())
            self._log.refuse(f"'{printable(line)}' is none of: {known}.")
            return None
