"""A lost second factor goes by two persons' word, after a time in which its owner can stop it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

import people
from audit.models import AuditRecord
from backoffice.once import new_token
from care import selectors, tasks
from care.actions import resets
from care.errors import CareError
from care.models import FactorReset
from identity import actions as identity
from identity.models import TotpDevice, User, UserSession
from identity.models.second_factor import new_secret
from messaging.models import Notice, OutboxMail

Client = Callable[..., people.Browser]
REASON = "Lost his telephone, called back"


@pytest.fixture
def staff(staff_of: Callable[..., User]) -> dict[str, User]:
    return {role: staff_of(role) for role in ("support", "compliance", "owner", "finance")}


@pytest.fixture
def asked(alice: User, staff: dict[str, User]) -> FactorReset:
    identity.enrol_with_secret(user=alice, secret=new_secret(), acting_user=None)
    return resets.ask(user=alice, reason=REASON, acting_user=staff["support"])


def has_factor(user: User) -> bool:
    return TotpDevice.objects.filter(user=user, confirmed=True).exists()


def fresh(row: FactorReset) -> FactorReset:
    return FactorReset.objects.get(pk=row.pk)


def test_it_happens_after_two_persons_and_the_waiting_time(
    asked: FactorReset, alice: User, staff: dict[str, User], client_for: Client
) -> None:
    client_for(alice)
    for told in (OutboxMail.objects.get(user=alice, template="second_factor_reset"),):
        assert "Somebody wants to reset" in told.subject and "/security" in told.text
    assert Notice.objects.filter(user=alice, key=f"factor-reset:{asked.pk}:asked").exists()
    resets.approve(reset_id=asked.pk, reason="He called", acting_user=staff["compliance"])
    assert "In 24 hours" in OutboxMail.objects.filter(user=alice).latest("pk").text
    assert tasks.perform_resets() == 0 and has_factor(alice)
    due = fresh(asked).due_at
    assert due is not None and due - timezone.now() > timedelta(hours=23, minutes=59)
    assert resets.perform_due(now=due) == 1
    assert not has_factor(alice)
    assert not UserSession.objects.filter(user=alice).exists()
    assert OutboxMail.objects.filter(user=alice, template="second_factor_off").count() == 1
    assert resets.perform_due(now=due + timedelta(days=1)) == 0
    actions = AuditRecord.objects.filter(action__startswith="care.").values_list(
        "action", flat=True
    )
    assert sorted(actions) == ["care.approve_reset", "care.ask_reset", "care.perform_reset"]


def test_who_asked_does_not_agree_and_nobody_without_the_right(
    asked: FactorReset, alice: User, bob: User, staff: dict[str, User]
) -> None:
    identity.enrol_with_secret(user=bob, secret=new_secret(), acting_user=None)
    own = resets.ask(user=bob, reason=REASON, acting_user=staff["compliance"])
    for row, user in (
        (own, staff["compliance"]),
        (asked, staff["support"]),
        (asked, staff["finance"]),
        (asked, alice),
    ):
        for act in (resets.approve, resets.refuse):
            with pytest.raises(PermissionDenied):
                act(reset_id=row.pk, reason=REASON, acting_user=user)
        assert fresh(row).state == "asked"
    # The database has the last word.
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.filter(pk=own.pk).update(decided_by=staff["compliance"])


def test_the_customer_stops_it_on_his_page(
    asked: FactorReset, alice: User, bob: User, staff: dict[str, User], client_for: Client
) -> None:
    page = client_for(alice).get("/security").content.decode()
    assert "Somebody asked that your second factor be taken away" in page
    assert "Somebody asked" not in client_for(bob).get("/security").content.decode()
    resets.approve(reset_id=asked.pk, reason=REASON, acting_user=staff["owner"])
    address = "/security/second-factor/stop-reset"
    assert client_for(bob).post(address).status_code == 302
    assert fresh(asked).state == "waiting"
    assert client_for(alice).post(address).status_code == 302
    assert fresh(asked).state == "stopped"
    assert resets.perform_due(now=timezone.now() + timedelta(days=9)) == 0 and has_factor(alice)
    with pytest.raises(CareError):
        resets.stop(acting_user=alice)


def test_one_at_a_time_and_only_where_there_is_one(
    asked: FactorReset, alice: User, bob: User, staff: dict[str, User]
) -> None:
    with pytest.raises(CareError):
        resets.ask(user=alice, reason=REASON, acting_user=staff["owner"])
    with pytest.raises(CareError):
        resets.ask(user=bob, reason=REASON, acting_user=staff["owner"])
    with pytest.raises(PermissionDenied):
        resets.ask(user=staff["finance"], reason=REASON, acting_user=staff["owner"])
    resets.refuse(reset_id=asked.pk, reason="Not him", acting_user=staff["owner"])
    with pytest.raises(CareError):
        resets.approve(reset_id=asked.pk, reason=REASON, acting_user=staff["owner"])
    assert resets.ask(user=alice, reason=REASON, acting_user=staff["owner"]).pk != asked.pk


def test_the_word_of_who_lost_his_right_counts_no_more(
    asked: FactorReset, alice: User, staff: dict[str, User]
) -> None:
    resets.approve(reset_id=asked.pk, reason=REASON, acting_user=staff["compliance"])
    User.objects.filter(pk=staff["compliance"].pk).update(is_active=False)
    assert resets.perform_due(now=timezone.now() + timedelta(days=2)) == 0
    assert fresh(asked).state == "refused" and has_factor(alice)


def test_it_waits_among_the_approvals(
    asked: FactorReset, alice: User, staff: dict[str, User], client_for: Client, engine: Any
) -> None:
    desk = client_for(staff["compliance"])
    assert alice.email in desk.get("/backoffice/approvals/").content.decode()
    assert selectors.waiting_resets().count() == 1
    address = f"/backoffice/approvals/reset/{asked.pk}/"
    sent = {"token": new_token(), "reason": REASON, "decision": "approve"}
    assert desk.get(address).status_code == 200
    assert desk.post(address, sent).status_code == 302
    assert fresh(asked).state == "waiting"
    page = desk.get(f"/backoffice/customers/{alice.pk}/").content.decode()
    assert "reset: Waits for its time" in page
