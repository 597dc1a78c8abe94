"""The contexts of an MRFP without I/O: what a procedure may ask for, and what it changes.

A procedure is checked whole before anything changes: one that is refused leaves every context as it was.
"""

from dataclasses import dataclass, field

from mediasec.errors import Finding, RemoteProtocolError, RequirementViolated
from mediasec.msrp.uri import Uri
from mediasec.procedures.mp.messages import (
    ConfigureBfcpTermination,
    ConfigureConferenceForFloorControl,
    ConfigureImsResources,
    ReserveAndConfigureImsResources,
    ReserveImsResources,
)
from mediasec.procedures.mp.termination import Termination, TerminationEvent, TerminationState

NewTermination = ReserveImsResources | ReserveAndConfigureImsResources | ConfigureBfcpTermination
"""A procedure that adds a termination."""

MAX_CONTEXTS = 1024
"""The most contexts at one time."""

MAX_TERMINATIONS = 1024
"""The most terminations in one context."""


@dataclass(slots=True, kw_only=True)
class Context:
    """The terminations that belong together: those of one conference.

    Attributes:
        number: What tells it apart.
        terminations: Its terminations by their number.
        conference: Its floors; None before it is configured for floor control.
    """

    number: int
    terminations: dict[int, Termination] = field(default_factory=dict)
    conference: ConfigureConferenceForFloorControl | None = None


class Contexts:
    """All contexts of an MRFP.

    Attributes:
        by_number: The contexts by their number.
    """

    def __init__(self) -> None:
        self.by_number: dict[int, Context] = {}
        self._last_context = 0
        self._last_termination = 0

    def add(self, request: NewTermination) -> Termination:
        """Add a termination, in a new context where none is named.

        Raises:
            RequirementViolated: There is no such context, it has no room, or it knows no floors; or what is
                said of the remote side does not do.

        Source:
            MPP_004 (TS 23.333, 8.20)
        """
        context = self._new_context() if request.context is None else self._context(request.context)
        if len(context.terminations) >= MAX_TERMINATIONS:
            raise _refused("MPP_004", "context", f"Context {context.number} has no room.")
        user_id = None
        if isinstance(request, ConfigureBfcpTermination):
            user_id = request.user_id
            _check_floor_control(context, user_id)
        termination = Termination(
            context=context.number,
            number=self._last_termination + 1,
            transport=request.local_resources,
            user_id=user_id,
        )
        if not isinstance(request, ReserveImsResources) and request.remote_address is not None:
            _configure(termination, request)
        self._last_termination += 1
        context.terminations[termination.number] = termination
        self.by_number[context.number] = context
        return termination

    def configure(self, request: ConfigureImsResources | ConfigureBfcpTermination) -> Termination:
        """Take the remote side of a termination; its connection is to be established then.

        Raises:
            RequirementViolated: There is no such termination, it is configured already, has another
                transport, or something is missing.

        Source:
            MPP_004 (TS 23.333, 8.22)
        """
        if request.termination is None or request.remote_address is None:
            raise _refused("MPP_004", "remote_address", "The remote side of the termination is missing.")
        termination = self.termination(request.context, request.termination)
        _configure(termination, request)
        return termination

    def configure_floors(self, request: ConfigureConferenceForFloorControl) -> Context:
        """Take the floors of a conference.

        Raises:
            RequirementViolated: There is no such context, or it has floors already.

        Source:
            MPP_004 (TS 23.333, 8.45)
        """
        context = self._new_context() if request.context is None else self._context(request.context)
        if context.conference is not None:
            raise _refused("MPP_004", "context", "The context is configured for floor control already.")
        known = [each.conference.conference_id for each in self.by_number.values() if each.conference]
        if request.conference_id in known:
            raise _refused("MPP_004", "conference_id", "Another context has this conference ID.")
        context.conference = request
        self.by_number[context.number] = context
        return context

    def termination(self, context: int, number: int) -> Termination:
        """Return a termination.

        Raises:
            RequirementViolated: There is no such context, or no such termination in it.

        Source:
            MPP_004 (TS 23.333, 8.22)
        """
        found = self._context(context).terminations.get(number)
        if found is None:
            raise _refused("MPP_004", "termination", f"Context {context} has no termination {number}.")
        return found

    def release(self, context: int, number: int) -> Termination:
        """Remove a termination, and with its last termination the context.

        Raises:
            RequirementViolated: There is no such context, or no such termination in it.

        Source:
            MPP_013 (TS 23.333, 8.23)
        """
        termination = self.termination(context, number)
        termination.move(TerminationEvent.RELEASED)
        home = self.by_number[context]
        del home.terminations[number]
        if not home.terminations:
            del self.by_number[context]
        return termination

    def _context(self, number: int) -> Context:
        found = self.by_number.get(number)
        if found is None:
            raise _refused("MPP_004", "context", f"There is no context {number}.")
        return found

    def _new_context(self) -> Context:
        if len(self.by_number) >= MAX_CONTEXTS:
            raise _refused("MPP_004", "context", "There are too many contexts.")
        self._last_context += 1
        return Context(number=self._last_context)


def _check_floor_control(context: Context, user_id: int) -> None:
    """Demand floors, and a user that nobody else in the context is.

    Source:
        MPP_005 (TS 23.333, 6.2.13.2.2)
    """
    if context.conference is None:
        raise _refused("MPP_005", "context", "The context is not configured for floor control.")
    if any(user_id == each.user_id for each in context.terminations.values()):
        raise _refused("MPP_005", "user_id", f"Another termination has the user ID {user_id}.")


def _configure(
    termination: Termination,
    request: ConfigureImsResources | ReserveAndConfigureImsResources | ConfigureBfcpTermination,
) -> None:
    """Take the remote side of a termination.

    Source:
        MPP_009 (TS 23.333, 6.2.19.3.1)
        MPP_011 (TS 23.333, 8.22)
    """
    transport, security = termination.transport, request.security
    if isinstance(request, ConfigureBfcpTermination):
        given, msrp = request.local_resources, None
    else:
        given, msrp = request.remote_resources, request.remote_msrp
    if given is not transport:
        raise _refused("MPP_004", "remote_resources", f"The termination is for {transport}, not for {given}.")
    if termination.state is not TerminationState.RESERVED:
        raise _refused("MPP_004", "termination", "The termination has its remote side already.")
    if not transport.is_bfcp:
        _check_path(() if msrp is None else msrp.path)
    if security.tcp_establishment is None or (transport.has_tls and security.tls_side is None):
        raise _refused("MPP_009", "security", "Who opens TCP, or who starts TLS, is not said.")
    termination.security, termination.remote_msrp = security, msrp
    termination.remote_address = request.remote_address
    termination.move(TerminationEvent.CONFIGURED)


def _check_path(path: tuple[str, ...]) -> None:
    """Demand a path to the other side of an MSRP session.

    Source:
        MPP_011 (TS 23.333, 8.22)
    """
    if not path:
        raise _refused("MPP_011", "remote_msrp", "The path to the other side of the MSRP session is missing.")
    try:
        for uri in path:
            Uri.parse(uri)
    except RemoteProtocolError as error:
        raise _refused("MPP_011", "remote_msrp", "The path holds what is no MSRP URI.") from error


def _refused(requirement: str, where: str, message: str) -> RequirementViolated:
    return RequirementViolated(Finding(requirement=requirement, where=where, message=message))
