"""Plans, usage, invoices: exact, reproducible, numbered without gaps, each firm its own."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django_tenants.utils import schema_context, tenant_context

import paperwork
from audit.models import AuditRecord
from billing import actions, metering, pricing, selectors, tasks
from billing.errors import BillingError
from billing.models import Invoice, InvoiceKind, InvoiceState, Plan
from firms import REASON, Firm, fields_of
from identity.models import User
from messaging.models import OutboxMail
from tenants.models import Tenant
from trading.orders.models import Trade

MONTH = paperwork.LAST_MONTH


@pytest.fixture
def operator(firm: Firm, platform_tenant: Tenant, staff_of) -> User:
    return staff_of("finance", platform_tenant)


@pytest.fixture
def browser(firm: Firm, operator: User, client_for) -> Any:
    return client_for(operator)


def of_last_month(firm: Firm) -> Trade:
    """The firm's one trade, as if it had been in the month that is over."""
    begin, _end = metering.bounds_of(MONTH)
    with tenant_context(firm.tenant):
        Trade.objects.update(time=begin.replace(day=15))
        return Trade.objects.get()


def test_usage_is_what_customers_traded_to_the_unit(firm: Firm) -> None:
    trade = of_last_month(firm)
    usage = metering.measure(firm.tenant, MONTH, "USDT")
    assert usage["active_customers"] == 2 and usage["trades"] == 1
    assert usage["volume"] == {"USDT": [int(trade.quote_units), 8]}
    assert int(trade.quote_units) == 20 * 10**8  # 0.2 at 100
    assert usage["volume_value"] == [20 * 10**8, 8]
    fees = {code: units for code, (units, _scale) in usage["fees"].items()}
    assert fees == {"BTC": int(trade.taker_fee_units), "USDT": int(trade.maker_fee_units)}
    assert metering.measure(firm.tenant, MONTH, "USDT") == usage
    assert usage["digest"] == metering.digest_of(usage)
    # A month without trades, and a currency that the firm does not have.
    empty = metering.measure(firm.tenant, date(2024, 1, 1), "EUR")
    assert (empty["trades"], empty["active_customers"], empty["volume_value"]) == (0, 0, None)


def test_house_accounts_are_nobodys_customers(firm: Firm) -> None:
    of_last_month(firm)
    with tenant_context(firm.tenant), connection.cursor() as sql:
        sql.execute("UPDATE orders_trade SET maker_account_id = 1")
    usage = metering.measure(firm.tenant, MONTH, "USDT")
    assert (usage["active_customers"], usage["trades"]) == (1, 1)
    with tenant_context(firm.tenant), connection.cursor() as sql:
        sql.execute("UPDATE orders_trade SET taker_account_id = 2")
    usage = metering.measure(firm.tenant, MONTH, "USDT")
    assert (usage["active_customers"], usage["trades"], usage["volume"]) == (0, 0, {})


def plan_of(**changes: Any) -> Plan:
    values: dict[str, Any] = {
        "title": "P", "currency": "USDT", "monthly_units": 100_00, "customer_units": 25,
        "customers_included": 10, "share_of": "volume", "steps": [[0, 1000], [1_000_000_00, 500]],
    }  # fmt: skip
    return Plan(**(values | changes))


def usage_of(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "month": "2026-10-01", "active_customers": 14, "volume_value": [1_500_000 * 10**8, 8],
        "fees_value": [0, 8],
    }  # fmt: skip
    return values | changes


def test_each_part_of_a_value_goes_by_its_own_step() -> None:
    lines = pricing.lines_of(plan_of(), usage_of())
    assert [line.units for line in lines] == [100_00, 4 * 25, 1000_00, 250_00]
    assert lines[1].quantity == "4" and "10 included" in lines[1].text
    assert lines[2].text == "0.10 % of trading volume above 0.00"
    assert lines[3].quantity == "500000.00 USDT"
    # Down to the minor unit, and a line of nothing is left out.
    tiny = pricing.lines_of(plan_of(), usage_of(active_customers=10, volume_value=[999_999_999, 8]))
    assert [line.units for line in tiny] == [100_00]
    with pytest.raises(BillingError):
        pricing.lines_of(plan_of(), usage_of(volume_value=None))
    assert len(pricing.lines_of(plan_of(share_of="none"), usage_of(volume_value=None))) == 2


@pytest.mark.parametrize(
    "steps",
    [[], [[5, 10]], [[0, 10], [0, 5]], [[0, 10], [7, 5], [6, 4]], [[0, 1_000_001]], [[0, -1]]],
)
def test_steps_that_make_no_sense_are_refused(steps: Any) -> None:
    with pytest.raises(BillingError):
        pricing.check_steps(steps)


def test_an_invoice_from_draft_to_paid_by_page(firm: Firm, browser, client_for, send) -> None:
    of_last_month(firm)
    paperwork.a_plan()
    address = f"/operator/tenants/{firm.tenant.pk}/invoice/"
    fields = fields_of(browser.get(address).content.decode())
    assert fields["month"] == f"{MONTH:%Y-%m}"
    answer = browser.post(address, fields)
    assert answer.status_code == 302, answer.content.decode()
    row = Invoice.objects.get()
    assert (row.state, row.number) == (InvoiceState.DRAFT, None)
    # 500 a month, one customer above the one included at 0.50, a tenth of what fees are worth.
    assert [line["units"] for line in row.lines][:2] == [500_00, 50]
    assert row.total_units == sum(line["units"] for line in row.lines)
    connection.set_tenant(firm.tenant)
    owner, base = client_for(firm.owner), f"/operator/invoices/{row.pk}"
    assert owner.get(f"/backoffice/invoices/{row.pk}/").status_code == 404  # a draft is not his
    assert send(browser, f"{base}/paid/", reason=REASON).status_code == 422
    assert send(browser, f"{base}/issue/").status_code == 302
    row.refresh_from_db()
    assert row.number is not None and row.number.startswith("INV-") and row.due_at is not None
    connection.set_tenant(firm.tenant)
    assert OutboxMail.objects.filter(template="platform_invoice", to=firm.owner.email).exists()
    page = owner.get(f"/backoffice/invoices/{row.pk}/").content.decode()
    assert row.number in page and "Active customers" in page and "Mark as paid" not in page
    assert b"".join(_parts(owner.get(f"/backoffice/invoices/{row.pk}/?file=pdf"))).startswith(
        b"%PDF"
    )
    again = browser.get(f"{base}/again/").content.decode()
    assert "every number is the same" in again
    assert send(browser, f"{base}/paid/", reason=REASON).status_code == 302
    assert send(browser, f"{base}/void/", reason=REASON).status_code == 422
    row.refresh_from_db()
    assert row.state == InvoiceState.PAID
    with schema_context("public"):
        done = AuditRecord.objects.filter(action__startswith="billing.").order_by("id")
        assert [r.action for r in done if r.action != "billing.set_plan"] == [
            "billing.draft", "billing.issue", "billing.paid",
        ]  # fmt: skip


def _parts(answer: Any) -> list[bytes]:
    from asgiref.sync import async_to_sync

    async def read() -> list[bytes]:
        return [part async for part in answer.streaming_content]

    return async_to_sync(read)()


def test_a_change_of_the_tables_shows_when_it_is_measured_again(firm: Firm, browser) -> None:
    trade = of_last_month(firm)
    row = paperwork.a_draft(firm.tenant)
    with tenant_context(firm.tenant):
        Trade.objects.filter(pk=trade.pk).update(quote_units=trade.quote_units + 1)
    assert (
        "it is not the same" in browser.get(f"/operator/invoices/{row.pk}/again/").content.decode()
    )


def test_numbers_have_no_gaps_and_months_no_second_invoice(
    firm: Firm, other_tenant: Tenant, operator: User
) -> None:
    first = paperwork.a_draft(firm.tenant)
    second = paperwork.a_draft(other_tenant)
    issued = [actions.issue(invoice=row, acting_user=operator) for row in (second, first)]
    year = datetime.now(UTC).year
    numbers = [int(str(row.number).removeprefix(f"INV-{year}-")) for row in issued]
    assert numbers[1] == numbers[0] + 1
    with pytest.raises(BillingError):
        actions.draft(tenant=firm.tenant, month=MONTH, acting_user=operator)
    with pytest.raises(BillingError):
        actions.issue(invoice=first, acting_user=operator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(
            tenant=firm.tenant, month=MONTH, plan=first.plan, currency="USDT", total_units=1
        )
    actions.make_void(invoice=issued[1], acting_user=operator, reason=REASON)
    anew = actions.draft(tenant=firm.tenant, month=MONTH, acting_user=operator)
    third = actions.issue(invoice=anew, acting_user=operator)
    assert third.number == f"INV-{year}-{numbers[1] + 1:05d}"


def test_a_credit_note_corrects_and_never_more_than_is_left(
    firm: Firm, operator: User, browser, send
) -> None:
    row = paperwork.an_invoice(firm.tenant)
    with pytest.raises(BillingError):
        actions.credit(invoice=row, units=row.total_units + 1, acting_user=operator, reason=REASON)
    answer = send(browser, f"/operator/invoices/{row.pk}/credit/", units="100.00", reason=REASON)
    assert answer.status_code == 302
    note = Invoice.objects.get(kind=InvoiceKind.CREDIT)
    assert (note.total_units, note.corrects_id) == (-100_00, row.pk)
    assert str(note.number).startswith("CN-")
    assert selectors.left_to_credit(row) == row.total_units - 100_00
    for units in (0, -5, row.total_units - 100_00 + 1):
        with pytest.raises(BillingError):
            actions.credit(invoice=row, units=units, acting_user=operator, reason=REASON)
    with pytest.raises(BillingError):  # what is credited in part is not made void
        actions.make_void(invoice=row, acting_user=operator, reason=REASON)
    with pytest.raises(BillingError):
        actions.credit(invoice=note, units=1, acting_user=operator, reason=REASON)


def test_a_plan_changes_by_versions(firm: Firm, browser, operator: User) -> None:
    choosing = f"/operator/tenants/{firm.tenant.pk}/plan/"
    assert "There is no plan yet" in browser.get(choosing).content.decode()
    fields = fields_of(browser.get("/operator/plans/new/").content.decode())
    chosen = {"name": "pro", "title": "Pro", "currency": "usdt", "monthly_units": "99.50",
              "customer_units": "0", "customers_included": "0", "share_of": "volume",
              "steps": "0 0.1\n1000000 0.05 %", "reason": REASON}  # fmt: skip
    assert browser.post("/operator/plans/new/", fields | chosen).status_code == 302
    assert "Choose this plan" in browser.get(choosing).content.decode()
    plan = selectors.plan_in_force("pro")
    assert plan is not None and plan.steps == [[0, 1000], [1_000_000_00, 500]]
    assert (plan.version, plan.monthly_units, plan.currency) == (1, 99_50, "USDT")
    page = browser.get("/operator/plans/pro/").content.decode()
    assert "99.50" in page and "1000000 0.05" in page
    fields = fields_of(page)
    bad = browser.post("/operator/plans/pro/", fields | chosen | {"steps": "5 x"})
    assert bad.status_code == 422
    assert (
        browser.post("/operator/plans/pro/", fields | chosen | {"steps": "5 1"}).status_code == 422
    )
    assert browser.post("/operator/plans/pro/", fields | chosen).status_code == 302
    assert [p.version for p in Plan.objects.filter(name="pro")] == [2, 1]
    actions.choose_plan(tenant=firm.tenant, name="pro", acting_user=operator, reason=REASON)
    assert Tenant.objects.get(pk=firm.tenant.pk).plan == "pro"


def test_the_month_must_be_over_and_the_firm_on_a_plan(firm: Firm, operator: User) -> None:
    paperwork.a_plan()
    with pytest.raises(BillingError, match="not over"):
        actions.draft(tenant=firm.tenant, month=datetime.now(UTC).date(), acting_user=operator)
    Tenant.objects.filter(pk=firm.tenant.pk).update(plan="nothing")
    with schema_context("public"), pytest.raises(BillingError, match="no plan"):
        actions.draft(
            tenant=Tenant.objects.get(pk=firm.tenant.pk), month=MONTH, acting_user=operator
        )
    assert not Invoice.objects.exists()


def test_last_months_are_drafted_by_themselves_once(firm: Firm, monkeypatch) -> None:
    paperwork.a_plan()
    begin, _end = metering.bounds_of(MONTH)
    with schema_context("public"):
        Tenant.objects.exclude(schema_name="public").update(created_at=begin)
        from tenants import directory

        directory.forget()
        monkeypatch.setattr(tasks, "FIRST_DAY", 1)
        assert tasks.draft_due() == 2
        assert tasks.draft_due() == 0
        assert set(Invoice.objects.values_list("state", flat=True)) == {"draft"}
    connection.set_tenant(firm.tenant)


def test_a_firm_sees_its_own_invoices_alone(
    firm: Firm, client_for, staff_of, other_tenant, charlie, send
) -> None:
    row = paperwork.an_invoice(firm.tenant)
    connection.set_tenant(firm.tenant)
    listed = client_for(firm.owner).get("/backoffice/invoices/").content.decode()
    assert str(row.number) in listed
    stranger = client_for(staff_of("owner", other_tenant))
    assert stranger.get(f"/backoffice/invoices/{row.pk}/").status_code == 404
    assert str(row.number) not in stranger.get("/backoffice/invoices/").content.decode()
    support = client_for(staff_of("support"))
    assert support.get(f"/backoffice/invoices/{row.pk}/").status_code == 403
    for someone in (firm.alice, charlie):
        assert client_for(someone).get(f"/backoffice/invoices/{row.pk}/").status_code == 302
    for actor in (firm.owner, firm.alice, firm.finance):
        with pytest.raises(PermissionDenied):
            actions.mark_paid(invoice=row, acting_user=actor, reason=REASON)
    row.refresh_from_db()
    assert row.state == InvoiceState.ISSUED


def test_operators_of_lesser_roles_only_read(
    firm: Firm, client_for, staff_of, platform_tenant, send
) -> None:
    row = paperwork.a_draft(firm.tenant)
    auditor = client_for(staff_of("auditor", platform_tenant))
    assert auditor.get(f"/operator/invoices/{row.pk}/").status_code == 200
    for path in (f"invoices/{row.pk}/issue/", "plans/new/", f"tenants/{firm.tenant.pk}/invoice/"):
        assert send(auditor, f"/operator/{path}", reason=REASON).status_code == 403, path
    support = client_for(staff_of("support", platform_tenant))
    assert support.get("/operator/invoices/").status_code == 403
    row.refresh_from_db()
    assert row.state == InvoiceState.DRAFT
