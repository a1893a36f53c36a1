"""What needs somebody of a tenant today."""

from datetime import UTC, timedelta
from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice import access, approvals, cells, counted, pages
from backoffice.attention import Task, Watches
from backoffice.tenant import domains, kyc_tasks, payment_tasks, queued, rule_tasks
from care import selectors as care
from clearing import selectors as clearing
from clearing.models import Checkpoint
from kyc import selectors as kyc
from messaging import selectors as messaging
from riskrules import selectors as rules
from tenants.selectors import current_tenant
from trading.accounts.models import Account, AccountState
from trading.commands import door
from trading.commands import selectors as commands
from trading.engine import events, queries
from trading.instruments import selectors as instrument_rows
from trading.instruments.models import Instrument, ScheduledChange, State
from wallets.adjustments.models import Adjustment
from wallets.adjustments.models import State as AdjustmentState
from wallets.bookkeeping import selectors as bookkeeping
from wallets.payments import selectors as payments
from wallets.reconciliation import selectors as reconciliation

# A moment's lag is the normal state of a follower; this many seconds are not.
LAG_SECONDS = 5
REFUSED_HOURS = 24
OWN_HOURS = 24


watches = Watches()


def menu_counts(user: Any) -> dict[str, int]:
    """Figures beside entries of the menu, some seconds old at most."""
    return counted.figures(user.pk, lambda: _count(user))


def _count(user: Any) -> dict[str, int]:
    counts = {
        "approvals": sum(
            kind.for_others_than(user).count()
            for kind in approvals.kinds.seen_by(user)
            if access.may(user, kind.capability)
        )
    }
    if access.may(user, "adjustments.view"):
        waiting = Adjustment.objects.filter(state=AdjustmentState.REQUESTED)
        counts["adjustments"] = waiting.count()
    if access.may(user, "kyc.view"):
        counts["kyc"] = kyc.queue().count()
    if access.may(user, "kyc.documents"):
        counts["kyc_hits"] = kyc.undecided_hits().count()
    if access.may(user, "tickets.view"):
        counts["tickets"] = care.waiting().count()
    if access.may(user, "messages.view"):
        counts["dead_letters"] = messaging.dead_letters().count()
    if access.may(user, "rules.view"):
        counts["alerts"] = rules.open_alerts().count()
    if access.may(user, "ledger.view"):
        counts["entries"] = bookkeeping.waiting().count()
        counts["breaks"] = reconciliation.undone().count()
    if access.may(user, "payments.view"):
        counts |= payments.waiting_counts()
    return counts


WHOLE_SHARD = 0


def engine_status(tenant_id: int | None = None) -> events.StatusRow | None:
    """The engine's own word on this tenant, or on the WHOLE_SHARD; None when it is away."""
    wanted = current_tenant().pk if tenant_id is None else tenant_id
    try:
        answer = door.client().send(wanted, queries.QueryStatus())
    except (door.EngineUnavailable, door.EngineUnknown):
        return None
    return next((row for row in answer.events if isinstance(row, events.StatusRow)), None)


def clearing_behind() -> timedelta | None:
    """How long clearing has made no progress although the engine has; None: it keeps up."""
    status = engine_status()
    checkpoint = Checkpoint.objects.first()
    if status is None or checkpoint is None or checkpoint.seq >= status.durable_seq:
        return None
    return timezone.now() - checkpoint.time


def tasks(request: HttpRequest) -> list[Task]:
    """Everything that waits for somebody with this role, the worst first."""
    return watches.tasks(request)


def _payment_tasks(request: HttpRequest) -> list[Task]:
    return [Task(*line) for line in payment_tasks.lines(request)]


def _engine_tasks(_request: HttpRequest) -> list[Task]:
    if engine_status() is None:
        return [
            Task(
                "bad",
                "power_off",
                _("The engine does not answer"),
                _("Orders are refused until it is back; changes made here wait for it."),
            )
        ]
    behind = clearing_behind()
    if behind is not None and behind > timedelta(seconds=LAG_SECONDS):
        return [
            Task(
                "warn",
                "hourglass_top",
                _("Clearing is behind by %(seconds)s s") % {"seconds": int(behind.total_seconds())},
                _("Orders, balances and the ledger here are that old. Trading goes on."),
            )
        ]
    return []


def _quarantine_tasks(_request: HttpRequest) -> list[Task]:
    aside = clearing.quarantine()
    if aside is None:
        return []
    age = cells.age(aside.found_at, timezone.now())
    return [
        Task(
            "bad",
            "report",
            _("The books here stand still: clearing was set aside %(age)s") % {"age": age},
            _(
                "The database refuses what came behind seq %(seq)s. Trading goes on and nothing is "
                "lost; it is tried again by itself (so far: %(tries)s). The platform's operator "
                "needs to know: %(error)s"
            )
            % {"seq": aside.seq, "tries": aside.tries, "error": aside.error},
        )
    ]


def _instrument_tasks(request: HttpRequest) -> list[Task]:
    return [
        Task(
            "warn",
            "pause_circle",
            _("%(symbol)s is not open") % {"symbol": row.symbol},
            str(row.get_state_display()),
            pages.url(request, "instrument", row.pk),
        )
        for row in Instrument.objects.exclude(state=State.OPEN)
    ]


def _command_tasks(request: HttpRequest) -> list[Task]:
    address = pages.url(request, "commands")
    found = []
    since = timezone.now() - timedelta(hours=REFUSED_HOURS)
    count = queued.refused().filter(created_at__gt=since).count()
    if count:
        found.append(
            Task(
                "bad",
                "block",
                ngettext(
                    "%(count)s command was refused by the engine",
                    "%(count)s commands were refused by the engine",
                    count,
                )
                % {"count": count},
                _("In the last 24 hours. What they should have changed is not in force."),
                f"{address}?state=rejected",
            )
        )
    if commands.relay_stop() is not None:
        found.append(
            Task(
                "bad",
                "sync_problem",
                _("Changes do not reach the engine"),
                _("The platform's operator has to decide how to go on. Until then they wait here."),
                f"{address}?state=waiting",
            )
        )
    waiting = queued.waiting().aggregate(count=Count("pk"), oldest=Min("created_at"))
    now = timezone.now()
    if waiting["count"] and now - waiting["oldest"] > timedelta(seconds=LAG_SECONDS):
        found.append(
            Task(
                "warn",
                "outbox",
                ngettext(
                    "%(count)s command waits for the engine",
                    "%(count)s commands wait for the engine",
                    waiting["count"],
                )
                % {"count": waiting["count"]},
                _("The oldest was written %(age)s.") % {"age": cells.age(waiting["oldest"], now)},
                f"{address}?state=waiting",
            )
        )
    return found


def _approval_tasks(request: HttpRequest) -> list[Task]:
    """What waits for this reader's word, a line for each kind; what he asked for is not his."""
    found = []
    now = timezone.now()
    for kind in approvals.kinds.seen_by(request.user):
        if not access.may(request.user, kind.capability):
            continue
        figures = kind.for_others_than(request.user).aggregate(
            count=Count("pk"), oldest=Min(kind.asked_at_field)
        )
        if not figures["count"]:
            continue
        sentence = (
            _("The oldest was asked for %(age)s.") % {"age": cells.age(figures["oldest"], now)}
            if figures["oldest"]
            else ""
        )
        found.append(
            Task(
                "warn",
                kind.icon,
                ngettext(
                    "%(kind)s: %(count)s request waits for your word",
                    "%(kind)s: %(count)s requests wait for your word",
                    figures["count"],
                )
                % {"kind": kind.title, "count": figures["count"]},
                sentence,
                pages.url(request, "approvals", kind=kind.name),
                figures["oldest"],
            )
        )
    return found


def _own_tasks(request: HttpRequest) -> list[Task]:
    """What one asked for and nobody has decided for a day: ask a colleague."""
    before = timezone.now() - timedelta(hours=OWN_HOURS)
    count = sum(
        kind.of(request.user).filter(**{f"{kind.asked_at_field}__lt": before}).count()
        for kind in approvals.kinds.seen_by(request.user)
    )
    if not count:
        return []
    return [
        Task(
            "good",
            "hourglass_top",
            ngettext(
                "%(count)s request of yours has waited for more than a day",
                "%(count)s requests of yours have waited for more than a day",
                count,
            )
            % {"count": count},
            _("Somebody else has to decide: tell a colleague."),
            pages.url(request, "approvals"),
        )
    ]


def _ticket_tasks(request: HttpRequest) -> list[Task]:
    """Questions that wait longer than the firm wants."""
    figures = care.overdue().aggregate(count=Count("pk"), oldest=Min("waiting_since"))
    if not figures["count"]:
        return []
    return [
        Task(
            "warn",
            "forum",
            ngettext(
                "%(count)s question waits too long for an answer",
                "%(count)s questions wait too long for an answer",
                figures["count"],
            )
            % {"count": figures["count"]},
            _("The oldest was asked %(age)s.")
            % {"age": cells.age(figures["oldest"], timezone.now())},
            pages.url(request, "tickets", state="waiting"),
            figures["oldest"],
        )
    ]


def _mail_tasks(request: HttpRequest) -> list[Task]:
    since = timezone.now() - timedelta(hours=REFUSED_HOURS)
    rows = messaging.dead_letters().filter(created_at__gt=since)
    figures = rows.aggregate(count=Count("pk"), oldest=Min("created_at"))
    if not figures["count"]:
        return []
    return [
        Task(
            "bad",
            "mail_off",
            ngettext(
                "%(count)s message could not be delivered",
                "%(count)s messages could not be delivered",
                figures["count"],
            )
            % {"count": figures["count"]},
            _("In the last 24 hours, the first %(age)s. Links in them never arrived.")
            % {"age": cells.age(figures["oldest"], timezone.now())},
            pages.url(request, "messages", state="failed"),
            since=figures["oldest"],
        )
    ]


def _scheduled_tasks(request: HttpRequest) -> list[Task]:
    """Changes that could not be made, and those that come within a day."""
    now = timezone.now()
    state = ScheduledChange.State
    found = [
        Task(
            "bad",
            "event_busy",
            _("A scheduled change of %(symbol)s could not be made") % {"symbol": row.instrument},
            row.problem,
            pages.url(request, "instrument", row.instrument_id),
            row.at,
        )
        for row in instrument_rows.scheduled_changes().filter(
            status=state.FAILED, ended_at__gt=now - timedelta(hours=REFUSED_HOURS)
        )[:5]
    ]
    return found + [
        Task(
            "good",
            "event",
            _("%(symbol)s changes by itself") % {"symbol": row.instrument},
            _("At %(time)s UTC: %(reason)s")
            % {"time": row.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M"), "reason": row.reason},
            pages.url(request, "instrument", row.instrument_id),
        )
        for row in instrument_rows.scheduled_changes().filter(
            status=state.WAITING, at__lt=now + timedelta(hours=REFUSED_HOURS)
        )[:5]
    ]


def _break_tasks(request: HttpRequest) -> list[Task]:
    count = reconciliation.undone().count()
    oldest = reconciliation.undone().first()
    if oldest is None:
        return []
    return [
        Task(
            "bad",
            "difference",
            ngettext(
                "%(count)s break of the books is open",
                "%(count)s breaks of the books are open",
                count,
            )
            % {"count": count},
            _("The oldest was found %(age)s: %(message)s")
            % {
                "age": cells.age(oldest.first_found_at, timezone.now()),
                "message": oldest.message,
            },
            pages.url(request, "breaks"),
        )
    ]


def _account_tasks(request: HttpRequest) -> list[Task]:
    rows = Account.objects.exclude(state=AccountState.ACTIVE)
    count = rows.count()
    if not count:
        return []
    first = rows.order_by("pk").first()
    assert first is not None
    return [
        Task(
            "warn",
            "no_accounts",
            ngettext(
                "%(count)s account is suspended or restricted",
                "%(count)s accounts are suspended or restricted",
                count,
            )
            % {"count": count},
            ", ".join(str(row) for row in rows.order_by("pk")[:3]),
            pages.url(request, "account", first.pk)
            if count == 1
            else f"{pages.url(request, 'accounts')}?state=restricted",
        )
    ]


def standing() -> dict[str, Any]:
    """Engine and clearing in a few facts."""
    status = engine_status()
    checkpoint = Checkpoint.objects.first()
    return {
        "tenant": current_tenant(),
        "engine": status,
        "checkpoint": checkpoint,
        "lag": max(0, status.durable_seq - checkpoint.seq) if status and checkpoint else None,
    }


watches.register("backoffice.enter", _engine_tasks)
watches.register("backoffice.enter", _quarantine_tasks)
watches.register("backoffice.enter", _own_tasks)
watches.register("brand.view", domains.tasks)
watches.register("instruments.view", _instrument_tasks)
watches.register("instruments.view", _scheduled_tasks)
watches.register("approvals.view", _approval_tasks)
watches.register("audit.view", _command_tasks)
watches.register("messages.view", _mail_tasks)
watches.register("tickets.view", _ticket_tasks)
watches.register("kyc.decide", kyc_tasks.tasks)
watches.register("ledger.view", _break_tasks)
watches.register("rules.view", rule_tasks.tasks)
watches.register("payments.view", _payment_tasks)
watches.register("customers.view", _account_tasks)
