"""Small flows between two streams, for tests of what runs, records and draws flows."""

import asyncio

from mediasec.bfcp import Message, Primitive
from mediasec.bfcp.values import FloorId
from mediasec.endpoints.stream import connect, listen
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.nodes.observation import Medium
from mpspec.flows.flow import Certainty, Flow, Outcome, Participant, Rung

KEY = bytes(range(16))
PARTICIPANTS = (
    Participant(name="UE-A", role="IMS UE", address="192.0.2.1"),
    Participant(name="MRFP", role="MRFP with the floor control server", address="192.0.2.2"),
)
REQUEST = Message(
    primitive=Primitive.FLOOR_REQUEST,
    conference_id=1,
    transaction_id=1,
    user_id=2,
    attributes=(FloorId(mandatory=True, value=543),),
).serialize()


async def ask_for_a_floor(stage):
    """Have the MRFP open TCP to a UE, which starts TLS and asks for a floor."""
    ue, mrfp = stage.surroundings("UE-A"), stage.surroundings("MRFP")
    asked = asyncio.Event()

    async def serve(stream):
        ue.show("MRFP", Medium.TLS, "established")
        await stream.write(REQUEST)
        ue.show("MRFP", Medium.BFCP, "FloorRequest", REQUEST)
        await stream.read()

    client = TlsClient("alice", KEY, keylog=ue.keylog)
    async with await listen(serve, ue.host, 0, client) as listener:
        server = TlsServer({"alice": KEY}.get, keylog=mrfp.keylog)
        mrfp.show(ue.host, Medium.TCP, "opened")
        async with await connect(ue.host, listener.port, server, local_address=(mrfp.host, 0)) as stream:
            assert await stream.read() == REQUEST
            asked.set()
    return Outcome(
        states={"UE-A": "connected" if asked.is_set() else "idle", "MRFP": "serving"},
        sentence="The MRFP has the request of the UE.",
    )


LADDER = (
    Rung(medium=Medium.TCP, name="opened", sender="MRFP", receiver="UE-A", step="6"),
    Rung(
        medium=Medium.TLS,
        name="established",
        sender="UE-A",
        receiver="MRFP",
        step="10",
        certainty=Certainty.DERIVED,
        shows=("TLS_028",),
    ),
    Rung(medium=Medium.BFCP, name="FloorRequest", sender="UE-A", receiver="MRFP", shows=("BFCP_001",)),
)


def flow(run=ask_for_a_floor, **changed):
    """Return the small flow, with what a test changes."""
    settings = {
        "name": "ask-for-a-floor",
        "title": "A UE asks for a floor",
        "summary": "The MRFP opens TCP, and the UE starts TLS and asks.",
        "clauses": ("TS 23.333, 6.2.19.3.1",),
        "participants": PARTICIPANTS,
        "run": run,
        "ladder": LADDER,
        "ends": {"UE-A": "connected", "MRFP": "serving"},
    }
    return Flow(**settings | changed)
