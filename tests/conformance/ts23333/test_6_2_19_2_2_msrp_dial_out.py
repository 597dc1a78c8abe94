"""The dial-out of MSRP, and what it says of every secured stream."""


def test_sdp_004__the_conference_offers_msrp_over_tls(dial_out):
    """The conference offers MSRP over TLS, and a UE answers with it."""
    assert dial_out.in_offer() == set()
    assert dial_out.in_answer() == set()
    assert dial_out.in_offer(("TCP/TLS/MSRP", "TCP/MSRP"), ("msrps:", "msrp:")) == {"SDP_004"}


def test_sdp_008__every_secured_stream_has_its_key(dial_out):
    """The offer has key-mgmt for every secured stream, and so has the answer."""
    for text, check, message in (
        (dial_out.offer_text, dial_out.in_offer, "TRANSFER_INIT"),
        (dial_out.answer_text, dial_out.in_answer, "TRANSFER_RESP"),
    ):
        keys = [line + "\n" for line in text.splitlines() if line.startswith("a=key-mgmt")]
        for stream in (1, 2):
            found = check((keys[stream], ""))
            assert found == {"SDP_008"}
            assert found.places == [f"media[{stream}]"]
            assert f"with the {message} is wanted" in found.said


def test_sdp_008__a_stream_in_the_clear_needs_no_key(dial_out):
    """A stream without TLS lacks its transport, not a key."""
    keys = [line + "\n" for line in dial_out.offer_text.splitlines() if line.startswith("a=key-mgmt")]
    assert dial_out.in_offer((keys[2], ""), ("TCP/TLS/BFCP", "TCP/BFCP")) == {"SDP_001"}


def test_sdp_011__the_offer_has_the_first_message(dial_out):
    """The offer carries TRANSFER_INIT: what the answer carries does not belong there."""
    response = next(line for line in dial_out.answer_text.splitlines() if line.startswith("a=key-mgmt"))
    request = next(line for line in dial_out.offer_text.splitlines() if line.startswith("a=key-mgmt"))
    assert dial_out.in_offer((request, response)) == {"SDP_011"}


def test_sdp_012__the_answer_has_the_second_message(dial_out):
    """The answer carries TRANSFER_RESP: what the offer carries does not belong there."""
    response = next(line for line in dial_out.answer_text.splitlines() if line.startswith("a=key-mgmt"))
    request = next(line for line in dial_out.offer_text.splitlines() if line.startswith("a=key-mgmt"))
    assert dial_out.in_answer((response, request)) == {"SDP_012"}


def test_sdp_013__one_message_keys_one_stream(dial_out):
    """A TRANSFER_INIT at the session level is to key one stream, and not several."""
    keys = [line + "\n" for line in dial_out.offer_text.splitlines() if line.startswith("a=key-mgmt")]
    lifted = ("t=0 0\n", f"t=0 0\n{keys[0]}")
    assert dial_out.in_offer(lifted) == set()
    assert dial_out.in_offer((keys[2], ""), lifted) == set()
    assert dial_out.in_offer((keys[1], ""), (keys[2], ""), lifted) == {"SDP_013"}
    clear = ("TCP/TLS/BFCP", "TCP/BFCP")
    assert dial_out.in_offer((keys[1], ""), (keys[2], ""), lifted, clear) == {"SDP_001"}
    ended = ("m=application 30014", "m=application 0")
    assert dial_out.in_offer((keys[1], ""), (keys[2], ""), lifted, ended) == set()


def test_sdp_028__the_conference_offers_actpass(dial_out):
    """The conference offers actpass, not active, and does not leave active as the default."""
    setup = "TCP/TLS/BFCP *\na=setup:actpass\n"
    assert dial_out.in_offer((setup, "TCP/TLS/BFCP *\n")) == {"SDP_028"}
    active = ("30014 " + setup, "9 TCP/TLS/BFCP *\na=setup:active\n")
    assert dial_out.in_offer(active) == {"SDP_028"}
    assert dial_out.in_offer((setup, setup.replace("actpass", "passive"))) == set()
    assert dial_out.in_offer((setup, setup.replace("actpass", "holdconn"))) == set()


def test_sdp_028__a_ue_may_offer_active(dial_in):
    """A UE behind a NAT offers active."""
    active = ("49174 TCP/TLS/BFCP *\na=setup:actpass", "9 TCP/TLS/BFCP *\na=setup:active")
    assert dial_in.in_offer(active) == set()
