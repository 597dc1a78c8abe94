import pytest

from mediasec.errors import LocalProtocolError
from mediasec.msrp.addressing import MediaAddress, connects_to
from mediasec.msrp.uri import Uri

MEDIA = MediaAddress(host="192.0.2.99", port=9999)


@pytest.mark.parametrize(
    ("uri", "host"),
    [
        ("msrp://bob.example.com:8888/9di4eae923wzd;tcp", "bob.example.com"),
        ("msrp://192.0.2.7:8888/9di4eae923wzd;tcp", "192.0.2.7"),
        ("msrp://[2001:db8::7]:8888/9di4eae923wzd;tcp", "2001:db8::7"),
    ],
)
def test_msrp_085__the_first_uri_is_the_next_hop(uri, host):
    """Without CEMA the connection goes to host and port of the first URI."""
    last = Uri.parse("msrp://carol.example.com:7777/last;tcp")
    path = (Uri.parse(uri), last)
    assert connects_to(path) == MediaAddress(host=host, port=8888)


def test_msrp_085__a_next_hop_without_a_port_is_caught():
    """A URI without a port says not where to connect to."""
    with pytest.raises(LocalProtocolError, match="MSRP_085"):
        connects_to((Uri.parse("msrp://bob.example.com/9di4eae923wzd;tcp"),))
