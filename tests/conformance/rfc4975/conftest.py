"""The messages of RFC 4975, section 11, that the tests of its sections share."""

import pytest

TO = "msrp://bob.example.com:8888/9di4eae923wzd;tcp"
FROM = "msrp://alice.example.com:7777/iau39soe2843z;tcp"


@pytest.fixture
def send():
    """Write a SEND from Alice to Bob as octets, with lines to put in or leave out."""

    def write(
        body: str | None = "Hi, I'm Alice!",
        *,
        identifier: str = "d93kswow",
        to: str = TO,
        sender: str = FROM,
        method: str = "SEND",
        message_id: str | None = "12339sdqwer",
        lines: tuple[str, ...] = (),
        content_type: str | None = "text/plain",
        flag: str = "$",
    ) -> bytes:
        head = [f"MSRP {identifier} {method}", f"To-Path: {to}", f"From-Path: {sender}"]
        head += [f"Message-ID: {message_id}"] if message_id else []
        head += lines
        head += [f"Content-Type: {content_type}"] if content_type and body is not None else []
        content = [] if body is None else ["", body]
        return "\r\n".join([*head, *content, f"-------{identifier}{flag}", ""]).encode()

    return write
