"""Files of banks: what is read, and what is refused, as a whole or line by line; real samples."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from lxml import etree

from bank_files import Entry, camt053, schema_of
from paying import IBAN, REASON
from shared_data import real_file
from trading.commands.models import QueuedCommand
from wallets.payments.errors import PaymentError
from wallets.payments.models import BankStatement, Deposit, StatementLine
from wallets.payments.providers.bank import files as bank_files
from wallets.payments.providers.bank.reading import UnreadableFile
from wallets.payments.statements import actions

BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&c;</Document>"""
STRANGER = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">&x;</Document>"""
DTD = b"""<?xml version="1.0"?><!DOCTYPE Document SYSTEM "http://elsewhere.example/a.dtd">
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"/>"""


def upload(paying, data: bytes) -> BankStatement:
    return actions.upload_statement(data=data, file_name="a.xml", acting_user=paying.finance)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (BOMB, "entities"),
        (STRANGER, "entities"),
        (DTD, "document type"),
        (BOMB.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"), "entities"),
        (b"", "empty"),
        (b"PK\x03\x04rest", "Unpack"),
        (b"\x1f\x8brest", "Unpack"),
        (b"<a/>", "no camt"),
        (b"<a><b></a>", "well-formed"),
        (b"Name;Amount\nX;5", "neither"),
        (b":20:X\n:25:Y\n:28C:1\n:60F:C260101EURabc\n", "MT940"),
        (b"<" + b"a" * 6_000_000, "5 MB"),
    ],
)
def test_files_that_are_refused_as_a_whole(paying, data, words):
    before = QueuedCommand.objects.count()
    with pytest.raises(PaymentError, match=words):
        upload(paying, data)
    assert not BankStatement.objects.exists()
    assert QueuedCommand.objects.count() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"iban": "FR1420041010050500013M02606"}, "none of this firm"),
        ({"currency": "USD"}, "is in USD"),
        ({"closing": "1.00"}, "closing balance"),
    ],
)
def test_statements_of_others_or_damaged_ones(paying, options, words):
    entry = Entry("5.00", currency=options.get("currency", "EUR"))
    with pytest.raises(PaymentError, match=words):
        upload(paying, camt053([entry], **options))
    assert not BankStatement.objects.exists()


def test_lines_that_are_refused_and_why(paying):
    entries = [
        Entry("0.00"),
        Entry("-5.00"),
        Entry("1.234"),
        Entry("7.00", status="PDNG"),
        Entry("9.00"),
        Entry("0.766"),  # so that the balance has two places again
    ]
    statement = upload(paying, camt053(entries))
    lines = {line.number: line for line in statement.lines.all()}
    assert [lines[n].verdict for n in range(1, 7)] == [*["refused"] * 4, "new", "refused"]
    for number, words in ((1, "zero"), (2, "zero"), (3, "places"), (4, "not booked")):
        assert words in lines[number].reason, number
    actions.accept_statement(statement=statement, reason="", acting_user=paying.owner)
    assert Deposit.objects.count() == 1


def test_a_line_in_another_currency_is_refused_alone(paying):
    # Its amount is not part of the account's balance, so the file tells only the others' sum.
    entries = [Entry("5.00"), Entry("6.00", currency="CHF")]
    statement = upload(paying, camt053(entries, closing="1011.00"))
    assert [line.verdict for line in statement.lines.all()] == ["new", "refused"]


def test_the_same_file_twice_and_a_second_person(paying):
    data = camt053([Entry("5.00")])
    statement = upload(paying, data)
    with pytest.raises(PaymentError, match="already"):
        upload(paying, data)
    assert not Deposit.objects.exists()
    with pytest.raises(PermissionDenied, match="second person"):
        actions.accept_statement(statement=statement, reason="", acting_user=paying.finance)
    actions.refuse_statement(statement=statement, reason=REASON, acting_user=paying.owner)
    with pytest.raises(PaymentError, match="decided"):
        actions.accept_statement(statement=statement, reason="", acting_user=paying.owner)
    assert not Deposit.objects.exists()
    again = upload(paying, data)
    actions.accept_statement(statement=again, reason="", acting_user=paying.owner)
    assert Deposit.objects.count() == 1


def test_two_files_looked_through_at_once_book_a_shared_entry_once(paying):
    shared = Entry("5.00", reference="SAME")
    one = upload(paying, camt053([shared], number=1))
    two = upload(paying, camt053([shared, Entry("6.00", reference="OTHER")], number=2))
    for statement in (one, two):
        actions.accept_statement(statement=statement, reason="", acting_user=paying.owner)
    assert Deposit.objects.count() == 2
    assert list(two.lines.values_list("verdict", flat=True)) == ["duplicate", "new"]


def test_two_equal_transfers_of_one_day_are_two(paying):
    data = camt053([Entry("5.00", reference="A"), Entry("5.00", reference="B")])
    # Without a reference of the bank's as well.
    data = data.replace(b"<AcctSvcrRef>A</AcctSvcrRef>", b"")
    data = data.replace(b"<AcctSvcrRef>B</AcctSvcrRef>", b"")
    statement = upload(paying, data)
    keys = set(statement.lines.values_list("entry_key", flat=True))
    assert len(keys) == 2
    # The same two in another file are known.
    actions.accept_statement(statement=statement, reason="", acting_user=paying.owner)
    second = upload(paying, data.replace(b"STMT1", b"STMT2"))
    assert set(second.lines.values_list("verdict", flat=True)) == {"duplicate"}


@pytest.mark.parametrize("role", ["owner", "admin", "compliance", "support", "auditor"])
def test_roles_that_may_not_upload(paying, staff_of, role):
    with pytest.raises(PermissionDenied):
        actions.upload_statement(
            data=camt053([Entry("5.00")]), file_name="a", acting_user=staff_of(role)
        )
    assert not StatementLine.objects.exists()


def test_what_was_written_here_is_as_the_schema_wants_it():
    schema = schema_of("camt.053.001.08")
    schema.assertValid(etree.fromstring(camt053([Entry("5.00", text="RF18 5390"), Entry("1.00")])))


@pytest.mark.parametrize(
    ("name", "account", "amount", "sender"),
    [
        ("camt053.v2.minimal.xml", "NL26VAYB8060476890", "8.85", "NAME NAME"),
        ("camt053.v8.xml", "NL26VAYB8060476890", "8.85", "NAME NAME"),
        ("camt054.v8.xml", "CH2801234000123456789", "200000", ""),
    ],
)
def test_real_camt_samples(name, account, amount, sender):
    data = real_file(f"payments/camt_genkgo/{name}").read_bytes()
    (statement,) = bank_files.read_statements(data)
    (line,) = statement.lines
    assert (statement.account, line.amount, line.name) == (account, Decimal(amount), sender)


def test_a_sample_whose_balances_do_not_fit_is_not_taken_in(paying):
    paying.bank.iban = "NL26VAYB8060476890"
    paying.bank.save()
    data = real_file("payments/camt_genkgo/camt053.v8.xml").read_bytes()
    with pytest.raises(PaymentError, match="closing balance"):
        upload(paying, data)


def test_a_real_mt940_file_statement_by_statement():
    data = real_file("payments/mt940_wolph/betterplace/sepa_mt9401.sta").read_bytes()
    found = bank_files.read_statements(data)
    assert len(found) == 26
    assert all(statement.adds_up for statement in found)
    lines = [line for statement in found for line in statement.lines]
    assert all(line.amount > 0 for line in lines)
    named = next(line for line in lines if line.name == "Karl Kaufmann")
    assert named.iban == "DE14508800500194785000"


def test_a_real_mt940_statement_is_taken_in(paying):
    text = real_file("payments/mt940_wolph/betterplace/sepa_mt9401.sta").read_text("latin-1")
    begin = text.index(":25:50880050/0194804000888")
    begin = text.rindex(":20:", 0, begin)
    end = text.find(":20:", begin + 4)
    paying.bank.iban = "DE12508800500194804000"
    paying.bank.other_ids = "50880050/0194804000888"
    paying.bank.save()
    statement = upload(paying, text[begin : end if end > 0 else None].encode("latin-1"))
    actions.accept_statement(statement=statement, reason="", acting_user=paying.owner)
    paying.settle()
    deposit = Deposit.objects.get()
    assert (deposit.amount_units, deposit.state) == (50_05, "suspense")
    paying.books.prove()


@pytest.mark.parametrize("name", ["sepa_snippet_broken.sta", "amount_formats.sta"])
def test_real_mt940_files_that_are_broken(name):
    data = real_file(f"payments/mt940_wolph/betterplace/{name}").read_bytes()
    try:
        found = bank_files.read_statements(data)
    except UnreadableFile:
        return
    assert not all(statement.adds_up for statement in found)


def test_german_accounts_are_known_by_bank_and_number(paying):
    assert actions._is_german("37040044/0532013000", IBAN)
    assert actions._is_german("37040044/532013000", IBAN)
    assert not actions._is_german("37040044/0532013001", IBAN)
