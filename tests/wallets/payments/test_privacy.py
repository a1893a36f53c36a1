"""A copy of all that is held of a customer, and his erasure in every room once the law allows.

After it the whole schema is searched, table by table: nothing that he told, or a bank told of him,
stands in any of them.
"""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

import kyc_cases
from bank_files import Entry
from identity.models import SignInAttempt, User
from kyc import actions as kyc
from kyc.actions import privacy
from kyc.models import KycCase, KycProfile
from messaging import notices
from messaging.models import Notice
from paying import ALICES_IBAN
from people import browser_of
from portal.models import Preference
from wallets.ledger.models import Posting
from wallets.payments.methods import actions as methods
from wallets.payments.models import Deposit, PaymentFile, Withdrawal

NAME, SENDER_IBAN = "Alice Example", "FR1420041010050500013M02606"
TOLD = (NAME, "alice@", ALICES_IBAN, SENDER_IBAN, "Storgatan", "198.51.100.77")


@pytest.fixture
def known(paying, alice):
    """Alice with a decided case, a deposit, a paid withdrawal, notices, settings, sign-ins."""
    kyc_cases.load_list()
    case = kyc_cases.submitted(alice, 2, given_names="Alice", family_names="Example")
    case = kyc.take_case(case=case, acting_user=paying.compliance)
    kyc.add_note(case=case, text="Storgatan is a street", acting_user=paying.compliance)
    kyc.approve_case(
        case=case,
        reason="Everything fits together",
        acting_user=paying.compliance,
        now=timezone.now(),
    )
    paying.paid_in(alice, "1000.00")
    Deposit.objects.update(sender_iban=SENDER_IBAN)
    row = paying.sent(alice, 100_00)
    paying.statement([paying.entry_of(row)])
    paying.settle()
    notices.notify(user=alice, title="Hello Alice Example")
    Preference.objects.create(user=alice, name="favourites", value=["BTC-USDT"])
    SignInAttempt.objects.create(
        user=alice, email_hash="a" * 64, address="198.51.100.77", network="198.51.100.77"
    )
    return alice


def found_of(texts) -> dict[str, list[str]]:
    """In which tables each text stands, of the whole schema."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace"
            " AND relkind IN ('r', 'p')",
            [connection.schema_name],
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            for text in texts:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{text}%"]
                )
                if cursor.fetchone()[0]:
                    found.setdefault(text, []).append(table)
    return found


def test_the_copy_tells_all_rooms_and_no_secret(paying, known, bob):
    told = privacy.export_data(user=known, acting_user=known)
    assert {"login", "messages", "payments", "preferences", "verification"} <= told.keys()
    text = json.dumps(told, ensure_ascii=False)
    for each in TOLD:
        assert each in text, each
    assert told["payments"]["withdrawals"][0]["amount"] == "100"
    assert told["payments"]["deposits"][0]["iban"] == SENDER_IBAN
    assert told["preferences"] == {"favourites": ["BTC-USDT"]}
    assert "is a street" not in text and known.password not in text and "bob" not in text
    for person in (bob, paying.compliance):
        with pytest.raises(PermissionDenied):
            privacy.export_data(user=known, acting_user=person)
    browser = browser_of(paying.tenant, known)
    answer = browser.post("/verification/data")
    assert "my-data.json" in answer["Content-Disposition"]
    assert ALICES_IBAN in answer.content.decode()


def test_after_the_time_nothing_of_him_is_left_and_the_books_stand(paying, known, bob):
    reference = methods.reference_of(bob)
    entry = Entry("50.00", name=bob.name, iban="LI21088100002324013AA", text=reference)
    paying.statement([entry])
    paying.settle()
    now = timezone.now()
    until = privacy.ask_erasure(user=known, acting_user=known, now=now)
    assert until is not None and (until - now).days >= 5 * 365
    before = found_of(TOLD)
    assert before.keys() >= {NAME, ALICES_IBAN, SENDER_IBAN, "198.51.100.77"}
    User.objects.filter(pk=known.pk).update(is_active=False)
    assert privacy.erase_due(now=now + timedelta(days=4 * 365)) == 0
    assert found_of(TOLD) == before
    postings = Posting.objects.count()

    assert privacy.erase_due(now=now + timedelta(days=6 * 365)) == 1
    assert found_of(TOLD) == {}
    known.refresh_from_db()
    assert not known.is_active and not known.has_usable_password()
    assert not Notice.objects.filter(user=known).exists()
    assert KycProfile.objects.get(user=known).erased_at is not None
    # What happened stays: amounts, states, steps, who decided; and every proof holds.
    assert Posting.objects.count() == postings
    assert Withdrawal.objects.get(user=known).state == "paid"
    assert int(Withdrawal.objects.get(user=known).amount_units) == 100_00
    assert KycCase.objects.filter(user=known, state="approved").exists()
    assert PaymentFile.objects.get().sha256 and not PaymentFile.objects.get().xml
    assert found_of(["Bob Brown"]).keys() == {"Bob Brown"}
    paying.books.prove()
    assert privacy.erase_due(now=now + timedelta(days=6 * 365)) == 0


def test_a_payment_after_the_decision_keeps_it_longer(paying, known):
    later = timezone.now() + timedelta(days=400)
    Withdrawal.objects.update(ended_at=later)
    until = privacy.ask_erasure(user=known, acting_user=known, now=timezone.now())
    assert until is not None and until > later + timedelta(days=5 * 365)


def test_who_never_did_anything_is_erased_when_he_leaves(paying, bob):
    assert privacy.ask_erasure(user=bob, acting_user=bob, now=timezone.now()) is None
    assert privacy.erase_due(now=timezone.now()) == 0  # still a customer
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert privacy.erase_due(now=timezone.now()) == 1
    assert found_of(["bob@", "Bob Brown"]) == {}


def test_a_stranger_in_a_statement_is_not_touched(paying, known):
    paying.statement([Entry("12.00", name="Zoe Stranger", text="hello")])
    User.objects.filter(pk=known.pk).update(is_active=False)
    privacy.ask_erasure(user=known, acting_user=known, now=timezone.now())
    privacy.erase_due(now=timezone.now() + timedelta(days=9 * 365))
    assert "Zoe Stranger" in found_of(["Zoe Stranger"])
