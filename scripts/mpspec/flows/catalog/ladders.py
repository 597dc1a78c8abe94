"""The steps of TS 23.333 6.2.19.2 and 6.2.19.3 as far as they are known, as rungs of a ladder."""

from mediasec.nodes.observation import Medium
from mpspec.flows.flow import Certainty, Rung
from mpspec.flows.shows import SHOWS

READ, DERIVED, UNVERIFIED = Certainty.READ, Certainty.DERIVED, Certainty.UNVERIFIED


def rung(
    medium: Medium,
    name: str,
    sender: str,
    receiver: str,
    step: str = "",
    certainty: Certainty = UNVERIFIED,
    *shows: str,
) -> Rung:
    """Return a rung that shows what its message shows everywhere, and what it shows at its place."""
    return Rung(
        medium=medium,
        name=name,
        sender=sender,
        receiver=receiver,
        step=step,
        certainty=certainty,
        shows=tuple(dict.fromkeys((*shows, *SHOWS.get((medium, name), ())))),
    )


def request(initiator: str, step: str = "", certainty: Certainty = UNVERIFIED) -> tuple[Rung, ...]:
    """Return the Ticket Request of an Initiator."""
    return (
        rung(Medium.KMS, "REQUEST_INIT_PSK", initiator, "KMS", step, certainty, "NODE_002"),
        rung(Medium.KMS, "REQUEST_RESP", "KMS", initiator, step, certainty, "NODE_002"),
    )


def resolve(responder: str, step: str = "", certainty: Certainty = UNVERIFIED) -> tuple[Rung, ...]:
    """Return the Ticket Resolve of a Responder."""
    return (
        rung(Medium.KMS, "RESOLVE_INIT_PSK", responder, "KMS", step, certainty, "NODE_003"),
        rung(Medium.KMS, "RESOLVE_RESP", "KMS", responder, step, certainty, "NODE_003"),
    )


def procedure(name: str, step: str = "", certainty: Certainty = UNVERIFIED, *shows: str) -> tuple[Rung, ...]:
    """Return a procedure of Mp and its reply."""
    return (
        rung(Medium.MP, name, "MRFC", "MRFP", step, certainty, *shows),
        rung(Medium.MP, "Reply", "MRFP", "MRFC", step, certainty, *shows),
    )


def offer(sender: str, receiver: str, step: str, certainty: Certainty, *shows: str) -> Rung:
    """Return an offer."""
    return rung(Medium.SIGNALLING, "SDP offer", sender, receiver, step, certainty, *shows)


def answer(sender: str, receiver: str, step: str, certainty: Certainty, *shows: str) -> Rung:
    """Return an answer."""
    return rung(Medium.SIGNALLING, "SDP answer", sender, receiver, step, certainty, *shows)


def tls(
    client: str, server: str, step: str = "", certainty: Certainty = UNVERIFIED, *shows: str
) -> tuple[Rung, ...]:
    """Return a TLS session: the client starts it, and the server has seen that the client has the key."""
    return (
        rung(Medium.TLS, "handshake started", client, server, step, certainty, *shows),
        rung(Medium.TLS, "session established", server, client, step, certainty, *shows),
    )


FLOORS = procedure("Configure Conference For Floor Control", "", READ)
"""The floors, without which no floor control client is served (6.2.13.2.2)."""

MSRP_DIAL_IN = (
    *request("UE-A", "1", READ),
    offer("UE-A", "MRFC", "2", READ, "MP_MSRP_001", "MP_GEN_009", "SDP_004"),
    *resolve("MRFC"),
    *procedure("Reserve and Configure IMS Resources", "", UNVERIFIED, "MP_MSRP_001", "MPP_018"),
    answer("MRFC", "UE-A", "10", READ, "MP_MSRP_001", "MPP_018"),
    rung(Medium.TLS, "session established", "UE-A", "MRFP", "", UNVERIFIED, "MP_GEN_010", "SDP_041"),
    rung(Medium.MSRP, "SEND", "UE-A", "MRFP", "", UNVERIFIED, "MP_MSRP_001"),
)
"""6.2.19.2.1; its steps 3 to 9 and those after 10 could not be read."""

BFCP_DIAL_IN = (
    *request("UE-A", "1", DERIVED),
    offer("UE-A", "MRFC", "2", READ, "MP_BFCP_002", "MP_BFCP_004", "MP_GEN_009", "SDP_001"),
    *resolve("MRFC", "3"),
    *FLOORS,
    *procedure("Configure BFCP Termination", "4-6", READ, "MP_BFCP_003", "MPP_018", "MPP_009"),
    answer("MRFC", "UE-A", "9", READ, "MP_BFCP_004", "MPP_018"),
    *tls("UE-A", "MRFP", "10", READ, "MP_BFCP_003", "MP_GEN_010", "MPP_020", "SDP_040"),
    rung(Medium.BFCP, "FloorRequest", "UE-A", "MRFP", "", UNVERIFIED, "MP_BFCP_002"),
    rung(Medium.BFCP, "FloorRequestStatus", "MRFP", "UE-A", "", UNVERIFIED, "MP_BFCP_002"),
)
"""6.2.19.3.1; the words of its steps 3, 7 and 8 and those after 10 could not be read."""

MSRP_DIAL_OUT = (
    *request("MRFC", "1", READ),
    *procedure("Reserve IMS Resources", "2-4", READ, "MP_MSRP_001"),
    offer("MRFC", "UE-B", "5-6", READ, "MP_MSRP_001", "MP_GEN_009", "SDP_004"),
    *resolve("UE-B", "7", READ),
    answer("UE-B", "MRFC", "8", READ, "MP_MSRP_001"),
    *procedure("Configure IMS Resources", "", UNVERIFIED, "MP_MSRP_001", "MPP_017"),
    *tls("MRFP", "UE-B", "", UNVERIFIED, "MP_GEN_010", "SDP_041"),
    rung(Medium.MSRP, "SEND", "UE-B", "MRFP", "", UNVERIFIED, "MP_MSRP_001"),
)
"""6.2.19.2.2; what follows step 8 could not be read."""

BFCP_DIAL_OUT = (
    *request("MRFC"),
    *FLOORS,
    *procedure("Configure BFCP Termination", "", UNVERIFIED, "MPP_017"),
    offer("MRFC", "UE-B", "", UNVERIFIED, "MP_BFCP_002", "MP_BFCP_004", "MP_GEN_009", "SDP_001"),
    *resolve("UE-B"),
    answer("UE-B", "MRFC", "", UNVERIFIED, "MP_BFCP_004"),
    *procedure("Configure BFCP Termination", "", UNVERIFIED, "MP_BFCP_003", "MPP_017"),
    *tls("MRFP", "UE-B", "", UNVERIFIED, "MP_BFCP_003", "MP_GEN_010", "SDP_040"),
    rung(Medium.BFCP, "FloorRequest", "UE-B", "MRFP", "", UNVERIFIED, "MP_BFCP_002"),
    rung(Medium.BFCP, "FloorRequestStatus", "MRFP", "UE-B", "", UNVERIFIED, "MP_BFCP_002"),
)
"""6.2.19.3.2 could not be read; the steps are those of the dial-out of MSRP."""
