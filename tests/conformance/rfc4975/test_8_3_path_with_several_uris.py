"""Where to connect to."""

from mediasec.sdp.exchange import End, TransportAddress, agreements

_RELAY = ("a=path:", "a=path:msrps://relay.example.com:2855/r1;tcp ")


def test_sdp_056__without_cema_the_first_uri_counts(dial_in):
    """Without CEMA at both ends the active side connects to the first URI in the path."""
    answer = dial_in.answer(("a=msrp-cema\n", ""), ("m=message 2855", "m=message 2856"))
    msrp = agreements(dial_in.offer(), answer)[1]
    assert msrp.tcp_client is End.OFFERER
    assert msrp.target == TransportAddress(host="198.51.100.20", port=2855)
    relayed = dial_in.answer(("a=msrp-cema\n", ""), _RELAY)
    msrp = agreements(dial_in.offer(), relayed)[1]
    assert msrp.target == TransportAddress(host="relay.example.com", port=2855)


def test_sdp_056__no_place_without_a_path(dial_in):
    """A path that names no port names no place to connect to."""
    answer = dial_in.answer(("a=msrp-cema\n", ""), ("198.51.100.20:2855/", "198.51.100.20/"))
    assert agreements(dial_in.offer(), answer)[1].target is None
