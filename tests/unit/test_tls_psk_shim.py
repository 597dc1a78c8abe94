"""The shim says in one sentence why it cannot work, and touches nothing then."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.version_info >= (3, 13), reason="ssl has the callbacks itself.")

CASES = {
    "another implementation": (
        "import sys; sys.implementation.name = 'other'",
        "needs CPython 3.11 or later",
    ),
    "linked statically": ("import _ssl; del _ssl.__file__", "cannot be reached"),
    "no libssl in it": ("import _ssl, _json; _ssl.__file__ = _json.__file__", "cannot be reached"),
    "another layout": (
        "import ssl\n"
        "class Other(ssl.SSLContext):\n"
        "    kept = None\n"
        "    options = property(lambda self: self.kept or 0, lambda self, to: setattr(self, 'kept', to))\n"
        "ssl.SSLContext = Other",
        "another layout",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_import_ends_in_one_sentence(name):
    """Where libssl cannot be had, or does not see what `ssl` sets, the import raises ImportError."""
    preparation, words = CASES[name]
    program = f"""
{preparation}
try:
    import mediasec.endpoints.tls_psk_shim
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=20
    )
    assert done.stderr == ""
    assert words in done.stdout
    assert done.stdout.count("\n") == 1
