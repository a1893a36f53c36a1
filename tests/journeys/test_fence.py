"""The fence: every address of portal, backoffice, API and operator site, asked by the wrong person.

The routes come from the URL resolvers, so a new one is asked as well; an argument nobody has
named a value for fails the test. The values are objects of tenant north: Alice's, and what the
firm's staff work on. Whoever asks, nothing of theirs may come back or change.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django_tenants.utils import schema_context, tenant_context

import people
from a_payment import payment_state
from care.models import AccountClosing, Banner, FactorReset, Ticket, TicketMessage
from clearing.models import Rebuild
from firm_rows import PRIVATE_QUESTION
from firms import Firm
from identity.models import ApiKey, TotpDevice, TrustedDevice, User, UserSession
from kyc.models import (
    CheckProvider,
    Document,
    FormVersion,
    Hit,
    KycCase,
    ProviderCheck,
    Tier,
    WatchList,
)
from messaging.models import (
    MessageTemplate,
    Notice,
    OutboxMessage,
    Provider,
    PushSubscription,
    WebhookEndpoint,
)
from portal.models import Preference
from riskrules.models import Alert, RuleRow, RuleVersion
from tenants.models import Brand, BrandDraft, Domain, DomainClaim, SettingValue, Tenant
from trading.accounts import actions as accounts
from trading.accounts.models import Account
from trading.commands import door
from trading.commands.models import QueuedCommand
from trading.engine import queries
from trading.engine.results import Result
from trading.instruments.models import Asset, FeeSchedule, Instrument
from trading.instruments.selectors import instrument_info
from trading.orders import placing
from trading.orders.models import OrderList
from wallets.adjustments.models import Adjustment
from wallets.campaigns.models import Award, Campaign, Referral
from wallets.ledger import actions as ledger
from wallets.ledger.models import Posting, ProofRun
from wallets.liabilities import actions as liabilities
from wallets.liabilities.models import Publication, PublicationRequest
from wallets.reconciliation.models import BooksBreak, OutsideBalance
from wallets.transfers import actions as transfers
from wallets.transfers.models import OwnTransfer

PRIVATE_LABEL = "Alices-private-robot"
PRIVATE_NOTICE = "News-for-Alice-alone"
PRIVATE_REASON = "Bonus for a complaint"
_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")
METHODS = ("get", "post", "put", "patch", "delete")


class Route(NamedTuple):
    """One address with its arguments still open."""

    pattern: str
    is_regex: bool


def routes(urlconf: str) -> list[Route]:
    """Every address of a URL configuration."""
    return list(_walk(get_resolver(urlconf).url_patterns, "", False))


def _walk(patterns: Any, prefix: str, is_regex: bool) -> Iterator[Route]:
    for each in patterns:
        text = str(each.pattern)
        regex = is_regex or each.pattern.__class__.__name__ == "RegexPattern"
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, prefix + text, regex)
        elif isinstance(each, URLPattern):
            yield Route(prefix + text, regex)


def address_of(route: Route, values: dict[str, Any]) -> str:
    """The route with ``values`` filled in; fails for an argument that has none."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        assert name in values, f"say what {name!r} of {route.pattern} is, in Fence.values"
        return str(values[name])

    text = _ARGUMENT.sub(value, _NAMED_GROUP.sub(value, route.pattern))
    if route.is_regex:
        # What is left of a regular expression stands for "anything else here".
        head = re.split(r"[(\[\\^$.*+?|]", text.replace("^", ""), maxsplit=1)[0]
        text = head + "nothing-here" if re.search(r"[(\[\\$.*+?|]", text) else text
    return "/" + text.lstrip("/")


def list_of_orders(firm: Firm) -> int:
    """An OCO of Alice's."""
    pair = [
        {"side": "sell", "price": "110", "quantity": "0.1"},
        {"side": "sell", "type": "stop", "trigger_price": "90", "quantity": "0.1"},
    ]
    command = placing.build_place_order_list(
        instrument_info("BTC-USDT"),
        firm.account.pk,
        {"type": "oco", "instrument": "BTC-USDT", "orders": pair},
    )
    answer = door.send_command(command)
    assert answer.result == Result.ACCEPTED
    firm.books.settle()
    return OrderList.objects.latest("pk").pk


def publication_of(firm: Firm) -> int:
    """What the firm owes, published: it holds leaves of Alice and of Bob."""
    ledger.prove_books(tenant=firm.tenant, run=ProofRun.COMMAND, wait_s=0)
    return liabilities.publish_liabilities(acting_user=firm.finance).pk


def transfer_of(firm: Firm) -> int:
    """Of Alice's, to a further account of hers."""
    usdt = Asset.objects.get(code="USDT")
    savings = accounts.open_account(user=firm.alice, acting_user=firm.alice, name="Savings")
    firm.books.settle()
    transfer = transfers.request_transfer(
        source=firm.account,
        target=savings,
        asset=usdt,
        amount_units=usdt.units_of("1"),
        request_key="fence",
        acting_user=firm.alice,
    )
    firm.books.settle()
    return transfer.pk


class Fence:
    """Tenant north at work, with everything of Alice's that an address can name."""

    def __init__(self, firm: Firm, other_tenant: Tenant) -> None:
        self.firm = firm
        self.other_tenant = other_tenant
        firm.key.label = PRIVATE_LABEL
        firm.key.save(update_fields=["label"])
        self.alices_browser = people.browser_of(firm.tenant, firm.alice)
        self.session = UserSession.objects.filter(user=firm.alice).latest("pk")
        self.device = TrustedDevice.objects.create(
            user=firm.alice, token_hash="0" * 64, expires_at="2099-01-01T00:00:00Z"
        )
        self.notice = Notice.objects.create(user=firm.alice, title=PRIVATE_NOTICE)
        PushSubscription.objects.create(user=firm.alice, endpoint="https://push.example/alice")
        Preference.objects.create(user=firm.alice, name="favourites", value=["ETH-USDT"])
        self.values: dict[str, Any] = {
            **firm.arguments(),
            "session_id": self.session.pk,
            "device_id": self.device.pk,
            "public_id": firm.key.public_id,
            "list_id": list_of_orders(firm),
            "transfer_id": transfer_of(firm),
            "publication_id": publication_of(firm),
            "symbol": "BTC-USDT",
            "language": "en",
            "preference_name": "favourites",
            "notice_id": self.notice.pk,
            "size": 192,
            "mail_id": 1,
            "path": "nothing",
            "tenant_id": firm.tenant.pk,
            "domain_id": 1,
            "announcement_id": 1,
            "plan_name": "standard",
        }
        self.addresses = sorted(
            {address_of(route, self.values) for route in routes(settings.ROOT_URLCONF)}
        )
        # Never in an address, so never in an honest answer to somebody else.
        self.private = [
            firm.alice.email,
            PRIVATE_LABEL,
            PRIVATE_REASON,
            PRIVATE_NOTICE,
            PRIVATE_QUESTION,
            "Storgatan",
            "L898902C3",
        ]

    def state(self) -> dict[str, Any]:
        """What is Alice's, and what staff decide; rows the asker makes of his own are not in it."""
        with tenant_context(self.firm.tenant):
            balances = door.send_command(queries.QueryBalances(account_id=self.firm.account.pk))
            open_orders = door.send_command(
                queries.QueryOpenOrders(account_id=self.firm.account.pk)
            )
            alice = User.objects.get(pk=self.firm.alice.pk)
            return {
                "balances": balances.events,
                "orders": open_orders.events,
                "login": (alice.is_active, alice.password, alice.email, alice.name),
                "second_factor": TotpDevice.objects.filter(user=alice).count(),
                "keys": list(ApiKey.objects.filter(user=alice).values_list("pk", "revoked_at")),
                "names_of_accounts": list(
                    Account.objects.filter(user=alice).values_list("name", "closed_at")
                ),
                "transfers": list(
                    OwnTransfer.objects.filter(user=alice).values_list("pk", "state")
                ),
                "session": UserSession.objects.filter(pk=self.session.pk).exists(),
                "device": TrustedDevice.objects.filter(pk=self.device.pk).exists(),
                "staff": list(User.objects.filter(is_staff=True).values_list("pk", "role")),
                "adjustments": list(Adjustment.objects.values_list("pk", "state")),
                "questions": list(Ticket.objects.values_list("pk", "state", "assigned_to")),
                "said": TicketMessage.objects.filter(ticket__user=alice).count(),
                "messages": list(OutboxMessage.objects.filter(state="failed").values_list("pk")),
                "webhooks": list(WebhookEndpoint.objects.values_list("url", "is_on")),
                "providers": Provider.objects.count(),
                "banners": list(Banner.objects.values_list("pk", "withdrawn_at")),
                "closings": AccountClosing.objects.count(),
                "resets": FactorReset.objects.count(),
                "templates": MessageTemplate.objects.count(),
                "notices": list(Notice.objects.filter(user=alice).values_list("pk", "read_at")),
                "push": list(PushSubscription.objects.filter(user=alice).values_list("endpoint")),
                "preferences": list(
                    Preference.objects.filter(user=alice).values_list("name", "value")
                ),
                "breaks": list(BooksBreak.objects.values_list("pk", "state", "explanation")),
                "rebuilds": list(Rebuild.objects.values_list("pk", "state")),
                "publications": Publication.objects.count(),
                "publications_asked_for": PublicationRequest.objects.count(),
                "outside": OutsideBalance.objects.count(),
                "accounts": list(Account.objects.values_list("pk", "state", "group")),
                "instruments": list(Instrument.objects.values_list("pk", "state", "tick_units")),
                "fees": list(FeeSchedule.objects.values_list("pk", "maker_ppm", "taker_ppm")),
                "assets": Asset.objects.count(),
                "commands": QueuedCommand.objects.count(),
                "payments": payment_state(),
                "postings": Posting.objects.count(),
                "settings": SettingValue.objects.count(),
                "brand": list(Brand.objects.values_list("tenant", "version")),
                "domains": Domain.objects.count(),
                "claims": list(DomainClaim.objects.values_list("pk", "state", "checked_at")),
                "campaigns": list(Campaign.objects.values_list("pk", "state", "name")),
                "awards": Award.objects.count(),
                "referrals": Referral.objects.filter(referred=alice).count(),
                "drafts": list(BrandDraft.objects.values_list("pk", "changed_at")),
                "cases": list(
                    KycCase.objects.filter(user=alice).values_list(
                        "pk", "state", "risk", "assigned_to"
                    )
                ),
                "documents": list(Document.objects.filter(user=alice).values_list("pk", "folder")),
                "hits": list(Hit.objects.filter(user=alice).values_list("pk", "state")),
                "checks": list(
                    ProviderCheck.objects.filter(case__user=alice).values_list("pk", "state")
                ),
                "check_providers": list(
                    CheckProvider.objects.values_list("pk", "address", "is_active")
                ),
                "lists": WatchList.objects.count(),
                "tiers": list(Tier.objects.values_list("pk", "changed_at")),
                "forms": FormVersion.objects.count(),
                "rules": list(RuleRow.objects.values_list("pk", "version", "conditions")),
                "rule_versions": list(RuleVersion.objects.values_list("pk", "state")),
                "alerts": list(Alert.objects.values_list("pk", "seen_at", "count")),
                "tenants": list(Tenant.objects.values_list("pk", "status")),
            }


@pytest.fixture
def fence(firm: Firm, other_tenant: Tenant) -> Fence:
    return Fence(firm, other_tenant)


def walk(fence: Fence, browser: Any, *, harmless: Callable[[str], bool]) -> dict[str, list[int]]:
    """Ask for every address in every way; the statuses by address."""
    before = fence.state()
    fields = {
        "token": "7b6ff9c4-9d3f-4d52-8f5e-24b9f4f7a111",
        "reason": "Because I can do it",
        "state": 3,
        "role": "owner",
        "value": "on",
        "version": 1,
        "password": "a-New-password-of-mine-9",
        "email": "nobody@elsewhere.example",
        "order_id": fence.firm.order.pk,
        "account": fence.firm.account.pk,
    }
    found: dict[str, list[int]] = {}
    for address in fence.addresses:
        for method in METHODS:
            if method != "get" and not harmless(address):
                continue
            answer = getattr(browser, method)(address, fields if method in ("get", "post") else {})
            found.setdefault(address, []).append(answer.status_code)
            body = content_of(answer)
            for private in fence.private:
                assert private.encode() not in body, (method, address, private)
            assert answer.status_code < 500 or answer.status_code == 503, (method, address)
    assert fence.state() == before
    return found


def content_of(answer: Any) -> bytes:
    """The whole body, also of one that is sent piece by piece."""
    if not answer.streaming:
        return bytes(answer.content)
    if not answer.is_async:
        return b"".join(answer.streaming_content)

    async def read() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return async_to_sync(read)()


def is_open_to_all(address: str) -> bool:
    """Addresses that are for everybody: nobody needs to be signed in."""
    return any(re.fullmatch(pattern, address) for pattern in OPEN_TO_ALL)


# Everything else must ask a stranger to sign in, or say that there is nothing.
OPEN_TO_ALL = (
    r"/",
    r"/(fees|markets|offline|app.webmanifest|service-worker.js|design)",
    r"/(liabilities|language|sign-up|check-mail|sign-in|second-factor|forgot|sign-out)",
    r"/(verify|reset|invitation)/[^/]+",
    r"/jsi18n/.*",
    r"/liabilities/verify_liabilities.py",
    r"/brand/.*",
    r"/trade(/.*)?",
    r"/r/[^/]+",
    r"/dev/.*",
    r"/backoffice/(sign-in|code|enrol|sign-out|forgot|language)/",
    r"/backoffice/(invitation|reset)/[^/]+/",
    r"/api/(schema|docs/)",
    r"/api/v1/(time|instruments|tickers|liabilities|nothing-here)",
    r"/api/v1/(depth|trades|candles|auction|liabilities)/[^/]+",
    r".*nothing-here",
)


def test_a_stranger_gets_nothing_and_changes_nothing(fence: Fence) -> None:
    statuses = walk(fence, people.browser_of(fence.firm.tenant), harmless=lambda _address: True)
    for address, found in statuses.items():
        if not is_open_to_all(address):
            # 405 comes only after the guard; 404 is the answer of a route that hides.
            assert set(found) <= {302, 401, 403, 404, 405, 415}, (address, found)
            assert found[0] in (302, 401, 403, 404, 405), (address, found)


def test_charlie_of_the_other_tenant_gets_nothing_at_any_address(
    fence: Fence, charlie: User
) -> None:
    """At north's host with south's cookies, and at his own host with north's ids."""
    at_home = people.browser_of(fence.other_tenant, charlie)
    abroad = people.browser_of(fence.firm.tenant)
    abroad.cookies = at_home.cookies
    statuses = walk(fence, abroad, harmless=lambda _address: True)
    for address, found in statuses.items():
        if not is_open_to_all(address):
            assert set(found) <= {302, 401, 403, 404, 405, 415}, (address, found)
    walk(fence, at_home, harmless=lambda address: address != "/sign-out")


def test_the_other_tenants_owner_gets_nothing_at_any_address(fence: Fence) -> None:
    owner = people.make_staff(fence.other_tenant, "owner")
    at_home = people.browser_of(fence.other_tenant, owner)
    abroad = people.browser_of(fence.firm.tenant)
    abroad.cookies = at_home.cookies
    statuses = walk(fence, abroad, harmless=lambda _address: True)
    for address, found in statuses.items():
        if not is_open_to_all(address):
            assert set(found) <= {302, 401, 403, 404, 405, 415}, (address, found)


def test_bob_of_the_same_tenant_gets_nothing_of_alices(fence: Fence) -> None:
    browser = people.browser_of(fence.firm.tenant, fence.firm.bob)
    quiet = {"/sign-out", "/security/password", "/backoffice/sign-out/"}
    statuses = walk(fence, browser, harmless=lambda address: address not in quiet)
    for address, found in statuses.items():
        if address.startswith("/backoffice/") and not is_open_to_all(address):
            assert set(found) == {302}, (address, found)


def test_an_operator_is_nobody_at_a_tenants_host(fence: Fence, platform_tenant: Tenant) -> None:
    operator = people.make_staff(platform_tenant, "owner")
    abroad = people.browser_of(fence.firm.tenant)
    abroad.cookies = people.browser_of(platform_tenant, operator).cookies
    statuses = walk(fence, abroad, harmless=lambda _address: True)
    for address, found in statuses.items():
        if address.startswith("/backoffice/") and not is_open_to_all(address):
            assert set(found) == {302}, (address, found)


@pytest.mark.parametrize("who", ["nobody", "alice", "tenant owner"])
def test_the_operators_host_opens_to_operators_only(
    fence: Fence, platform_tenant: Tenant, who: str
) -> None:
    fence.addresses = sorted(
        {address_of(route, fence.values) for route in routes(settings.PUBLIC_SCHEMA_URLCONF)}
    )
    browser = people.browser_of(platform_tenant)
    if who == "alice":
        browser.cookies = fence.alices_browser.cookies
    elif who == "tenant owner":
        browser.cookies = people.browser_of(fence.firm.tenant, fence.firm.owner).cookies
    with schema_context("public"):
        users = User.objects.count()
    statuses = walk(fence, browser, harmless=lambda _address: True)
    open_pages = r"/operator/(sign-in|code|enrol|sign-out|forgot|language|invitation/.*|reset/.*)/?"
    guarded = [
        address
        for address in statuses
        if address.startswith("/operator/") and not re.fullmatch(open_pages, address)
    ]
    assert len(guarded) > 20
    for address in guarded:
        assert set(statuses[address]) == {302}, (address, statuses[address])
    with schema_context("public"):
        assert User.objects.count() == users


def test_the_walk_sees_the_rooms_it_is_there_for(fence: Fence) -> None:
    """A walk over nothing would find nothing wrong."""
    for prefix, at_least in (("/backoffice/", 60), ("/api/v1/", 12), ("/security/", 8)):
        assert sum(a.startswith(prefix) for a in fence.addresses) >= at_least, prefix
    # And what it looks for is really there for whom it belongs to.
    keys = fence.alices_browser.get("/api-keys").content.decode()
    assert PRIVATE_LABEL in keys
    staff = people.browser_of(fence.firm.tenant, fence.firm.owner)
    page = staff.get(f"/backoffice/adjustments/{fence.firm.waiting.pk}/").content.decode()
    assert PRIVATE_REASON in page and fence.firm.alice.email in page
