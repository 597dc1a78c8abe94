"""RFC 3830, 10: numbers for private use."""

import pytest

from mediasec.mikey.profile import Profile


def test_mky_210__tls_has_a_number_for_private_use():
    """The security protocol TLS has the number 241, the first that IANA leaves to private use."""
    assert Profile().tls_protocol_type == 241
    assert Profile().crypto_session().protocol_type == 241
    assert Profile().security_policy().protocol_type == 241


@pytest.mark.parametrize("number", [242, 2])
def test_mky_210__the_number_is_a_parameter(number):
    """Once the number is known, it replaces the default."""
    assert Profile(tls_protocol_type=number).crypto_session().protocol_type == number
