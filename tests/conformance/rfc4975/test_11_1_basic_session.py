import pytest

from mediasec.errors import MalformedMessage
from mediasec.msrp.message import Response

RESPONSE = (
    b"MSRP d93kswow 200 OK\r\n"
    b"To-Path: msrp://alicepc.example.com:7777/iau39soe2843z;tcp\r\n"
    b"From-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n"
    b"-------d93kswow$\r\n"
)


def test_msrp_035__the_response_of_the_example():
    """The response of the example, with the two paths alone, is read and written as it is."""
    response = Response.parse(RESPONSE)
    assert (response.code, response.comment, response.headers) == (200, "OK", ())
    assert response.serialize() == RESPONSE


def test_msrp_035__the_paths_are_needed():
    """A response without its paths is refused."""
    with pytest.raises(MalformedMessage):
        Response.parse(RESPONSE.replace(b"From-Path: msrp://bob.example.com:8888/9di4eae923wzd;tcp\r\n", b""))
