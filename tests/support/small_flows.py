"""Small flows between two streams, for tests of what runs, records and draws flows."""

import asyncio
import json
from pathlib import Path

import aiohttp
from aiohttp import web

from mediasec.bfcp import Message, Primitive
from mediasec.bfcp.values import FloorId
from mediasec.endpoints.listener import listen
from mediasec.endpoints.msrp import MsrpEndpoint
from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.msrp.terms import Terms
from mediasec.nodes.observation import Medium
from mpspec.flows.flow import Certainty, Flow, Outcome, Participant, Rung

KEY = bytes(range(16))
_EXCHANGE = Path(__file__).parents[1] / "vectors/mikey/exchanges/mode_1.json"
REQUEST_INIT, REQUEST_RESP = (
    bytes.fromhex(message["octets"])
    for message in json.loads(_EXCHANGE.read_text(encoding="utf-8"))["messages"][:2]
)
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


_MIKEY = {"Content-Type": "application/mikey"}


async def _answer_of_the_kms(request):
    """Answer a request for a ticket."""
    assert await request.read() == REQUEST_INIT
    return web.Response(body=REQUEST_RESP, content_type="application/mikey")


async def _ask_the_kms(ue, kms):
    application = web.Application()
    application.router.add_post("/", _answer_of_the_kms)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, kms.host, 0).start()
    connector = aiohttp.TCPConnector(local_addr=(ue.host, 0), force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        ue.show("KMS", Medium.KMS, "REQUEST_INIT_PSK", REQUEST_INIT)
        url = f"http://{kms.host}:{runner.addresses[0][1]}/"
        async with session.post(url, data=REQUEST_INIT, headers=_MIKEY) as response:
            kms.show("UE-A", Medium.KMS, "REQUEST_RESP", await response.read())
    await runner.cleanup()


async def _exchange_messages(ue, mrfp):
    def watch(party, peer):
        def watched(stream, octets, sent):
            if sent:
                party.show(peer, Medium.MSRP, octets.split(b" ", 2)[2].split(b"\r")[0].decode(), octets)

        return watched

    async with (
        MsrpEndpoint(observe=watch(ue, "MRFP"), random=ue.random) as caller,
        MsrpEndpoint(observe=watch(mrfp, "UE-A"), random=mrfp.random) as called,
    ):
        security = TlsServer({"alice": KEY}.get, keylog=mrfp.keylog)
        port = await called.listen(mrfp.host, 0, security)
        near, far = caller.new_uri("ue.example.com", 9), called.new_uri(mrfp.host, port)
        theirs = called.add(Terms(local=far, remote=(near,), active=False))
        own = caller.add(Terms(local=near, remote=(far,), active=True))
        client = TlsClient("alice", KEY, keylog=ue.keylog)
        stream = await connect(mrfp.host, port, client, local_address=(ue.host, 0))
        ue.show("MRFP", Medium.TLS, "session established")
        caller.carry(own, stream)
        await own.established()
        await own.send(b"Hello", "text/plain")
        await theirs.receive()
        await theirs.send(b"Hello yourself", "text/plain")
        await own.receive()


async def talk(stage):
    """Have a UE ask the KMS, exchange messages with the MRFP, and ask for a floor."""
    ue, mrfp = stage.surroundings("UE-A"), stage.surroundings("MRFP")
    await _ask_the_kms(ue, stage.surroundings("KMS"))
    await _exchange_messages(ue, mrfp)
    return await ask_for_a_floor(stage)


def talking():
    """The flow in which every kind of connection comes about."""
    return flow(
        talk,
        name="talk",
        title="A UE talks to KMS and MRFP",
        participants=(Participant(name="KMS", role="KMS", address="192.0.2.3"), *PARTICIPANTS),
    )
