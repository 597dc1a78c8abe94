"""`mpspec cr`: change requests, from `reqs/` to a document and back."""

from pathlib import Path

import click

from mpspec.change_request import Definition, export
from mpspec.cli.options import root_option
from mpspec.model import Model
from mpspec.model.files import write_beside


@click.group()
def command() -> None:
    """Write change requests, check them, and take edited ones back."""


@command.command(name="export")
@root_option
@click.argument("definition", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The .docx to write.")
def export_command(root: Path, definition: Path, output: Path) -> None:
    """Write a change request as a document."""
    octets = export(Definition.load(definition), Model.load(root))
    write_beside(output, octets)
    click.echo(f"{output}: {len(octets)} octets.")
