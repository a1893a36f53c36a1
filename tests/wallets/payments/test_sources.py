"""Statements that come by themselves: from a real SFTP server, and posted by a connector."""

from datetime import timedelta

import asyncssh
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

import people
from bank_files import Entry, camt053
from paying import REASON
from sftp_bank import LOGIN, PASSWORD, sftp_bank
from wallets.payments.errors import PaymentError
from wallets.payments.methods import actions as methods
from wallets.payments.models import BankStatement, SourceFile, StatementSource
from wallets.payments.providers.bank import sftp
from wallets.payments.sources import actions
from wallets.payments.statements import actions as statements

__all__ = ["sftp_bank"]


def name_folder(paying, bank, **changes):
    values = {
        "name": "Example Bank",
        "host": "127.0.0.1",
        "port": bank.port,
        "login": LOGIN,
        "folder": "out",
        "host_key": bank.host_key,
        "password": PASSWORD,
        "acting_user": paying.owner,
    }
    return actions.open_sftp(**(values | changes))


def look(source=None):
    """Look now, whenever it was to be."""
    StatementSource.objects.update(look_at=timezone.now() - timedelta(seconds=1))
    found = actions.look_due(timezone.now())
    if source is not None:
        source.refresh_from_db()
    return found


@pytest.fixture(autouse=True)
def _own_network(settings):
    settings.DEVELOPMENT = True  # the server of these tests is on the loopback


def test_what_lies_in_the_folder_waits_for_a_person_and_counts_once(paying, alice, sftp_bank):
    reference = methods.reference_of(alice)
    sftp_bank.put("a.xml", camt053([Entry("70.00", name=alice.name, text=reference)], number=1))
    sftp_bank.put("notes.txt", b"Dear customer, no statement is in here.")
    source = name_folder(paying, sftp_bank)
    stored = bytes(source.sealed)
    assert PASSWORD.encode() not in stored
    assert look(source) == 2
    statement = BankStatement.objects.get()
    assert statement.state == "previewed" and statement.uploaded_by is None
    assert statement.source == source and paying.has(alice) == 0
    became = dict(SourceFile.objects.values_list("name", "became"))
    assert became == {"a.xml": "taken", "notes.txt": "refused"}
    assert "notes.txt" in source.error and source.found_at is not None
    assert look(source) == 0 and source.error == ""
    statements.accept_statement(statement=statement, reason="", acting_user=paying.finance)
    paying.settle()
    assert paying.has(alice) == 70_00
    # The same content under another name is told as that.
    sftp_bank.put("b.xml", (sftp_bank.folder / "out" / "a.xml").read_bytes())
    assert look(source) == 1
    assert SourceFile.objects.get(name="b.xml").became == "known"
    paying.settle()
    assert paying.has(alice) == 70_00 and BankStatement.objects.count() == 1
    paying.books.prove()


def test_taken_in_by_itself_only_where_the_firm_said_so(paying, alice, sftp_bank):
    reference = methods.reference_of(alice)
    sftp_bank.put("a.xml", camt053([Entry("70.00", name=alice.name, text=reference)], number=1))
    source = name_folder(paying, sftp_bank, takes_in=True)
    assert look(source) == 1
    assert BankStatement.objects.get().state == "accepted"
    paying.settle()
    assert paying.has(alice) == 70_00
    with pytest.raises(PaymentError, match="person"):
        source.takes_in = False
        source.save()
        statements.take_in_by_source(statement=BankStatement.objects.get())


def test_a_private_key_opens_it_as_well(paying, sftp_bank):
    sftp_bank.put("a.xml", camt053([Entry("70.00", name="X")], number=1))
    key = sftp_bank.client_key.export_private_key().decode()
    source = name_folder(paying, sftp_bank, password="", private_key=key)
    assert look(source) == 1 and source.error == ""


def test_another_server_under_the_same_name_is_not_believed(paying, sftp_bank):
    sftp_bank.put("a.xml", camt053([Entry("70.00", name="X")], number=1))
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    source = name_folder(paying, sftp_bank, host_key=other)
    assert look(source) == 0
    assert "another key" in source.error and source.error_at is not None
    assert not BankStatement.objects.exists()


def test_a_wrong_password_and_a_missing_folder_are_told(paying, sftp_bank):
    source = name_folder(paying, sftp_bank, password="not-the-password")
    assert look(source) == 0 and "refuses the login" in source.error
    actions.change_source(
        source=source, is_active=True, takes_in=False, password=PASSWORD, reason=REASON,
        acting_user=paying.owner,
    )  # fmt: skip
    StatementSource.objects.update(folder="not-there")
    source.refresh_from_db()
    assert look(source) == 0 and "cannot be used" in source.error


def test_a_server_inside_the_own_network_is_refused_in_production(paying, sftp_bank, settings):
    settings.DEVELOPMENT = False
    source = name_folder(paying, sftp_bank)
    assert look(source) == 0 and "own network" in source.error


def test_a_giant_file_is_refused_unread(paying, sftp_bank):
    sftp_bank.put("giant.xml", b" " * (sftp.MOST_BYTES + 1))
    source = name_folder(paying, sftp_bank)
    assert look(source) == 1
    assert "larger than 5 MB" in SourceFile.objects.get().note


@pytest.mark.parametrize(
    "changes",
    [
        {"host_key": "ssh-ed25519 nonsense"},
        {"host_key": ""},
        {"password": ""},
        {"private_key": "-----BEGIN nonsense"},
        {"password": "", "private_key": "-----BEGIN nonsense"},
        {"port": 70000},
        {"every_minutes": 0},
        {"login": ""},
    ],
)
def test_what_cannot_be_is_refused(paying, sftp_bank, changes):
    with pytest.raises(PaymentError):
        name_folder(paying, sftp_bank, **changes)
    assert not StatementSource.objects.exists()


def test_who_may_not_opens_nothing(paying, sftp_bank, staff_of):
    for role in ("finance", "support", "auditor", "admin", "compliance"):
        with pytest.raises(PermissionDenied):
            name_folder(paying, sftp_bank, acting_user=staff_of(role))
        with pytest.raises(PermissionDenied):
            actions.open_api(name="Connector", acting_user=staff_of(role))
    assert not StatementSource.objects.exists()


def post(browser, data, key="", **headers):
    return browser.post(
        "/api/hooks/bank-statements",
        data=data,
        content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {key}", "X-File-Name": "a.xml", **headers},
    )


def test_a_connector_posts_with_its_key(paying, alice, tenant, other_tenant):
    source, key = actions.open_api(name="Connector", acting_user=paying.owner)
    assert key not in (source.key_hash, source.name)
    reference = methods.reference_of(alice)
    data = camt053([Entry("70.00", name=alice.name, text=reference)], number=1)
    browser = people.browser_of(tenant)
    for wrong in ("", "bank_wrong", key[:-1], f"{key}x"):
        assert post(browser, data, wrong).status_code == 401
    assert post(people.browser_of(other_tenant), data, key).status_code == 401
    assert browser.get("/api/hooks/bank-statements").status_code == 405
    assert not BankStatement.objects.exists() and not SourceFile.objects.exists()
    answer = post(browser, data, key)
    assert answer.status_code == 201 and answer.json()["state"] == "previewed"
    assert post(browser, data, key).status_code == 409
    refused = post(browser, b"<nonsense/>", key)
    assert refused.status_code == 422 and "camt" in refused.json()["note"]
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert post(browser, bomb, key).status_code == 422
    assert BankStatement.objects.count() == 1
    actions.change_source(
        source=source, is_active=False, takes_in=False, reason=REASON, acting_user=paying.owner
    )
    assert post(browser, data, key).status_code == 401
