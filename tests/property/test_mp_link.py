"""Mp between nodes: whatever octets come, the MRFP answers with a refusal or ends the connection."""

import json
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from mediasec.endpoints.stream import connect
from mediasec.endpoints.tls_session import TlsClient, TlsServer
from mediasec.errors import EndpointError
from mediasec.nodes.mrfp import Mrfp
from mediasec.procedures.mp.encoding import MAX_OCTETS, decode, encode
from mediasec.procedures.mp.messages import Refusal, Reply
from mp_requests import FLOORS, RESERVE, WHOLE
from mpspec.flows.network import VirtualNetwork
from scenes import Watched

HEAD = struct.Struct("!II")
KEY = bytes(range(16))


def exchange(*pieces: bytes) -> tuple[list[tuple[int, object]], int]:
    """Send octets to an MRFP; return what comes back with its transaction IDs, and its contexts."""
    network = VirtualNetwork()

    async def main() -> tuple[bytes, int]:
        answer = b""
        async with Mrfp(Watched(network).surroundings("MRFP")) as mrfp:
            port = await mrfp.open(TlsServer({"mrfc": KEY}.get))
            client = TlsClient("mrfc", KEY)
            async with await connect("192.0.2.3", port, client, local_address=("192.0.2.2", 0)) as stream:
                for piece in pieces:
                    await stream.write(piece)
                await stream.write(frame(0xFFFF, b"{}"))
                try:
                    while not answer.endswith(LAST) and (more := await stream.read()):
                        answer += more
                except EndpointError:
                    pass
            return answer, len(mrfp.contexts.by_number)

    answer, contexts = network.run(main())
    assert network.left_open() == []
    found = []
    while answer:
        length, transaction = HEAD.unpack_from(answer)
        found.append((transaction, decode(answer[HEAD.size : HEAD.size + length])))
        answer = answer[HEAD.size + length :]
    return found, contexts


def frame(transaction: int, octets: bytes) -> bytes:
    """Return octets as a frame."""
    return HEAD.pack(len(octets), transaction) + octets


LAST = encode(Refusal(reason="the message names no procedure of Mp"))


def test_procedures_in_one_piece_and_octet_by_octet() -> None:
    """Frames are found whatever pieces they come in, and each reply has the number of its request."""
    octets = frame(1, encode(FLOORS)) + frame(2, encode(RESERVE)) + frame(3, encode(WHOLE))
    for pieces in ([octets], [bytes([octet]) for octet in octets]):
        found, contexts = exchange(*pieces)
        assert [(number, type(each)) for number, each in found] == [
            (1, Reply),
            (2, Reply),
            (3, Reply),
            (0xFFFF, Refusal),
        ]
        assert contexts == 3


def test_a_frame_that_is_too_long_ends_the_connection() -> None:
    """What announces more than any message has is not waited for."""
    assert exchange(HEAD.pack(MAX_OCTETS + 1, 1)) == ([], 0)


@settings(max_examples=30)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
        st.sampled_from([encode(each) for each in (FLOORS, RESERVE, WHOLE)]).flatmap(
            lambda octets: st.integers(0, len(octets) - 1).map(
                lambda place: octets[:place] + b"\x00" + octets[place + 1 :]
            )
        ),
    )
)
def test_what_is_no_procedure_is_refused_and_changes_nothing(octets: bytes) -> None:
    """Each frame is answered; one that holds no procedure by a refusal, and no context is made."""
    found, contexts = exchange(frame(7, octets))
    assert [number for number, _ in found] == [7, 0xFFFF]
    assert isinstance(found[0][1], Refusal)
    assert contexts == 0
