"""What the tests with other programs share."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def need():
    """Return the path of a program; skip where it is absent, and fail under CI, which installs it."""

    def find(program: str) -> str:
        path = shutil.which(program)
        if path is None:
            reason = f"{program} is not installed."
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        return path

    return find
