"""Who is the TLS client of an MSRP stream."""

import pytest

from mediasec.sdp.exchange import End, agreements


@pytest.mark.parametrize(("setup", "opener"), [("passive", End.OFFERER), ("active", End.ANSWERER)])
def test_sdp_041__the_active_side_is_the_tls_client(dial_in, setup, opener):
    """In an MSRP stream the side that opens the TCP connection is the TLS client."""
    msrp = agreements(dial_in.offer(), dial_in.answer(("a=setup:passive", f"a=setup:{setup}")))[1]
    assert msrp.tcp_client is opener
    assert msrp.tls_client is opener


def test_sdp_041__no_tls_client_without_tls(dial_in):
    """A stream in the clear has a TCP client and no TLS client."""
    clear = ("TCP/TLS/MSRP", "TCP/MSRP")
    msrp = agreements(dial_in.offer(clear), dial_in.answer(clear))[1]
    assert msrp.tcp_client is End.OFFERER
    assert msrp.tls_client is None
