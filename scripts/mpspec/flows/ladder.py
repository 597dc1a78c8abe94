"""The ladder of a flow in a terminal: each arrow as it happens, then how the flow ended."""

import textwrap

from rich.console import Console
from rich.text import Text

from mpspec.flows.flow import Certainty, Flow
from mpspec.flows.recording import Arrow, Recording

_NARROWEST = 24
_PLACE_OF_FIELDS = " " * 15


class Ladder:
    """Writes a flow to a terminal.

    Args:
        console: Where to write; it does not wrap lines itself.
        flow: The flow.
        decode: Whether each message is shown field by field below its arrow.
    """

    def __init__(self, console: Console, flow: Flow, *, decode: bool) -> None:
        self._console = console
        self._flow = flow
        self._decode = decode
        self._steps = max(len(text) for text in ["step", *(rung.step for rung in flow.ladder)])
        self._names = max((len(each.name) for each in flow.participants), default=0)

    def begin(self, where: str) -> None:
        """Write what the flow is, and who takes part.

        Args:
            where: Where it runs, in a sentence.
        """
        self._write(f"{self._flow.title} ({'; '.join(self._flow.clauses)})", style="bold")
        self._write(f"{self._flow.summary} {where}")
        for each in self._flow.participants:
            self._write(f"{each.name}: {each.role}", "  ")
        self._write("message", self._start("no", "step", "from", "to"), style="underline")

    def show(self, arrow: Arrow) -> None:
        """Write an arrow."""
        what = arrow.title
        if arrow.certainty not in (None, Certainty.READ):
            what += f" ({arrow.certainty})"
        start = self._start(str(arrow.number), arrow.step, arrow.sender, arrow.receiver)
        self._write(what, start, style="bold red" if arrow.failed else "bold")
        self._write(", ".join(arrow.shows), " " * len(start), style="dim")
        if self._decode:
            self.show_decoded(arrow)

    def show_decoded(self, arrow: Arrow) -> None:
        """Write the message of an arrow field by field."""
        if not arrow.octets:
            self._write("The connection itself: there is no message to decode.", "    ", style="dim")
        for part in arrow.decoded:
            for line in part.lines():
                self._write(line[len(_PLACE_OF_FIELDS) :], line[: len(_PLACE_OF_FIELDS)], style="dim")

    def end(self, recording: Recording) -> None:
        """Write how the flow ended."""
        if recording.outcome is not None:
            self._write(recording.outcome.sentence, style="bold")
            for name, state in recording.outcome.states.items():
                self._write(state, f"  {name + ':':{self._names + 2}}")
            for each in recording.outcome.findings:
                self._write(f"{each.node} found {each.finding}", "  ")
        for problem in recording.problems:
            self._write(problem, style="bold red")
        if not recording.problems:
            self._write("The flow ended as it should.", style="bold green")

    def _start(self, number: str, step: str, sender: str, receiver: str) -> str:
        """Return what stands before the text of an arrow."""
        way = f"{sender:>{self._names}} -> {receiver}"
        return f"{number:>3}  {step:{self._steps}}  {way:{2 * self._names + 4}}  "

    def _write(self, text: str, start: str = "", *, style: str = "") -> None:
        write(self._console, text, start, style=style)


def write(console: Console, text: str, start: str = "", *, style: str = "") -> None:
    """Write text in lines that fit, behind its start; words stay whole.

    Args:
        console: Where to write; it does not wrap lines itself.
        text: The text; without any, nothing is written.
        start: What stands before the first line; before others stands as much space.
        style: Style of the text, as rich names it.
    """
    lines = textwrap.wrap(
        text, max(console.width - len(start), _NARROWEST), break_long_words=False, break_on_hyphens=False
    )
    for place, line in enumerate(lines):
        console.print(Text(" " * len(start) if place else start).append(line, style=style))
