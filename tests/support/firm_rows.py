"""Rows of a firm that pages of care, verification, campaigns, domains and rules are about."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

import kyc_cases
from care.models import AnswerText, Banner, Ticket, TicketMessage
from identity.models import User
from kyc.documents import store
from kyc.models import CheckProvider, Hit, KycCase, ProviderCheck, WatchList
from messaging import actions as messaging
from messaging.models import OutboxMessage, WebhookEndpoint
from riskrules import actions as rules
from riskrules import kinds
from riskrules.models import Alert, RuleVersion
from tenants import actions as tenant_actions
from tenants.models import DomainClaim, Tenant
from trading.instruments.models import (
    Asset,
)
from wallets.campaigns import actions as campaigns
from wallets.campaigns.models import Campaign

PRIVATE_QUESTION = "Where-is-the-money-of-Alice"


def care_arguments(alice: User) -> dict[str, Any]:
    """Alice's question with a picture, a message to her, an endpoint and words for answers."""
    ticket = Ticket.objects.filter(user=alice).first() or Ticket.objects.create(
        user=alice,
        subject=PRIVATE_QUESTION,
        topic="other",
        state="waiting",
        waiting_since=timezone.now(),
    )
    said = ticket.messages.first() or TicketMessage.objects.create(
        ticket=ticket,
        author=alice,
        is_staff=False,
        text="Where is it?",
        folder=store.write([kyc_cases.picture()]),
        pages=1,
    )
    now = timezone.now()
    return {
        "banner_id": (
            Banner.objects.first()
            or Banner.objects.create(
                texts={"en": {"headline": "Soon", "text": ""}},
                starts_at=now,
                ends_at=now + timedelta(hours=1),
            )
        ).pk,
        "ticket_id": ticket.pk,
        "attachment_id": said.pk,
        "text_id": (
            AnswerText.objects.first()
            or AnswerText.objects.create(name="Hello", language="en", text="Hello {{ name }}")
        ).pk,
        "message_id": (
            OutboxMessage.objects.first() or messaging.send_mail("test_message", alice.email)
        ).pk,
        "endpoint_id": (
            WebhookEndpoint.objects.first()
            or WebhookEndpoint.objects.create(
                url="https://hook.example/", kinds=["money"], secret_encrypted=b"x"
            )
        ).pk,
        "template": "deposit_credited",
        "language": "en",
    }


def kyc_arguments(alice: User) -> dict[str, Any]:
    """Alice's case with a document, a near name and a list: what pages of verification name."""
    watch_list = WatchList.objects.first() or kyc_cases.load_list()
    case = KycCase.objects.filter(user=alice).exclude(state="draft").first()
    case = case or kyc_cases.submitted(alice, 2, native_name="Карл Амундсен")
    return {
        "case_id": case.pk,
        "document_id": case.documents.first().pk,
        "page_number": 1,
        # Good for nobody: who may see a document gets one of his own.
        "signature": "nothing",
        "hit_id": Hit.objects.get(user=alice).pk,
        "watch_list_id": watch_list.pk,
        **check_arguments(case),
        "number": 1,
        "code": "person-full",
        "asked_id": 1,
    }


def a_claim(tenant: Tenant) -> DomainClaim:
    """A host that the firm asked for."""
    return DomainClaim.objects.filter(tenant=tenant).first() or tenant_actions.ask_domain(
        tenant=tenant, domain="trade.north.example", acting_user=None
    )


def a_campaign(owner: User) -> Campaign:
    """A bonus for trading that waits for a second person."""
    usdt = Asset.objects.get(code="USDT")
    known = Campaign.objects.first()
    if known is not None:
        return known
    row = campaigns.set_campaign(
        campaign=None,
        kind="trading",
        name="Spring bonus",
        asset=usdt,
        amount_units=usdt.units_of("5"),
        budget_units=usdt.units_of("100"),
        min_volume_units=usdt.units_of("1000"),
        starts_at=timezone.now() - timedelta(days=1),
        ends_at=timezone.now() + timedelta(days=9),
        acting_user=owner,
    )
    return campaigns.ask_for_activation(campaign=row, acting_user=owner)


def check_arguments(case: KycCase) -> dict[str, Any]:
    """A provider, and a check of the case that waits for its word."""
    provider = CheckProvider.objects.first() or CheckProvider.objects.create(
        code="checker", title="Checker Ltd", adapter="hosted", address="https://checker.example"
    )
    check = ProviderCheck.objects.filter(case=case).first() or ProviderCheck.objects.create(
        case=case, provider=provider, state="running"
    )
    return {
        "provider_id": provider.pk,
        "provider_code": provider.code,
        "check_id": check.pk,
    }


def rule_arguments(owner: User, alice: User) -> dict[str, Any]:
    """A draft of rules and an alert about Alice."""
    version = a_rule_draft(owner)
    return {
        "rule_kind": "withdrawals",
        "rule_version_id": version.pk,
        "rule_position": 1,
        "alert_id": an_alert(alice).pk,
    }


def a_rule_draft(owner: User) -> RuleVersion:
    return rules.begin_draft(kind=kinds.get("withdrawals"), acting_user=owner)


def an_alert(user: User) -> Alert:
    """Of a rule about somebody's withdrawal."""
    now = timezone.now()
    return Alert.objects.filter(user_id=user.pk).first() or Alert.objects.create(
        kind="withdrawals", rule="passing through", sentence="Money goes out soon.", outcome=1,
        user_id=user.pk, facts={"amount": 100_00}, first_at=now, last_at=now,
    )  # fmt: skip
