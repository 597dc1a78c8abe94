"""The connection line."""


def test_sdp_086__every_stream_has_a_connection_address(dial_in):
    """There is a connection line for the session or in every media description."""
    gone = ("c=IN IP4 192.0.2.10\n", "")
    assert dial_in.form() == []
    assert dial_in.form(gone) == [("SDP_086", f"line[{number}]") for number in (5, 8, 14)]
    own = [
        (f"{line}\n", f"{line}\nc=IN IP4 192.0.2.10\n")
        for line in dial_in.offer_text.splitlines()
        if line[0] == "m"
    ]
    assert dial_in.form(gone, *own) == []
    assert dial_in.form(gone, *own[:2]) == [("SDP_086", "line[16]")]
