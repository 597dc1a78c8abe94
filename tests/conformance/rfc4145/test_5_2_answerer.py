"""What an answerer says of the connection."""

import pytest

from mediasec.sdp.exchange import End, agreements


def _connection(value):
    return ("a=connection:new\n", f"a=connection:{value}\n" if value else "")


@pytest.mark.parametrize(
    ("offered", "answered", "broken"),
    [
        ("new", "new", set()),
        ("new", "", set()),
        ("new", "existing", {"SDP_036"}),
        ("", "existing", {"SDP_036"}),
        ("existing", "existing", set()),
        ("existing", "new", set()),
    ],
)
def test_sdp_036__the_answer_to_new_is_new(dial_in, offered, answered, broken):
    """The answer to an offer of a new connection, stated or by default, is new."""
    assert dial_in.in_answer(_connection(answered), offer=(_connection(offered),)) == broken


@pytest.mark.parametrize(("answered", "kept"), [("existing", True), ("new", False)])
def test_sdp_036__the_answer_decides(dial_in, answered, kept):
    """The connection is kept where the answer says so; then nobody opens one."""
    offer = dial_in.offer(_connection("existing"))
    bfcp = agreements(offer, dial_in.answer(_connection(answered)))[2]
    assert bfcp.keeps_connection is kept
    assert bfcp.tcp_client is (None if kept else End.ANSWERER)
