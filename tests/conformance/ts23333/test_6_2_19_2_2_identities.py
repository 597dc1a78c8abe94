"""TS 23.333, 6.2.19.2.2: identities from the URIs in From and To."""

import pytest

from mediasec.errors import RequirementViolated
from mediasec.mikey.registry import IdentityType
from mediasec.procedures.identities import identity_of_header


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"Alice" <sip:alice@example.com>;tag=88', b"sip:alice@example.com"),
        ("Alice B. <sip:alice@example.com>", b"sip:alice@example.com"),
        ("<sips:conference-7@example.com>", b"sips:conference-7@example.com"),
        ("sip:alice@example.com;tag=88", b"sip:alice@example.com"),
        ("<tel:+358-555-1234567>", b"tel:+358-555-1234567"),
        (" sip:example.com ", b"sip:example.com"),
    ],
)
def test_proc_010__identity_is_the_uri_of_the_header(header, expected):
    """The identity comes from the URI in the header, in whatever form the header has it."""
    identity = identity_of_header(header)
    assert (identity.kind, identity.data) == (IdentityType.URI, expected)


@pytest.mark.parametrize("header", ["", "Alice", "<>", "<mailto:alice@example.com>", "<sip:>", '"<sip:a@b>"'])
def test_proc_010__header_without_such_a_uri_is_refused(header):
    """There is no identity without a SIP, SIPS or tel URI."""
    with pytest.raises(RequirementViolated, match="PROC_010"):
        identity_of_header(header)


@pytest.mark.parametrize(
    "header",
    [
        "<sip:Alice@example.com>",
        "<SIP:Alice@EXAMPLE.com;transport=tcp?Subject=x>",
        "SIP:Alice@Example.COM;tag=1",
        '"Al <sip:other@example.com>" <sip:Alice@example.com;user=phone>;tag=a',
    ],
)
def test_proc_012__same_user_is_the_same_identity(header):
    """Parameters, headers, and the case of scheme and domain do not change the identity."""
    assert identity_of_header(header).data == b"sip:Alice@example.com"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("<sip:alice;day=tuesday@Example.com;user=phone>;tag=1", b"sip:alice;day=tuesday@example.com"),
        ("<sip:what?@Example.com?Subject=x>", b"sip:what?@example.com"),
        (
            "<sip:7042;phone-context=A.com@gw.example.com;user=phone>",
            b"sip:7042;phone-context=A.com@gw.example.com",
        ),
    ],
)
def test_proc_012__user_is_kept_whole(header, expected):
    """A semicolon or question mark before the domain belongs to the user: two users are not taken for one."""
    assert identity_of_header(header).data == expected


def test_proc_012__local_number_keeps_its_context():
    """A local number is another one in each context; other parameters of it do not count."""
    header = "<tel:7042;isub=12;phone-context=Example.com;ext=3>;tag=1"
    assert identity_of_header(header).data == b"tel:7042;phone-context=example.com"
    assert identity_of_header("<tel:7042;phone-context=example.org>") != identity_of_header(header)
    assert identity_of_header("<sip:gw.example.com;phone-context=x>").data == b"sip:gw.example.com"


def test_proc_012__case_of_the_user_counts():
    """The user part is as it stands."""
    assert identity_of_header("<sip:alice@example.com>") != identity_of_header("<sip:Alice@example.com>")
