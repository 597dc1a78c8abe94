import pytest

from mediasec.errors import LocalProtocolError, MalformedMessage, RequirementViolated
from mediasec.msrp.fields import Header
from mediasec.msrp.head import StartLine
from mediasec.msrp.message import Request, Response
from mediasec.msrp.registry import Method
from mediasec.msrp.uri import Uri

URI = Uri.parse("msrp://host.example.com:8493/asfd34;tcp")


def test_msrp_001__every_part_of_a_uri():
    """Scheme, userinfo, host, port, session-id, transport and parameters are read and written."""
    text = "msrps://alice;x=1%20@[2001:db8::7]:2855/aZ0-._~+=/b;tcp;name;other=value"
    uri = Uri.parse(text)
    assert uri == Uri(
        scheme="msrps",
        userinfo="alice;x=1%20",
        host="[2001:db8::7]",
        port=2855,
        session_id="aZ0-._~+=/b",
        transport="tcp",
        parameters=("name", "other=value"),
    )
    assert uri.serialize() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://host.example.com:8493/asfd34;tcp",
        "msrp:host.example.com:8493/asfd34;tcp",
        "msrp://host.example.com:8493/asfd34",
        "msrp://host.example.com:8493/;tcp",
        "msrp://:8493/asfd34;tcp",
        "msrp://host.example.com:/asfd34;tcp",
        "msrp://host.example.com:65536/asfd34;tcp",
        "msrp://host.example.com:8493/asfd34;tcp;",
        "msrp://host.example.com:8493/asfd34;tcp;name=",
        "msrp://host.example.com:8493/as fd34;tcp",
        "msrp://host.example.com:8493/asfd34;tcp\n",
        "msrp://host.example.com:8493/ä;tcp",
        "mſrp://host.example.com:8493/asfd34;tcp",
        "msrp://ho%zzst:8493/asfd34;tcp",
        "msrp://[::g]:8493/asfd34;tcp",
        "msrp://[:::]:8493/asfd34;tcp",
        "msrp://host.example.com:8493/" + "a" * 1024 + ";tcp",
    ],
)
def test_msrp_001__what_is_no_uri_is_caught(text):
    """Text of another form is no MSRP URI."""
    with pytest.raises(MalformedMessage):
        Uri.parse(text)


def test_msrp_001__the_longest_uri_and_the_largest_port():
    """A URI of 1024 octets and one with port 65535 are read."""
    text = "msrp://host.example.com:65535/;tcp"
    text = text.replace("/;", f"/{'a' * (1024 - len(text))};")
    assert (len(text), Uri.parse(text).port) == (1024, 65535)


@pytest.mark.parametrize(
    "parts",
    [
        {"host": "host example"},
        {"session_id": "a;b"},
        {"session_id": ""},
        {"scheme": "sip"},
        {"parameters": ("a;b",)},
        {"parameters": ("a\r\nX: b",)},
    ],
)
def test_msrp_001__no_other_form_is_written(parts):
    """A URI with a part that does not read back is not written."""
    with pytest.raises(LocalProtocolError, match="MSRP_001"):
        Uri(**{"host": "host.example.com", "port": 8493, "session_id": "asfd34", **parts}).serialize()


def test_msrp_013__start_line_of_a_request():
    """A request begins with MSRP, its transaction ID and its method."""
    line = StartLine.parse(b"MSRP d93kswow SEND")
    assert line == StartLine(transaction_id="d93kswow", method=Method.SEND)
    assert StartLine.parse(b"MSRP d93kswow NICKNAME").method == "NICKNAME"
    assert line.serialize() == b"MSRP d93kswow SEND\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"msrp d93kswow SEND",
        b"MSRP d93kswow send",
        b"MSRP  d93kswow SEND",
        b"MSRP d93kswow  SEND",
        b"MSRP d93kswow SEND ",
        b"MSRP d93kswow SEND2",
        b"MSRP d93kswow",
        b"MSRP d93kswow ",
        b"MSRP SEND",
        b"MSRP d93kswow SEND\n",
        b"MSRP/1.0 d93kswow SEND",
    ],
)
def test_msrp_013__another_start_line_is_caught(line):
    """A line of another form begins no message."""
    with pytest.raises(MalformedMessage):
        StartLine.parse(line)


def test_msrp_013__a_method_in_small_letters_is_not_written():
    """A request whose method is not made of capital letters is not written."""
    request = Request(
        transaction_id="d93kswow", method="send", to_path=(URI,), from_path=(URI,), message_id="12339sdqwer"
    )
    with pytest.raises(LocalProtocolError, match="MSRP_013"):
        request.serialize()


@pytest.mark.parametrize(
    ("line", "code", "comment"),
    [
        (b"MSRP d93kswow 200", 200, None),
        (b"MSRP d93kswow 200 OK", 200, "OK"),
        (b"MSRP d93kswow 481 keine \xc3\x9cbung", 481, "keine Übung"),
        (b"MSRP d93kswow 200 ", 200, ""),
        (b"MSRP d93kswow 007", 7, None),
    ],
)
def test_msrp_014__start_line_of_a_response(line, code, comment):
    """A response begins with MSRP, its transaction ID, three digits and perhaps a comment."""
    start = StartLine.parse(line)
    assert (start.transaction_id, start.method, start.code, start.comment) == (
        "d93kswow",
        None,
        code,
        comment,
    )
    assert start.serialize() == line + b"\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"MSRP d93kswow 20",
        b"MSRP d93kswow 2000",
        b"MSRP d93kswow 200OK",
        b"MSRP d93kswow 200 \xff",
        b"MSRP d93kswow 200 a\nb",
        b"MSRP d93kswow 200 a\x00b",
    ],
)
def test_msrp_014__another_start_line_is_caught(line):
    """A status code of other than three digits, and a comment with control characters, are refused."""
    with pytest.raises(MalformedMessage):
        StartLine.parse(line)


@pytest.mark.parametrize("code", [0, 999])
def test_msrp_014__every_code_of_three_digits(code):
    """Every status code of three digits may be written."""
    response = Response(transaction_id="d93kswow", code=code, to_path=(URI,), from_path=(URI,))
    assert Response.parse(response.serialize()) == response


@pytest.mark.parametrize("fault", [{"code": 1000}, {"code": -1}, {"comment": "a\r\nb"}])
def test_msrp_014__no_other_form_is_written(fault):
    """A response with such a code or comment is not written."""
    response = Response(
        **{"transaction_id": "d93kswow", "code": 200, "to_path": (URI,), "from_path": (URI,), **fault}
    )
    with pytest.raises(LocalProtocolError, match="MSRP_014"):
        response.serialize()


@pytest.mark.parametrize("identifier", ["abcd", "0.-+%=", "Z" * 32])
def test_msrp_015__identifiers(identifier, send):
    """Four to 32 letters, digits and some signs make a transaction ID and a Message-ID."""
    request = Request.parse(send(identifier=identifier, message_id=identifier))
    assert (request.transaction_id, request.message_id) == (identifier, identifier)


@pytest.mark.parametrize("identifier", ["abc", "Z" * 33, ".abcd", "-abcd", "ab_cd", "ab/cd"])
def test_msrp_015__other_identifiers_are_caught(identifier, send):
    """A shorter or longer one, and one with other signs, is refused as either and never written."""
    with pytest.raises(MalformedMessage):
        Request.parse(send(identifier=identifier))
    with pytest.raises(RequirementViolated, match="MSRP_015"):
        Request.parse(send(message_id=identifier))
    with pytest.raises(LocalProtocolError, match="MSRP_015"):
        Response(transaction_id=identifier, code=200, to_path=(URI,), from_path=(URI,)).serialize()


def test_msrp_016__paths_come_first(send):
    """To-Path and From-Path are the first two header fields, and may hold more than one URI."""
    relay = "msrps://relay.example.com:2855/aaa;tcp"
    request = Request.parse(send(to=f"{relay} {URI.serialize()}"))
    assert request.to_path == (Uri.parse(relay), URI)
    assert request.serialize().split(b"\r\n")[1].startswith(b"To-Path: msrps://relay")


@pytest.mark.parametrize(
    "head",
    [
        "From-Path: {uri}\nTo-Path: {uri}\nMessage-ID: 12339sdqwer",
        "To-Path: {uri}\nMessage-ID: 12339sdqwer\nFrom-Path: {uri}",
        "To-Path: {uri}\nMessage-ID: 12339sdqwer",
        "Message-ID: 12339sdqwer",
        "To-Path: \nFrom-Path: {uri}\nMessage-ID: 12339sdqwer",
        "To-Path: {uri}  {uri}\nFrom-Path: {uri}\nMessage-ID: 12339sdqwer",
        "To-Path: {uri}\nFrom-Path: {uri}\nFrom-Path: {uri}\nMessage-ID: 12339sdqwer",
        "To-Path:{uri}\nFrom-Path: {uri}\nMessage-ID: 12339sdqwer",
        "To-Path: {uri}\nFrom-Path: {uri}\nMessage-ID: 12339sdqwer\nmessage-id: 12339sdqwer",
        "To-Path: {uri}\nFrom-Path: {uri}\nMessage-ID: 12339sdqwer\n folded",
        "To-Path: {uri}\nFrom-Path: {uri}\nMessage-ID: 12339sdqwer\nX-: \x07",
    ],
)
def test_msrp_016__another_order_is_caught(head):
    """Paths that are missing, late or twice there, and lines that are no header fields, are refused."""
    text = f"MSRP d93kswow SEND\n{head}\n-------d93kswow$\n".replace("{uri}", URI.serialize())
    with pytest.raises(MalformedMessage):
        Request.parse(text.replace("\n", "\r\n").encode())


@pytest.mark.parametrize(
    "fault", [{"to_path": ()}, {"headers": (Header("X Y", "z"),)}, {"headers": (Header("X", "\n"),)}]
)
def test_msrp_016__nothing_else_is_written(fault):
    """An empty path and a header field that would not read back are not written."""
    response = Response(
        **{"transaction_id": "d93kswow", "code": 200, "to_path": (URI,), "from_path": (URI,), **fault}
    )
    with pytest.raises(LocalProtocolError, match="MSRP_016"):
        response.serialize()
