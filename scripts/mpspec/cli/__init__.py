"""The command `mpspec`. Exit codes: 0 nothing found, 1 something found, 2 could not run."""

import importlib
import io
import sys
from typing import Any

import click

from mpspec.model import CannotRun
from mpspec.model.garbage import collect_seldom

COMMANDS = {
    "cr": "Write change requests, check them, and take edited ones back.",
    "check": "Check an SDP offer or answer, a MIKEY message or a capture against the rules.",
    "flow": "Run the flows of the clause between KMS, UE, MRFC and MRFP, and record them.",
    "peer": "Be a peer for MSRP or BFCP to test one's own endpoint against.",
    "decode": "Show a MIKEY, BFCP or MSRP message field by field.",
    "evidence": "Look for faults in the code that its tests do not notice.",
    "trace": "Ask what proves each requirement, and what changed.",
}
"""Each command and what it is for; its module, `mpspec.cli.<command>`, is imported when it is called."""


class _LazyGroup(click.Group):
    """A group that imports a command when it is called, so that help and short commands stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"mpspec.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(
    cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80}
)
@click.version_option(package_name="mediasec", message="mpspec %(version)s")
def mpspec() -> None:
    """TR 29.828 clause 7.1 as code: check, decode, trace, write the change request."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; what cannot be read or written ends in one sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # A terminal may lack a character of a name.
    collect_seldom()
    try:
        return mpspec.main(args=arguments, prog_name="mpspec")
    except CannotRun as error:
        click.echo(f"mpspec: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(2)
