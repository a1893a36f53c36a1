"""Writes of plans and invoices; each leaves a record in the platform's audit trail."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context, tenant_context

from audit import actions as audit
from billing import metering, pricing, selectors
from billing.errors import BillingError
from billing.models import STEPS, Invoice, InvoiceKind, InvoiceState, Plan, Series, Share
from identity import roles
from identity.models import User
from messaging import actions as messaging
from money.units import format_units
from tenants import directory
from tenants.models import Tenant

MANAGE = "billing.manage"
DUE = timedelta(days=14)
MOST_UNITS = 10**14  # a fee above it is a slip of the pen


def _require(acting_user: Any) -> None:
    """An operator who manages billing; None is the system."""
    if acting_user is not None:
        roles.require(acting_user, MANAGE)


def _record(action: str, target: Any, acting_user: Any, **facts: Any) -> None:
    with schema_context(settings.PUBLIC_SCHEMA_NAME):
        reason = facts.pop("reason", "")
        audit.record(action, target, new=facts, acting_user=acting_user, reason=reason)


def set_plan(
    *,
    name: str,
    title: str,
    currency: str,
    monthly_units: int,
    customer_units: int,
    customers_included: int,
    share_of: str,
    steps: list[list[int]],
    acting_user: Any,
    reason: str = "",
) -> Plan:
    """A new plan, or a new version of one: invoices drafted from now on go by it.

    Raises BillingError, PermissionDenied.
    """
    _require(acting_user)
    if max(monthly_units, customer_units) > MOST_UNITS:
        raise BillingError("too_large", _("That is more than anybody pays."))
    if share_of != Share.NONE:
        pricing.check_steps(steps)
    with transaction.atomic():
        # Versions of one name are numbered one after the other.
        Series.objects.get_or_create(name=f"plan:{name}"[:16])
        Series.objects.select_for_update().get(name=f"plan:{name}"[:16])
        last = selectors.plan_in_force(name)
        plan = Plan.objects.create(
            name=name,
            version=last.version + 1 if last else 1,
            title=title,
            currency=currency.upper(),
            monthly_units=monthly_units,
            customer_units=customer_units,
            customers_included=customers_included,
            share_of=share_of,
            steps=steps if share_of != Share.NONE else [],
            changed_by=acting_user.email if acting_user is not None else "system",
        )
        _record(
            "billing.set_plan",
            plan,
            acting_user,
            reason=reason,
            name=name,
            version=plan.version,
            monthly_units=monthly_units,
            customer_units=customer_units,
            customers_included=customers_included,
            share_of=str(share_of),
            steps=plan.steps,
            currency=plan.currency,
        )
    return plan


def choose_plan(*, tenant: Tenant, name: str, acting_user: Any, reason: str) -> None:
    """Put a firm on a plan. Raises BillingError, PermissionDenied."""
    _require(acting_user)
    if selectors.plan_in_force(name) is None:
        raise BillingError("no_plan", _("There is no such plan."))
    with transaction.atomic():
        row = Tenant.objects.select_for_update().get(pk=tenant.pk)
        old, row.plan = row.plan, name
        Tenant.objects.filter(pk=row.pk).update(plan=name)
        _record("billing.choose_plan", row, acting_user, reason=reason, plan=name, was=old)
        directory.publish_after_commit()


def draft(*, tenant: Tenant, month: date, acting_user: Any) -> Invoice:
    """Measure a month that is over and write its invoice as a draft; a draft that is there is
    worked out anew. Raises BillingError, PermissionDenied."""
    _require(acting_user)
    month = metering.month_of(month)
    if metering.bounds_of(month)[1] > timezone.now():
        raise BillingError("not_over", _("The month is not over yet."))
    plan = selectors.plan_in_force(tenant.plan)
    if plan is None:
        raise BillingError(
            "no_plan",
            _("There is no plan “%(plan)s”: choose one for the firm.") % {"plan": tenant.plan},
        )
    usage = metering.measure(tenant, month, plan.currency)
    lines = pricing.lines_of(plan, usage)
    with transaction.atomic():
        Tenant.objects.select_for_update().get(pk=tenant.pk)
        row = (
            Invoice.objects.filter(tenant=tenant, month=month, kind=InvoiceKind.INVOICE)
            .exclude(state=InvoiceState.VOID)
            .first()
        )
        if row is not None and row.state != InvoiceState.DRAFT:
            raise BillingError(
                "issued",
                _("%(invoice)s of that month is issued already.") % {"invoice": row},
            )
        row = row or Invoice(tenant=tenant, month=month)
        row.plan, row.currency, row.usage = plan, plan.currency, usage
        row.lines = [line.as_json() for line in lines]
        row.total_units = sum(line.units for line in lines)
        row.drafted_at = timezone.now()
        row.save()
        _record(
            "billing.draft",
            row,
            acting_user,
            tenant=tenant.slug,
            month=month.isoformat(),
            total_units=row.total_units,
            digest=usage["digest"],
        )
    return row


def _number(series: str) -> str:
    """The next number; in the transaction that uses it, so that none is lost."""
    Series.objects.get_or_create(name=series)
    row = Series.objects.select_for_update().get(name=series)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{series}-{row.last:05d}"


def issue(*, invoice: Invoice, acting_user: Any) -> Invoice:
    """Give a draft its number and send it: from now on the firm sees it."""
    _require(acting_user)
    now = timezone.now()
    with transaction.atomic():
        row = _step(invoice, InvoiceState.ISSUED)
        row.number, row.issued_at, row.due_at = _number(f"INV-{now.year}"), now, now + DUE
        row.save()
        _record("billing.issue", row, acting_user, number=row.number, total_units=row.total_units)
        _tell(row)
    return row


def mark_paid(*, invoice: Invoice, acting_user: Any, reason: str) -> Invoice:
    """The firm has paid it; ``reason`` says how that is known."""
    return _end(invoice, InvoiceState.PAID, acting_user, reason)


def make_void(*, invoice: Invoice, acting_user: Any, reason: str) -> Invoice:
    """It is not owed, and its month can be drafted anew; the number stays used."""
    return _end(invoice, InvoiceState.VOID, acting_user, reason)


def _end(invoice: Invoice, state: InvoiceState, acting_user: Any, reason: str) -> Invoice:
    _require(acting_user)
    with transaction.atomic():
        row = _step(invoice, state)
        if state == InvoiceState.VOID and row.corrections.exists():
            raise BillingError("credited", _("A credit note stands against it: credit the rest."))
        row.ended_at = timezone.now()
        row.save()
        _record(f"billing.{state.value}", row, acting_user, reason=reason, number=row.number)
    return row


def _step(invoice: Invoice, to: InvoiceState) -> Invoice:
    """The invoice, locked and on in its next state; raises BillingError."""
    row = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    if row.kind == InvoiceKind.CREDIT or (row.state, to) not in STEPS:
        raise BillingError(
            "step",
            _("It is %(state)s: that cannot be done.") % {"state": row.get_state_display().lower()},
        )
    row.state = to
    return row


def credit(*, invoice: Invoice, units: int, acting_user: Any, reason: str) -> Invoice:
    """Correct an issued or paid invoice: a credit note of its own number over ``units``.

    Raises BillingError where more would be credited than is left, PermissionDenied.
    """
    _require(acting_user)
    now = timezone.now()
    with transaction.atomic():
        row = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
        if row.kind != InvoiceKind.INVOICE or row.state not in (
            InvoiceState.ISSUED,
            InvoiceState.PAID,
        ):
            raise BillingError("step", _("Only what was issued and is not void can be credited."))
        left = selectors.left_to_credit(row)
        if not 0 < units <= left:
            text = f"{format_units(left, 2, 2)} {row.currency}"
            raise BillingError(
                "too_much",
                _("Credit more than nothing and at most %(most)s.") % {"most": text},
            )
        note = Invoice.objects.create(
            tenant=row.tenant,
            kind=InvoiceKind.CREDIT,
            month=row.month,
            state=InvoiceState.ISSUED,
            number=_number(f"CN-{now.year}"),
            plan=row.plan,
            corrects=row,
            currency=row.currency,
            lines=[pricing.Line(f"Correction of {row.number}: {reason}", "1", -units).as_json()],
            total_units=-units,
            reason=reason,
            issued_at=now,
        )
        _record(
            "billing.credit",
            note,
            acting_user,
            reason=reason,
            number=note.number,
            corrects=row.number,
            total_units=-units,
        )
        _tell(note)
    return note


def _tell(row: Invoice) -> None:
    """Mail the firm's owners; in its own schema and brand."""
    with tenant_context(row.tenant):
        for owner in User.objects.filter(role=roles.OWNER, is_active=True).order_by("pk"):
            messaging.send_mail(
                "platform_invoice",
                owner.email,
                {
                    "number": row.number,
                    "total": f"{format_units(row.total_units, 2, 2)} {row.currency}",
                    "path": f"/backoffice/invoices/{row.pk}/",
                },
                language=owner.language,
            )
