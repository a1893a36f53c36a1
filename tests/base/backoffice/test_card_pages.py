"""Card payments on the staff's pages: their life, refunds by two persons, debts, gateways."""

import pytest
from django.utils import timezone

from bank_files import Entry
from books import books
from card_shop import API_KEY, gateway_service, shop
from firms import REASON
from firms import send as plain_send
from wallets.ledger import chart
from wallets.ledger.models import Line
from wallets.payments.deposits import actions as deposits
from wallets.payments.methods import actions as methods
from wallets.payments.models import (
    CardGateway,
    CardRefund,
    Claim,
    Deposit,
    ManualPayment,
    PaymentMethod,
    StatementSource,
)
from wallets.payments.withdrawals import files

__all__ = ["books", "gateway_service", "plain_send", "shop"]


@pytest.fixture
def send(plain_send):
    """With a reason, unless the page takes none."""
    return lambda browser, address, **fields: plain_send(
        browser, address, **({"reason": REASON} | fields)
    )


@pytest.fixture
def alice(shop):
    return shop.customer("alice", "Alice Example")


def approve(send, browser, kind, row, decision=""):
    address = f"/backoffice/approvals/{kind}/{row.pk}/{decision}"
    return send(browser, address, reason=REASON)


def test_the_life_of_a_payment_and_a_refund_by_two(shop, alice, client_for, send):
    payment = shop.credited(alice)
    finance, other = client_for(shop.finance), client_for(shop.finance_2)
    page = finance.get("/backoffice/card-payments/").content.decode()
    assert alice.email in page and "100.00" in page
    page = finance.get(f"/backoffice/card-payments/{payment.pk}/").content.decode()
    for text in ("payment.paid", "Paid at the gateway", "1.40", payment.order_id, "Credited"):
        assert text in page, text
    csv = finance.get("/backoffice/card-payments/?format=csv")
    assert payment.order_id in csv.getvalue().decode()
    address = f"/backoffice/card-payments/{payment.pk}/refund/"
    assert send(finance, address, amount="100.01").status_code == 422
    assert not CardRefund.objects.exists()
    send(finance, address, amount="40.00")
    row = CardRefund.objects.get()
    inbox = other.get("/backoffice/approvals/").content.decode()
    assert "Give 40 EUR back to the card" in inbox
    own = approve(send, finance, "card-refund", row)
    assert own.status_code == 422 and b"second person" in own.content
    approve(send, other, "card-refund", row)
    shop.settle()
    row.refresh_from_db()
    assert row.state == "done" and shop.has(alice) == 58_00
    page = finance.get(f"/backoffice/card-payments/{payment.pk}/").content.decode()
    assert "Given back" in page and row.key in page


def test_a_debt_is_shown_and_written_off_by_two(shop, alice, client_for, send):
    payment = shop.credited(alice)
    shop.till.charge_back(shop.there(payment))
    shop.deliver()
    shop.settle()
    claim = Claim.objects.get()
    finance, compliance = client_for(shop.finance), client_for(shop.compliance)
    home = finance.get("/backoffice/").content.decode()
    assert "taken back and is owed" in home
    page = finance.get(f"/backoffice/card-payments/taken-back/{claim.pk}/").content.decode()
    assert "2.00" in page and "Write off" in page
    send(finance, f"/backoffice/card-payments/taken-back/{claim.pk}/write-off/")
    assert "Write off 2 EUR" in compliance.get("/backoffice/approvals/").content.decode()
    approve(send, compliance, "write-off", claim)
    shop.settle()
    claim.refresh_from_db()
    assert claim.state == "written_off" and claim.debt_units == 0
    assert alice.email in finance.get("/backoffice/card-payments/taken-back/").content.decode()
    shop.books.prove()


def test_gateways_hide_their_keys(shop, client_for, send):
    owner, finance = client_for(shop.owner), client_for(shop.finance)
    address = f"/backoffice/card-gateways/{shop.gateway.pk}/"
    page = owner.get(address).content.decode()
    assert API_KEY not in page and "whsec_" not in page and shop.hook in page
    assert shop.hook not in finance.get(address).content.decode()
    assert send(finance, f"{address}change/", api_key="k" * 20).status_code == 403
    before = bytes(CardGateway.objects.get().sealed)
    assert send(owner, f"{address}change/", api_key="short", is_active="on").status_code == 422
    assert bytes(CardGateway.objects.get().sealed) == before
    send(owner, f"{address}change/", api_key="k" * 20)
    row = CardGateway.objects.get()
    assert bytes(row.sealed) != before and not row.is_active
    send(
        owner,
        f"{address}method/",
        slug="card-2",
        asset=shop.euro.pk,
        name_en="Card two",
        deposit_max_units="10.00",
        deposit_fee_ppm="1.5",
    )
    method = PaymentMethod.objects.get(code="card-2")
    assert (method.rail, method.deposit_fee_ppm) == ("card", 15_000)


def test_asking_the_gateway_by_hand(shop, alice, client_for, send):
    payment = shop.start(alice)
    shop.pay(payment)
    shop.waiting()
    finance, auditor = client_for(shop.finance), f"/backoffice/card-payments/{payment.pk}/ask/"
    send(finance, auditor)
    payment.refresh_from_db()
    assert payment.state == "paid"


def test_payments_by_hand_on_the_pages(shop, alice, client_for, send):
    finance, other = client_for(shop.finance), client_for(shop.finance_2)
    send(
        finance,
        "/backoffice/deposits/by-hand/record/",
        account=shop.account(alice).pk,
        asset=shop.euro.pk,
        amount="33.00",
        house=chart.house_line(Line.BANK),
        payer="Alice Example",
        paper="R-1",
    )
    row = ManualPayment.objects.get()
    assert "Record 33 EUR by hand" in other.get("/backoffice/approvals/").content.decode()
    approve(send, other, "by-hand", row)
    shop.settle()
    assert shop.has(alice) == 33_00
    page = finance.get("/backoffice/deposits/by-hand/").content.decode()
    assert "R-1" in page and "Recorded as a deposit" in page


def test_bank_payments_wait_in_the_inbox(shop, alice, client_for, send):
    """Statements, withdrawals, files and proposals are decided there like everything else."""
    other, compliance = client_for(shop.finance_2), client_for(shop.compliance)
    text = methods.reference_of(alice)
    statement = shop.upload(
        [Entry("900.00", name="Alice Example", text=text), Entry("5.00", name="Nobody")]
    )
    assert "Take in" in other.get("/backoffice/approvals/").content.decode()
    approve(send, other, "statement", statement)
    shop.settle()
    assert shop.has(alice) == 900_00
    deposit = Deposit.objects.get(amount_units=5_00)
    deposits.propose(deposit=deposit, proposal="ignore", reason=REASON, acting_user=shop.finance)
    approve(send, other, "deposit", deposit)
    deposit.refresh_from_db()
    assert deposit.state == "ignored"

    row = shop.ask(alice, 600_00)
    shop.settle()
    approve(send, other, "withdrawal", row)
    row.refresh_from_db()
    assert row.state == "waiting" and row.first_by == shop.finance_2
    own = approve(send, other, "withdrawal", row)
    assert own.status_code == 422
    approve(send, compliance, "withdrawal", row)
    row.refresh_from_db()
    assert row.state == "approved"
    file = files.prepare_file(
        bank_account=shop.bank, execution_on=timezone.now().date(), acting_user=shop.finance
    )
    approve(send, other, "file", file)
    file.refresh_from_db()
    assert file.state == "released"
    shop.books.prove()


def test_sources_of_statements_on_the_pages(shop, client_for, send):
    owner, finance = client_for(shop.owner), client_for(shop.finance)
    answer = send(owner, "/backoffice/statement-sources/api/", name="Connector")
    row = StatementSource.objects.get()
    assert answer["Location"] == f"/backoffice/statement-sources/{row.pk}/"
    first = owner.get(answer["Location"]).content.decode()
    assert "bank_" in first and "bank_" not in owner.get(answer["Location"]).content.decode()
    assert "Connector" in finance.get("/backoffice/statement-sources/").content.decode()
    wrong = send(
        owner,
        "/backoffice/statement-sources/sftp/",
        name="Bank",
        host="sftp.example",
        port="22",
        login="north",
        host_key="nonsense",
        password="p",
        every_minutes="15",
    )
    assert wrong.status_code == 422 and b"no public key" in wrong.content
    StatementSource.objects.update(error="The server refuses the login.")
    assert "do not come in" in finance.get("/backoffice/").content.decode()
