"""Payments on the staff's pages: from an uploaded statement to a file for the bank."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bank_files import Entry, camt053
from books import books
from firms import REASON, send
from paying import Paying
from wallets.payments.methods import actions as methods
from wallets.payments.models import (
    BankStatement,
    Deposit,
    PaymentFile,
    PaymentMethod,
    Withdrawal,
)

__all__ = ["books", "send"]


@pytest.fixture
def paying(tenant, books, staff_of):
    own = Paying(tenant, books, staff_of)
    own.settle()
    return own


@pytest.fixture
def alice(paying):
    return paying.customer("alice", "Alice Example")


def upload(send, browser, data: bytes):
    file = SimpleUploadedFile("may.xml", data, "application/xml")
    return send(browser, "/backoffice/bank-statements/upload/", file=file)


def test_the_whole_way_on_the_pages(paying, alice, client_for, send) -> None:
    finance, other = client_for(paying.finance), client_for(paying.finance_2)
    compliance = client_for(paying.compliance)
    data = camt053([Entry("900.00", name="Alice Example", text=methods.reference_of(alice))])
    answer = upload(send, finance, data)
    statement = BankStatement.objects.get()
    assert answer["Location"] == f"/backoffice/bank-statements/{statement.pk}/"
    page = finance.get(answer["Location"]).content.decode()
    assert "900.00" in page and "Alice Example" in page and "nothing is booked" in page
    own = send(finance, f"/backoffice/bank-statements/{statement.pk}/accept/")
    assert own.status_code == 422 and b"second person" in own.content
    assert not Deposit.objects.exists()
    send(other, f"/backoffice/bank-statements/{statement.pk}/accept/")
    paying.settle()
    deposit = Deposit.objects.get()
    page = finance.get(f"/backoffice/deposits/{deposit.pk}/").content.decode()
    assert "Credited" in page and "/backoffice/ledger/entries/" in page

    row = paying.ask(alice, 600_00)
    paying.settle()
    review = finance.get(f"/backoffice/withdrawals/{row.pk}/").content.decode()
    assert "598.50" in review and "NL91 ABNA 0417 1643 00" in review and "900.00" in review
    for browser in (finance, compliance):
        send(browser, f"/backoffice/withdrawals/{row.pk}/approve/")
    again = send(compliance, f"/backoffice/withdrawals/{row.pk}/approve/")
    assert again.status_code == 422
    day = {"bank_account": paying.bank.pk, "execution_on": "2999-01-01"}
    send(finance, "/backoffice/payment-files/new/", **day)
    file = PaymentFile.objects.get()
    address = f"/backoffice/payment-files/{file.pk}"
    assert b"Say first" in finance.post(f"{address}/take-out/").content
    assert send(finance, f"{address}/release/").status_code == 422
    send(other, f"{address}/release/")
    send(finance, f"{address}/hand-over/")
    taken = finance.post(f"{address}/take-out/")
    assert taken.content.decode() == file.xml and row.end_to_end_id in file.xml
    row.refresh_from_db()
    upload(send, finance, camt053([paying.entry_of(row)], number=2))
    last = BankStatement.objects.latest("pk")
    send(other, f"/backoffice/bank-statements/{last.pk}/accept/")
    paying.settle()
    row.refresh_from_db()
    assert row.state == "paid"
    listed = finance.get("/backoffice/withdrawals/?format=csv").content.decode()
    assert row.end_to_end_id in listed and "598.5" not in listed.splitlines()[0]
    assert alice.email in finance.get("/backoffice/deposits/?format=csv&q=alice").content.decode()
    paying.books.prove()


def test_a_refused_file_says_why_and_leaves_nothing(paying, client_for, send) -> None:
    answer = upload(send, client_for(paying.finance), b"<!DOCTYPE a []><a/>")
    assert answer.status_code == 422 and b"document type" in answer.content
    assert not BankStatement.objects.exists()


def test_the_work_list_and_two_persons(paying, alice, client_for, send) -> None:
    paying.statement([Entry("70.00", name="Somebody"), Entry("3.00", side="DBIT", text="Fee")])
    paying.settle()
    finance, owner = client_for(paying.finance), client_for(paying.owner)
    page = finance.get("/backoffice/deposits/work/").content.decode()
    assert "Somebody" in page and "Fee" in page
    deposit = Deposit.objects.get()
    address = f"/backoffice/deposits/{deposit.pk}"
    fields = {"proposal": "assign", "account": paying.account(alice).pk, "reason": REASON}
    assert send(finance, f"{address}/propose/", **fields).status_code == 302
    assert send(finance, f"{address}/agree/", reason=REASON).status_code == 422
    assert send(owner, f"{address}/agree/", reason=REASON).status_code == 302
    paying.settle()
    assert paying.has(alice) == 70_00
    home = owner.get("/backoffice/").content.decode()
    assert "bank entry waits for a person" in home


def test_a_method_is_changed_with_a_version(paying, client_for, send) -> None:
    owner = client_for(paying.owner)
    address = f"/backoffice/payment-methods/{paying.method.pk}/change/"
    form = owner.get(address).context["form"]
    fields = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    fields = {
        name: value for name, value in fields.items() if value is not None and value is not False
    }
    del fields["token"]
    fields |= {"withdrawal_fee_units": "2.50", "name_ru": "Перевод", "reason": REASON}
    assert send(owner, address, **fields).status_code == 302
    method = PaymentMethod.objects.get()
    assert (method.withdrawal_fee_units, method.version) == (2_50, 2)
    assert method.versions.count() == 2
    assert method.text("ru", "name") == "Перевод"
    assert owner.get(address).context["form"].initial["name_ru"] == "Перевод"
    stale = send(owner, address, **(fields | {"withdrawal_fee_units": "9", "version": "1"}))
    assert stale.status_code == 422
    assert Withdrawal.objects.count() == 0
