"""What an answerer says of the connection."""

import pytest


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
