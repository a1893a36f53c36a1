"""The life of a case, and of a check: tables of allowed steps, and the places that take them."""

from django.utils.translation import gettext as _

from kyc.errors import KycError
from kyc.models import CaseState, CheckState, KycCase, ProviderCheck

STEPS = frozenset(
    {
        (CaseState.DRAFT, CaseState.SUBMITTED),
        (CaseState.DRAFT, CaseState.WITHDRAWN),
        (CaseState.SUBMITTED, CaseState.IN_REVIEW),
        (CaseState.SUBMITTED, CaseState.WITHDRAWN),
        (CaseState.SUBMITTED, CaseState.APPROVED),  # by its checks, where the firm lets them
        (CaseState.IN_REVIEW, CaseState.SUBMITTED),  # given back to the queue
        (CaseState.IN_REVIEW, CaseState.MORE_NEEDED),
        (CaseState.IN_REVIEW, CaseState.SECOND),
        (CaseState.IN_REVIEW, CaseState.APPROVED),
        (CaseState.IN_REVIEW, CaseState.REFUSED),
        (CaseState.MORE_NEEDED, CaseState.SUBMITTED),
        (CaseState.MORE_NEEDED, CaseState.REFUSED),
        (CaseState.MORE_NEEDED, CaseState.WITHDRAWN),
        (CaseState.SECOND, CaseState.IN_REVIEW),  # the second person disagrees
        (CaseState.SECOND, CaseState.APPROVED),
        (CaseState.SECOND, CaseState.REFUSED),
    }
)


def allows(current: str, wanted: CaseState) -> bool:
    return (CaseState(current), wanted) in STEPS


def apply(case: KycCase, wanted: CaseState) -> CaseState:
    """Put a locked case into ``wanted`` and give the state it was in; raises KycError.

    The caller saves it, with what else the step changes.
    """
    before = CaseState(case.state)
    if not allows(before, wanted):
        raise KycError(
            _("This case is %(before)s: it cannot become %(after)s.")
            % {"before": str(before.label).lower(), "after": str(wanted.label).lower()}
        )
    case.state = wanted
    return before


CHECK_STEPS = frozenset(
    {
        (CheckState.WANTED, CheckState.UNKNOWN),  # on its way: until an answer nobody knows
        (CheckState.UNKNOWN, CheckState.WANTED),  # the provider never heard of it
        (CheckState.UNKNOWN, CheckState.RUNNING),
        (CheckState.UNKNOWN, CheckState.REFUSED),
        (CheckState.RUNNING, CheckState.UNKNOWN),  # too long without a result
        (CheckState.REFUSED, CheckState.WANTED),  # staff have it sent once more
        *(
            (before, after)
            for before in (CheckState.UNKNOWN, CheckState.RUNNING, CheckState.WANTED)
            for after in (CheckState.CLEAR, CheckState.CONSIDER)
        ),
        (CheckState.CLEAR, CheckState.CONTRADICTING),
        (CheckState.CONSIDER, CheckState.CONTRADICTING),
        (CheckState.ENDED, CheckState.CONSIDER),
        (CheckState.ENDED, CheckState.CONTRADICTING),
        *(
            (before, CheckState.ENDED)
            for before in (
                CheckState.WANTED,
                CheckState.UNKNOWN,
                CheckState.RUNNING,
                CheckState.REFUSED,
            )
        ),
    }
)


def apply_check(check: ProviderCheck, wanted: CheckState) -> CheckState:
    """Put a locked check into ``wanted`` and give the state it was in; raises KycError.

    The caller saves it.
    """
    before = CheckState(check.state)
    if (before, wanted) not in CHECK_STEPS:
        raise KycError(
            _("This check is “%(before)s”: it cannot become “%(after)s”.")
            % {"before": str(before.label).lower(), "after": str(wanted.label).lower()}
        )
    check.state = wanted
    return before
