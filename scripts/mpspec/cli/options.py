"""Options that several commands share."""

from pathlib import Path

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON for machines.")

root_option = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=lambda: project_root(Path.cwd()),
    help="Root of the project; by default the folder above that holds reqs/.",
)


def project_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds `reqs/tr29828`, or `start` itself."""
    start = start.absolute()
    return next((folder for folder in [start, *start.parents] if (folder / "reqs/tr29828").is_dir()), start)
