"""What leaves for the bank, held against the schema; references and names."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from stdnum import iso11649

from bank_files import schema_of
from wallets.payments import numbers
from wallets.payments.errors import PaymentError
from wallets.payments.providers.bank import pain

PAYER = pain.Payer("Nörth & Söhne GmbH", "DE89370400440532013000", "COBADEFFXXX", "EUR", 2)


def written(*transfers: pain.Transfer) -> str:
    return pain.write(
        message_id="M0001-20260504120000-000001",
        made_at=datetime(2026, 5, 4, 12, tzinfo=UTC),
        execution_on=date(2026, 5, 5),
        payer=PAYER,
        transfers=transfers,
    )


def a_transfer(**changes) -> pain.Transfer:
    values = {
        "end_to_end_id": "W00000000007",
        "units": 798_50,
        "name": "Zoë <O'Brien> 王",
        "iban": "NL91ABNA0417164300",
        "bic": "",
        "text": "Withdrawal 7",
    }
    return pain.Transfer(**(values | changes))


def test_a_payment_file_is_as_the_schema_wants_it():
    schema = schema_of("pain.001.001.09")
    text = written(a_transfer(), a_transfer(end_to_end_id="R00000000001", bic="ABNANL2A"))
    document = etree.fromstring(text.encode())
    schema.assertValid(document)
    spaces = {"p": pain.NAMESPACE}
    assert document.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=spaces) == "1597.00"
    names = [node.text for node in document.findall(".//p:Cdtr/p:Nm", namespaces=spaces)]
    assert names[0] == "Zoe .O'Brien. ."
    assert written(a_transfer()) == written(a_transfer())


@given(st.text(max_size=200))
def test_texts_stay_in_what_banks_take(text):
    shown = pain.latin(text, 140)
    assert 0 < len(shown) <= 140
    assert not pain._OUTSIDE.search(shown)


def test_references_carry_check_digits_and_are_found_however_they_are_written():
    reference = numbers.new_reference()
    assert iso11649.is_valid(reference) and len(reference) == 16
    for text in (
        reference,
        f"INV 7 {numbers.shown_reference(reference)} thanks",
        f"x{reference.lower()}9",
        "-".join(reference),
    ):
        assert numbers.references_in(text) == [reference], text
    assert numbers.references_in("RF00 1234 5678 9012") == []


@given(st.integers(min_value=0, max_value=11), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_always_noticed(place, change):
    reference = numbers.new_reference()
    digit = (int(reference[4 + place]) + change) % 10
    wrong = reference[: 4 + place] + str(digit) + reference[5 + place :]
    assert numbers.references_in(wrong) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Alice Example", "EXAMPLE, ALICE", True),
        ("Zoë Müller", "Mr Zoe Muller", True),
        ("Alice Example", "Alice B Example", False),
        ("", "", False),
        ("王 小明", "小明 王", True),
    ],
)
def test_names_are_the_same_words(one, other, same):
    assert numbers.is_same_name(one, other) is same


@pytest.mark.parametrize("text", ["", "DE00", "DE89370400440532013001", "not an iban"])
def test_ibans_are_checked(text):
    with pytest.raises(PaymentError, match="IBAN"):
        numbers.clean_iban(text)
