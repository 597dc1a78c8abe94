"""What tests of several folders share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key


@pytest.fixture(scope="session")
def vectors() -> Callable[[str], Any]:
    """Return a reader of `tests/vectors`: `vectors("mikey/primitives/prf")` is what that file holds."""
    root = Path(__file__).parent / "vectors"
    return lambda name: json.loads((root / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def rsa_key() -> Callable[[str], RSAPrivateKey]:
    """Return a reader of the RSA keys of the MIKEY vectors: `rsa_key("kms")`."""
    folder = Path(__file__).parent / "vectors/mikey/pk"

    def read(name: str) -> RSAPrivateKey:
        key = load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
        assert isinstance(key, RSAPrivateKey)
        return key

    return read
