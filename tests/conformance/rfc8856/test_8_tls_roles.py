"""Who is the TLS server of a BFCP stream."""

import pytest

from mediasec.sdp.exchange import End, TlsServer, agreements, tls_client
from mediasec.sdp.streams import StreamKind


@pytest.mark.parametrize("setup", ["active", "passive"])
def test_sdp_040__the_answerer_is_the_tls_server(dial_in, setup):
    """In a BFCP stream the offerer is the TLS client, whichever side opened the TCP connection."""
    answer = dial_in.answer(("a=setup:active", f"a=setup:{setup}"))
    bfcp = agreements(dial_in.offer(), answer)[2]
    assert bfcp.kind is StreamKind.BFCP
    assert bfcp.tcp_client is (End.ANSWERER if setup == "active" else End.OFFERER)
    assert bfcp.tls_client is End.OFFERER


def test_sdp_040__the_choice_is_a_parameter(dial_in):
    """The rule of RFC 8122 can be chosen instead: the side that opens TCP is the TLS client."""
    other = {StreamKind.BFCP: TlsServer.TCP_PASSIVE, StreamKind.MSRP: TlsServer.TCP_PASSIVE}
    assert agreements(dial_in.offer(), dial_in.answer(), other)[2].tls_client is End.ANSWERER


@pytest.mark.parametrize("opener", list(End))
def test_sdp_040__all_sources_agree_where_the_offerer_opens(opener):
    """Both ways to find the TLS client agree if, and only if, the offerer opens the TCP connection."""
    found = {tls_client(opener, server) for server in TlsServer}
    assert (len(found) == 1) is (opener is End.OFFERER)


def test_sdp_040__nobody_starts_tls_without_a_connection(dial_in):
    """Where no TCP connection is to be opened there is no TLS client."""
    answer = dial_in.answer(("a=setup:active", "a=setup:holdconn"))
    bfcp = agreements(dial_in.offer(), answer)[2]
    assert (bfcp.tcp_client, bfcp.tls_client, bfcp.target) == (None, None, None)
