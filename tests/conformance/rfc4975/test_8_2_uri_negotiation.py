import pytest

from mediasec.errors import LocalProtocolError
from mediasec.msrp.connection import Directory
from mediasec.msrp.terms import Terms
from mediasec.msrp.uri import Uri

ALICE = Uri.parse("msrp://alice.example.com:7777/iau39soe2843z;tcp")
BOB = Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp")


def terms(uri: str) -> Terms:
    return Terms(local=Uri.parse(uri), remote=(ALICE,), active=False)


def test_msrp_088__each_session_has_its_own_uri():
    """Sessions with different URIs live side by side, and a URI is free again when its session is over."""
    directory = Directory(lambda: "identifier")
    first = directory.add(terms("msrp://bob.example.com:8888/one;tcp"))
    directory.add(terms("msrp://bob.example.com:8888/two;tcp"))
    first.close()
    assert directory.add(terms("msrp://bob.example.com:8888/one;tcp")) is not first
    assert len(directory) == 2


@pytest.mark.parametrize("uri", [BOB.serialize(), "MSRP://x@BOB.example.com:8888/9di4eae923wzd;tcp"])
def test_msrp_088__a_second_session_with_a_uri_is_caught(uri):
    """A session whose URI matches that of another one is refused."""
    directory = Directory(lambda: "identifier")
    directory.add(terms(BOB.serialize()))
    with pytest.raises(LocalProtocolError, match="MSRP_088"):
        directory.add(terms(uri))


def test_msrp_088__sessions_are_limited():
    """A session past the limit is refused."""
    directory = Directory(lambda: "identifier", max_sessions=1)
    directory.add(terms("msrp://bob.example.com:8888/one;tcp"))
    with pytest.raises(LocalProtocolError, match="1 sessions"):
        directory.add(terms("msrp://bob.example.com:8888/two;tcp"))
