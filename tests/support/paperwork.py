"""What the office's newer pages name: work in the background, kept reports, invoices, looks."""

from datetime import date
from typing import Any

from django.conf import settings
from django_tenants.utils import schema_context

from billing import actions as billing
from billing import metering
from billing.models import Invoice, InvoiceState, Plan
from identity.models import User
from impersonation import actions as impersonation
from impersonation.models import Impersonation
from jobs import tasks
from jobs.models import Job
from tenants.models import Tenant
from wallets.exports import actions as exports
from wallets.exports.models import SavedReport

LAST_MONTH = metering.month_before(date.today())


def a_job(owner: User) -> Job:
    """A report's file that was made for the owner."""
    job = Job.objects.filter(asked_by=owner).first()
    if job is None:
        job = exports.export(report="revenue", filters={}, file_kind="csv", acting_user=owner)
        tasks.run_job(job.pk)
    return job


def a_saved_report(owner: User) -> SavedReport:
    return SavedReport.objects.first() or exports.keep(
        saved=None, name="Fees", report="revenue", filters={"by": "day"}, acting_user=owner
    )


def a_look(owner: User, customer: User) -> Impersonation:
    """The owner asked to see as a customer."""
    row = Impersonation.objects.first()
    if row is None:
        row, _link = impersonation.begin(user=customer, acting_user=owner, reason="A question")
    return row


def a_plan(**changes: Any) -> Plan:
    """The plan that new firms are on."""
    values: dict[str, Any] = {
        "name": "standard",
        "title": "Standard",
        "currency": "USDT",
        "monthly_units": 500_00,
        "customer_units": 50,
        "customers_included": 1,
        "share_of": "fees",
        "steps": [[0, 100_000]],
    }
    with schema_context(settings.PUBLIC_SCHEMA_NAME):
        known = Plan.objects.filter(name="standard").first()
        if known and not changes:
            return known
        return billing.set_plan(**(values | changes), acting_user=None)


def a_draft(tenant: Tenant, month: date = LAST_MONTH) -> Invoice:
    a_plan()
    with schema_context(settings.PUBLIC_SCHEMA_NAME):
        return Invoice.objects.filter(
            tenant=tenant, state=InvoiceState.DRAFT
        ).first() or billing.draft(tenant=tenant, month=month, acting_user=None)


def an_invoice(tenant: Tenant) -> Invoice:
    """One that was issued to the firm."""
    with schema_context(settings.PUBLIC_SCHEMA_NAME):
        row = Invoice.objects.filter(tenant=tenant, state=InvoiceState.ISSUED).first()
        return row or billing.issue(invoice=a_draft(tenant), acting_user=None)


def office_arguments(tenant: Tenant, owner: User, customer: User) -> dict[str, Any]:
    """Values for the arguments of these pages' routes."""
    return {
        "job_id": a_job(owner).pk,
        "saved_id": a_saved_report(owner).pk,
        "report": "trial_balance",
        "seen_id": a_look(owner, customer).pk,
        "link": "no-such-link",
        "invoice_id": an_invoice(tenant).pk,
    }
