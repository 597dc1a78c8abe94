"""Every test run keeps to the layout of the requirements and leaves evidence."""

pytest_plugins = ["mpspec.evidence.pytest_plugin"]
