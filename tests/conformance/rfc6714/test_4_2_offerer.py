from mediasec.msrp.addressing import MediaAddress, connects_to
from mediasec.msrp.uri import Uri

PATH = (Uri.parse("msrp://bob.example.com:8888/9di4eae923wzd;tcp"),)
MEDIA = MediaAddress(host="192.0.2.99", port=9999)


def test_msrp_086__with_cema_the_media_line_counts():
    """With CEMA on both sides the connection goes to the c/m-line, where the middlebox is."""
    assert connects_to(PATH, cema=MEDIA) == MEDIA


def test_msrp_086__without_cema_it_does_not():
    """Without CEMA the connection goes to the path."""
    assert connects_to(PATH) == MediaAddress(host="bob.example.com", port=8888)
