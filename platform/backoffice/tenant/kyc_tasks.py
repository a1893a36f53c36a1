"""What verification wants of somebody today."""

from datetime import timedelta

from django.db.models import Min
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import pages
from backoffice.attention import Task
from backoffice.tenant import kyc_checks
from kyc import selectors
from tenants import registry


def tasks(request: HttpRequest) -> list[Task]:
    """Everything of verification that waits for somebody."""
    return [*_case_tasks(request), *_check_tasks(request), *_expiry_tasks(request)]


def _case_tasks(request: HttpRequest) -> list[Task]:
    """Cases that are overdue or escalated, and names near lists that nobody has judged."""
    found = []
    late = selectors.queue().filter(due_at__lt=timezone.now())
    overdue = late.count()
    if overdue:
        found.append(
            Task(
                "bad",
                "how_to_reg",
                ngettext("%(count)s case is overdue", "%(count)s cases are overdue", overdue)
                % {"count": overdue},
                _("Customers wait longer than the firm promises."),
                f"{pages.url(request, 'kyc_queue')}?state=waiting",
                late.order_by().aggregate(oldest=Min("due_at"))["oldest"],
            )
        )
    escalated = selectors.escalated_and_free()
    first = escalated.first()
    if first is not None:
        count = escalated.count()
        found.append(
            Task(
                "bad",
                "priority_high",
                ngettext(
                    "%(count)s escalated case is with nobody",
                    "%(count)s escalated cases are with nobody",
                    count,
                )
                % {"count": count},
                _("A colleague wants it looked at first: %(reason)s")
                % {"reason": first.escalation_reason},
                pages.url(request, "kyc_case", first.pk),
                first.escalated_at,
            )
        )
    names = selectors.undecided_hits().count()
    if names:
        found.append(
            Task(
                "bad",
                "person_alert",
                ngettext(
                    "%(count)s name is near one on a list",
                    "%(count)s names are near some on lists",
                    names,
                )
                % {"count": names},
                _("Somebody has to say whether it is the customer."),
                f"{pages.url(request, 'kyc_hits')}?state=open",
            )
        )
    return found


def _check_tasks(request: HttpRequest) -> list[Task]:
    """Checks whose result nobody knows, results that came too late, messages not believed."""
    now = timezone.now()
    found = [
        Task(
            "bad",
            "report",
            _("A check spoke against a customer after his case was approved"),
            _("Case %(case)s, by %(provider)s. Look at it, and hold the customer back if need be.")
            % {"case": check.case_id, "provider": check.provider.title},
            pages.url(request, "kyc_case", check.case_id),
            check.told_at,
        )
        for check in selectors.late_checks()[:5]
    ]
    doubtful = selectors.doubtful_checks(now)
    first = doubtful.order_by("sent_at", "pk").first()
    if first is not None:
        count = doubtful.count()
        found.append(
            Task(
                "warn",
                "help",
                ngettext(
                    "Of %(count)s check nobody knows the result",
                    "Of %(count)s checks nobody knows the result",
                    count,
                )
                % {"count": count},
                _("The provider is asked by itself: %(note)s")
                % {"note": kyc_checks.own_words(first.note) or "–"},
                pages.url(request, "kyc_case", first.case_id),
                first.sent_at,
            )
        )
    for provider in selectors.providers().filter(forged_at__gt=now - timedelta(days=1)):
        found.append(
            Task(
                "bad",
                "gpp_bad",
                _("Messages came that %(provider)s did not sign") % {"provider": provider.title},
                _("Nothing of them was believed. If it changed its secret, enter the new one."),
                pages.url(request, "kyc_providers"),
                provider.forged_at,
            )
        )
    return found


def _expiry_tasks(request: HttpRequest) -> list[Task]:
    rows = selectors.running_out(timezone.now(), registry.get("kyc.expiry_notice_days"))
    count = rows.count()
    if not count:
        return []
    return [
        Task(
            "warn",
            "event_busy",
            ngettext(
                "%(count)s customer's verification or document runs out",
                "%(count)s customers' verification or documents run out",
                count,
            )
            % {"count": count},
            _("They are asked for new ones; see who did not answer."),
            pages.url(request, "kyc_running_out"),
        )
    ]
