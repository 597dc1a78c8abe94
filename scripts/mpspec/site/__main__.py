"""What `scripts/site` runs: the tests for the evidence, the site, the documents; then, if asked, a server."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console

from mpspec.model import CannotRun
from mpspec.site import make
from mpspec.site.make import SITE, Outcome, Tell
from mpspec.site.serve import open_server, serve

_Result = TypeVar("_Result")
_PORT = 8000
_SECONDS_BETWEEN_LINES = 20


class Steps:
    """Shows each step while it works: with a clock in a terminal, as plain lines elsewhere."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)

    def do(self, title: str, step: Callable[[Tell], _Result]) -> _Result:
        """Work on a step, showing its title and what it tells, and return what it made."""
        started = said = time.monotonic()
        if self._console.is_terminal:
            with self._console.status(title) as status:
                return step(
                    lambda text: status.update(f"{title}: {text}, {time.monotonic() - started:.0f} s")
                )
        self.say(f"{title} ...")

        def tell(text: str) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said >= _SECONDS_BETWEEN_LINES:
                said = now
                self.say(f"{title}: {text}, {now - started:.0f} s")

        return step(tell)

    def say(self, text: str, style: str = "") -> None:
        """Write a line that stays."""
        self._console.print(text, style=style or None, markup=False, soft_wrap=True)

    def report(self, title: str, outcome: Outcome) -> bool:
        """Write how a step ended, and return whether nothing is wrong."""
        self.say(
            f"{'done  ' if outcome.good else 'FAILED'}  {title}: {outcome.summary}",
            "" if outcome.good else "red",
        )
        if outcome.details:
            self.say(outcome.details.rstrip())
        return outcome.good


def make_site(root: Path, steps: Steps) -> bool:
    """Build the site with the evidence that is there, and return whether nothing is wrong."""
    return steps.report("Site", steps.do("Building the site", lambda tell: make.site(root, tell)))


def make_all(root: Path, steps: Steps) -> bool:
    """Make everything, and return whether nothing is wrong; what can be made is made in any case."""
    good = steps.report("Tests", steps.do("Running the tests", lambda tell: make.run_tests(root, tell)))
    good &= make_site(root, steps)
    written: list[Path] = []
    try:
        written = steps.do("Writing the documents", lambda _: make.documents(root))
        steps.say(f"done    Documents: {len(written)}")
    except CannotRun as error:
        good = steps.report("Documents", Outcome(good=False, summary=str(error)))
    steps.say("")
    home = root / SITE / "index.html"
    if home.exists():
        steps.say(f"{SITE}/index.html    the site; open {home.as_uri()} in a browser")
    for path in written:
        steps.say(f"{path}    a document; open it with Word or LibreOffice")
    if not good:
        steps.say("Something is wrong: the lines above say what. What could be made is there.", "red")
    return good


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.option(
    "--serve",
    "port",
    metavar="[PORT]",
    type=click.IntRange(0, 65535),
    is_flag=False,
    flag_value=_PORT,
    help=f"Then serve the site on 127.0.0.1 (port {_PORT} by default), and rebuild and reload on changes.",
)
def main(port: int | None) -> None:
    """Run the tests, build the site into build/site and the documents into build/documents."""
    root = Path(__file__).parents[3]
    steps = Steps()
    opened = None if port is None else open_server(root / SITE, port)  # A port that is taken is told at once.
    good = make_all(root, steps)
    if opened is not None:
        serve(root, *opened, steps.say, [lambda: make_site(root, steps), lambda: make_all(root, steps)])
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    try:
        main(prog_name="scripts/site")
    except CannotRun as error:
        click.echo(f"scripts/site: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
