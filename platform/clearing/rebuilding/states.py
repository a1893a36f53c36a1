"""The life of a rebuild, as one table of allowed steps."""

from django.utils.translation import gettext as _

from clearing.models import Rebuild, RebuildState
from clearing.rebuilding.errors import RebuildError

STEPS = frozenset(
    {
        (RebuildState.ASKED, RebuildState.BUILDING),
        (RebuildState.ASKED, RebuildState.FAILED),
        (RebuildState.BUILDING, RebuildState.SAME),
        (RebuildState.BUILDING, RebuildState.COMPARED),
        (RebuildState.BUILDING, RebuildState.FAILED),
        (RebuildState.COMPARED, RebuildState.APPROVED),
        (RebuildState.COMPARED, RebuildState.REFUSED),
        (RebuildState.APPROVED, RebuildState.MENDED),
        (RebuildState.APPROVED, RebuildState.FAILED),
    }
)
UNDERWAY = frozenset({RebuildState.ASKED, RebuildState.BUILDING, RebuildState.APPROVED})
ENDED = frozenset(
    {RebuildState.SAME, RebuildState.MENDED, RebuildState.REFUSED, RebuildState.FAILED}
)


def apply(row: Rebuild, wanted: RebuildState) -> RebuildState:
    """Take the step on the row, without saving it; the state before. Raises RebuildError."""
    before = RebuildState(row.state)
    if (before, wanted) not in STEPS:
        raise RebuildError(
            _("This rebuild is “%(state)s”: that step is not open to it.")
            % {"state": str(before.label).lower()}
        )
    row.state = wanted
    return before
