"""Seeing as somebody else: read-only, announced, recorded, at every door."""

import asyncio
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import InternalError, connection
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

import people
from api import exchange
from api.errors import ApiError, Refusal
from api.streams.socket import Socket
from audit.models import AuditRecord, PageView
from firms import Firm, marks
from identity.models import User
from impersonation import actions, cookies, doors
from impersonation.database import is_refused_write, read_only
from impersonation.models import Impersonation
from messaging.models import Notice, OutboxMail
from tenants import actions as tenants

REASON = "Cannot find her order"


def look(firm: Firm, browser: Any, user: User, actor: User) -> Any:
    """Begin to see as ``user`` in a browser; the first page's address."""
    with tenant_context(firm.tenant):
        _row, link = actions.begin(user=user, acting_user=actor, reason=REASON)
    answer = browser.get(f"/seen-as/{link}")
    assert answer.status_code == 302
    return answer["Location"]


@pytest.fixture
def support(firm: Firm, staff_of) -> User:
    return staff_of("support")


@pytest.fixture
def operator(platform_tenant, firm: Firm, staff_of) -> User:
    return staff_of("support", platform_tenant)


def test_support_sees_the_customers_pages_and_changes_nothing(
    firm: Firm, client_for, support, send
) -> None:
    browser = client_for(support)
    page = browser.get(f"/backoffice/customers/{firm.alice.pk}/").content.decode()
    assert f"/backoffice/customers/{firm.alice.pk}/see-as/" in page
    answer = send(browser, f"/backoffice/customers/{firm.alice.pk}/see-as/", reason=REASON)
    assert answer.status_code == 302, answer.content.decode()
    assert browser.get(answer["Location"])["Location"] == "/dashboard"
    before = marks()
    for path in ("/dashboard", "/orders", "/balances", "/notices", "/settings", "/nothing-here"):
        shown = browser.get(path)
        body = shown.content.decode()
        assert "data-seen-as" in body and "End it" in body, path
        assert shown["X-MARQUE-SEEN-AS"] and "no-store" in shown["Cache-Control"]
    assert firm.alice.email in browser.get("/dashboard").content.decode()
    for path in ("/notices/read", "/settings", "/language", "/preferences/favourites", "/sign-out",
                 "/security/password", "/deposit"):  # fmt: skip
        for method in ("post", "put", "patch", "delete"):
            refused = getattr(browser, method)(path)
            assert refused.status_code == 403, (path, method)
    assert marks() == before
    # His own backoffice is still his.
    assert support.email in browser.get("/backoffice/").content.decode()


def test_orders_are_refused_at_every_door(firm: Firm, client_for, support) -> None:
    browser = client_for(support)
    look(firm, browser, firm.alice, support)
    before = marks()
    order = {"instrument": "BTC-USDT", "side": "buy", "type": "limit", "price": "90",
             "quantity": "0.1", "client_order_id": "x-1"}  # fmt: skip
    answer = browser.post("/api/v1/orders", order, content_type="application/json")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "SEEN_AS_SOMEBODY_ELSE"
    assert browser.delete(f"/api/v1/orders/{firm.order.pk}").status_code == 403
    assert marks() == before
    # What she has is read as she would read it.
    shown = browser.get("/api/v1/orders")
    assert shown.status_code == 200 and str(firm.order.pk) in shown.content.decode()


def test_a_socket_of_that_browser_is_nobodys_and_places_nothing(
    firm: Firm, client_for, support
) -> None:
    own = client_for(firm.bob)  # a session of his own in the same browser
    look(firm, own, firm.alice, support)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in own.cookies.items())
    headers = {b"cookie": cookie.encode(), b"origin": b"http://north.localhost",
               b"host": b"north.localhost"}  # fmt: skip
    assert exchange.is_seen_as(headers) and exchange.session_of(headers)
    scope = {"client": ("127.0.0.1", 1), "headers": list(headers.items())}
    socket = Socket.__new__(Socket)
    socket.caller, socket._headers, socket.tenant = None, headers, firm.tenant
    socket._key_id = ""
    socket._services = SimpleNamespace()  # type: ignore[assignment]
    asyncio.run(socket.sign_in_by_cookie())
    assert socket.caller is None and scope
    with pytest.raises(ApiError) as refused:
        socket._signed_in()
    assert refused.value.code == Refusal.SEEN_AS_SOMEBODY_ELSE


def test_secrets_and_documents_stay_closed(firm: Firm, client_for, support) -> None:
    browser = client_for(support)
    look(firm, browser, firm.alice, support)
    for path in ("/security/second-factor", "/security/recovery-codes", "/security/password",
                 "/api-keys", "/verification/1", "/dev/mailbox/", "/sign-in"):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == 403, path
        assert "nobody but the person himself" in answer.content.decode()


def test_it_is_announced_and_recorded(firm: Firm, client_for, support) -> None:
    browser = client_for(support)
    look(firm, browser, firm.alice, support)
    browser.get("/orders")
    notice = Notice.objects.get(user=firm.alice, key__startswith="seen-as:")
    assert "Support" in notice.title
    records = AuditRecord.objects.filter(action__startswith="impersonation.").order_by("id")
    assert [record.action for record in records] == ["impersonation.ask", "impersonation.begin"]
    assert records[1].reason == REASON and records[1].actor_id == support.pk
    seen = PageView.objects.get(page="as the customer: /orders")
    assert (seen.viewer_id, seen.object_id) == (support.pk, str(firm.alice.pk))
    owner = client_for(firm.owner)
    page = owner.get("/backoffice/seen-as/").content.decode()
    assert support.email in page and REASON in page


def test_a_customer_is_not_told_where_the_firm_says_so(firm: Firm, client_for, support) -> None:
    set_to(firm, "impersonation.tell_customer", False)
    look(firm, client_for(support), firm.alice, support)
    assert not Notice.objects.filter(user=firm.alice, key__startswith="seen-as:").exists()


def sees_as(browser: Any) -> bool:
    """Whether a page of the portal comes as somebody else sees it."""
    return "X-MARQUE-SEEN-AS" in browser.get("/orders")


def set_to(firm: Firm, name: str, value: Any) -> None:
    from tenants import directory

    with schema_context("public"):
        tenants.change_setting(tenant=firm.tenant, name=name, value=value, acting_user=None)
    directory.forget()
    connection.set_tenant(firm.tenant)


def test_one_click_ends_it(firm: Firm, client_for, support) -> None:
    browser = client_for(support)
    look(firm, browser, firm.alice, support)
    stolen = browser.cookies[cookies.NAME].value
    answer = browser.post("/seen-as/end")
    assert answer["Location"] == f"/backoffice/customers/{firm.alice.pk}/"
    row = Impersonation.objects.get()
    assert row.ended_at and row.ended_by == support.email and row.cookie_hash is None
    thief = people.browser_of(firm.tenant)
    thief.cookies[cookies.NAME] = stolen
    answer = thief.get("/dashboard")
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in")
    assert AuditRecord.objects.filter(action="impersonation.end").count() == 1


def test_the_button_is_guarded_against_other_sites(firm: Firm, client_for, support) -> None:
    browser = people.Browser(firm.tenant, enforce_csrf_checks=True)
    browser.sign_in(support)
    look(firm, browser, firm.alice, support)
    assert browser.post("/seen-as/end").status_code == 403
    page = browser.get("/dashboard").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    assert browser.post("/seen-as/end", {"csrfmiddlewaretoken": token[1]}).status_code == 302


def test_it_ends_by_time_by_right_and_with_the_session(firm: Firm, client_for, support) -> None:
    browser = client_for(support)
    look(firm, browser, firm.alice, support)
    assert sees_as(browser)
    User.objects.filter(pk=support.pk).update(role="auditor")
    assert not sees_as(browser)
    User.objects.filter(pk=support.pk).update(role="support")
    again = client_for(support)
    look(firm, again, firm.alice, support)
    assert sees_as(again)
    Impersonation.objects.filter(ended_at=None).update(expires_at=timezone.now())
    assert not sees_as(again)
    third = client_for(support)
    look(firm, third, firm.alice, support)
    assert third.post("/backoffice/sign-out/").status_code == 302
    assert Impersonation.objects.latest("pk").ended_at is not None
    assert not sees_as(third)


def test_a_link_works_once_and_not_for_long(firm: Firm, client_for, support) -> None:
    _row, link = actions.begin(user=firm.alice, acting_user=support, reason=REASON)
    first, second = client_for(support), client_for(firm.bob)
    assert first.get(f"/seen-as/{link}").status_code == 302
    assert second.get(f"/seen-as/{link}").status_code == 404
    row, late = actions.begin(user=firm.alice, acting_user=support, reason=REASON)
    Impersonation.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert first.get(f"/seen-as/{late}").status_code == 404


def test_nobody_else_may(firm: Firm, client_for, staff_of, charlie, other_tenant, send) -> None:
    auditor, stranger = staff_of("auditor"), staff_of("support", other_tenant)
    before = marks()
    for actor in (firm.alice, firm.bob, firm.finance, auditor):
        with pytest.raises(PermissionDenied):
            actions.begin(user=firm.alice, acting_user=actor, reason=REASON)
    with pytest.raises(PermissionDenied):
        actions.begin(user=firm.alice, acting_user=stranger, reason=REASON)
    with pytest.raises(PermissionDenied):  # staff see as customers, not as each other
        actions.begin(user=firm.finance, acting_user=firm.owner, reason=REASON)
    address = f"/backoffice/customers/{firm.alice.pk}/see-as/"
    assert send(client_for(firm.finance), address, reason=REASON).status_code == 403
    assert send(client_for(stranger), address, reason=REASON).status_code in (403, 404)
    assert send(client_for(charlie), address, reason=REASON).status_code == 302
    with pytest.raises(ValueError):
        actions.begin(user=firm.alice, acting_user=firm.owner, reason=" ")
    assert not Impersonation.objects.exists()
    assert marks().records == before.records


def test_an_operator_sees_as_staff_and_the_firm_is_told(
    firm: Firm, operator, client_for, platform_tenant, send
) -> None:
    with schema_context("public"):
        at_home = client_for(operator)
    address = f"/operator/tenants/{firm.tenant.pk}/see-as/"
    nobody = send(at_home, address, email="nobody@north.example", reason=REASON)
    assert nobody.status_code == 422
    answer = send(at_home, address, email=firm.owner.email, reason=REASON)
    assert answer.status_code == 302, answer.content.decode()
    page = at_home.get(answer["Location"]).content.decode()
    link = re.search(r'href="[^"]*(/seen-as/[^"]+)"', page)
    assert link is not None
    connection.set_tenant(firm.tenant)
    browser = people.browser_of(firm.tenant)
    assert browser.get(link[1])["Location"] == "/backoffice/"
    before = marks()
    for path in ("/backoffice/", "/backoffice/customers/", "/backoffice/settings/"):
        shown = browser.get(path)
        body = shown.content.decode()
        # Behind the whole tag, whose scripts have arrows in them.
        assert shown.status_code == 200 and re.search(r'"\s*><aside [^>]*data-seen-as', body), path
    assert browser.get("/dashboard").status_code == 302  # staff are seen in the backoffice alone
    for path in ("/backoffice/api-keys/", "/backoffice/enrol/", "/backoffice/jobs/"):
        assert browser.get(path).status_code == 403, path
    sent = send(browser, f"/backoffice/customers/{firm.alice.pk}/close/", reason=REASON)
    assert sent.status_code == 403
    assert User.objects.get(pk=firm.alice.pk).is_active
    assert marks() == before
    mail = OutboxMail.objects.filter(template="platform_sees_as", to=firm.owner.email).get()
    assert REASON in mail.text
    with schema_context("public"):
        record = AuditRecord.objects.filter(action="impersonation.begin").latest("id")
        assert record.actor_id == operator.pk and record.new["schema"] == "north"
    # An owner ends it.
    row = Impersonation.objects.get()
    assert send(client_for(firm.owner), f"/backoffice/seen-as/{row.pk}/").status_code == 302
    assert browser.get("/backoffice/").status_code == 302


def test_a_firm_can_forbid_it_to_the_platform(firm: Firm, operator, client_for, send) -> None:
    browser = people.browser_of(firm.tenant)
    look(firm, browser, firm.alice, operator)
    assert browser.get("/orders").status_code == 200
    set_to(firm, "impersonation.by_platform", False)
    assert browser.get("/orders").status_code == 302
    with pytest.raises(PermissionDenied):
        actions.begin(user=firm.alice, acting_user=operator, reason=REASON)


def test_the_database_refuses_what_a_page_would_write() -> None:
    class Cause(InternalError):
        pass

    from psycopg.errors import ReadOnlySqlTransaction

    refused, other = Cause(), Cause()
    refused.__cause__ = ReadOnlySqlTransaction()
    assert is_refused_write(refused) and not is_refused_write(other)


@pytest.mark.django_db
def test_writes_are_off_only_meanwhile() -> None:
    def setting() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW default_transaction_read_only")
            return str(cursor.fetchone()[0])

    assert setting() == "off"
    with pytest.raises(RuntimeError), read_only():
        assert setting() == "on"
        raise RuntimeError
    assert setting() == "off"


def test_which_addresses_it_is_for() -> None:
    assert doors.applies("/orders", to_staff=False) and not doors.applies("/orders", to_staff=True)
    assert doors.applies("/backoffice/", to_staff=True)
    assert not doors.applies("/backoffice/", to_staff=False)
    assert not doors.applies("/static/x.css", to_staff=False)
    assert settings.SESSION_COOKIE_NAME != cookies.NAME
