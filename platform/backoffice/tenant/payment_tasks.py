"""What of payments needs attention: lines of the start page."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import access, pages
from wallets.payments import selectors
from wallets.payments.cards import selectors as cards
from wallets.payments.models import WithdrawalState

DOUBT_AFTER = timedelta(minutes=10)
FORGED_WITHIN = timedelta(days=1)

Line = tuple[str, str, str, str, str]  # tone, icon, headline, sentence, address


def lines(request: HttpRequest) -> list[Line]:
    """What waits for somebody with this role."""
    found: list[Line] = []
    if access.may(request.user, "withdrawals.decide"):
        found += _withdrawals(request)
    if access.may(request.user, "deposits.decide"):
        found += _deposits(request)
        found += _cards(request)
        found += _sources(request)
    return found


def _withdrawals(request: HttpRequest) -> list[Line]:
    found: list[Line] = []
    address = pages.url(request, "withdrawals")
    unknown = selectors.withdrawals().filter(state=WithdrawalState.UNKNOWN).count()
    if unknown:
        found.append(
            (
                "bad",
                "help",
                ngettext(
                    "It is not known whether %(count)s withdrawal was paid",
                    "It is not known whether %(count)s withdrawals were paid",
                    unknown,
                )
                % {"count": unknown},
                _("Ask the bank. Nothing goes back to a customer by itself."),
                f"{address}?state=unknown",
            )
        )
    return found


def _deposits(request: HttpRequest) -> list[Line]:
    count = selectors.work_list().count() + selectors.unexplained_lines().count()
    if not count:
        return []
    return [
        (
            "warn",
            "south_west",
            ngettext(
                "%(count)s bank entry waits for a person",
                "%(count)s bank entries wait for a person",
                count,
            )
            % {"count": count},
            _("Money without a customer, held by a rule, or gone without an explanation."),
            pages.url(request, "deposit_work"),
        )
    ]


def _cards(request: HttpRequest) -> list[Line]:
    """What a gateway leaves open: nothing of it is settled by itself."""
    found: list[Line] = []
    doubtful = cards.doubtful().filter(created_at__lt=timezone.now() - DOUBT_AFTER).count()
    if doubtful:
        found.append(
            (
                "bad",
                "credit_card",
                ngettext(
                    "It is not known how %(count)s card payment stands",
                    "It is not known how %(count)s card payments stand",
                    doubtful,
                )
                % {"count": doubtful},
                _("The gateway is asked again by itself. Look at it if that lasts."),
                f"{pages.url(request, 'card_payments')}?state=unknown",
            )
        )
    debts = cards.debts().count()
    if debts:
        found.append(
            (
                "bad",
                "credit_card_off",
                ngettext(
                    "%(count)s customer payment was taken back and is owed",
                    "%(count)s customer payments were taken back and are owed",
                    debts,
                )
                % {"count": debts},
                _("What they have available is taken; the rest they owe."),
                f"{pages.url(request, 'card_claims')}?owed=1",
            )
        )
    for gateway in cards.gateways().filter(is_active=True):
        address = pages.url(request, "card_gateway", gateway.pk)
        health, since = gateway.health, timezone.now() - FORGED_WITHIN
        if health.error:
            found.append(
                (
                    "warn",
                    "cloud_off",
                    _("%(name)s does not answer") % {"name": gateway.name},
                    health.error,
                    address,
                )
            )
        if health.forged_at is not None and health.forged_at > since:
            found.append(
                (
                    "warn",
                    "gpp_bad",
                    _("Somebody sends forged events of %(name)s") % {"name": gateway.name},
                    _("Their signatures are wrong or old, and nothing of them counts. If the "
                      "gateway has a new secret, enter it."),
                    address,
                )
            )  # fmt: skip
    return found


def _sources(request: HttpRequest) -> list[Line]:
    """Sources of statements that cannot be used, or that brought what was refused."""
    return [
        (
            "warn",
            "folder_off",
            _("Statements of %(name)s do not come in") % {"name": row.name},
            row.error,
            pages.url(request, "statement_source", row.pk),
        )
        for row in selectors.sources().filter(is_active=True).exclude(error="")
    ]
