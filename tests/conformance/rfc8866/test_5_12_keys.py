"""The line k=."""

import pytest


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        (("t=0 0\n", "t=0 0\nk=prompt\n"), "line[6]"),
        (("TCP/TLS/BFCP *\n", "TCP/TLS/BFCP *\nk=clear:secret\n"), "line[16]"),
    ],
)
def test_sdp_087__no_key_in_the_open(dial_in, edit, where):
    """A description has no k= line."""
    assert dial_in.form(edit) == [("SDP_087", where)]
