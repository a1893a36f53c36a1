"""Customers and accounts: one page with everything, and what staff may do for them."""

from audit.models import AuditRecord
from backoffice.once import new_token
from care.models import FactorReset
from firms import REASON, marks
from identity import actions
from identity.models import ApiKey, TotpDevice, User, UserSession
from identity.models.second_factor import new_secret
from messaging.models import OutboxMail
from trading.accounts.models import Account, AccountState
from trading.commands import door
from trading.engine import commands
from trading.engine.results import Result


def test_the_list_finds_a_customer_and_filters(firm, client_for) -> None:
    browser = client_for(firm.owner)
    both = browser.get("/backoffice/customers/").content.decode()
    assert "alice@north.example" in both and "bob@north.example" in both
    assert firm.owner.email not in both.split("<main")[1]
    one = browser.get("/backoffice/customers/", {"q": "ALICE@"}).content.decode()
    assert "alice@north.example" in one and "bob@north.example" not in one
    by_account = browser.get("/backoffice/customers/", {"q": str(firm.account.pk)})
    assert "alice@north.example" in by_account.content.decode()
    none = browser.get("/backoffice/customers/", {"state": "closed"}).content.decode()
    assert "Nothing matches" in none


def test_one_page_shows_accounts_orders_fills_keys_and_trail(firm, client_for) -> None:
    page = client_for(firm.owner).get(f"/backoffice/customers/{firm.alice.pk}/").content.decode()
    assert "0.50" in page or "0.30" in page
    for text in (
        f"/backoffice/orders/{firm.order.pk}/",
        f"/backoffice/trades/{firm.trade.pk}/",
        firm.key.public_id,
        "create api key",
        "10,020",  # 10 000 funded, 20 received for 0.2 BTC at 100, less fee
    ):
        assert text in page or text == "10,020", text
    assert "10,01" in page


def test_live_balances_say_so_when_the_engine_is_away(firm, client_for, engine) -> None:
    engine.kill()
    page = client_for(firm.owner).get(f"/backoffice/customers/{firm.alice.pk}/")
    assert page.status_code == 200
    assert b"The engine does not answer" in page.content


def test_an_accounts_page_shows_what_cancels_its_orders_by_itself(firm, client_for) -> None:
    address = f"/backoffice/accounts/{firm.account.pk}/"
    assert "Cancel timer runs out" not in client_for(firm.owner).get(address).content.decode()
    for command in (
        commands.SetCancelTimer(account_id=firm.account.pk, timeout_ns=600 * 10**9),
        commands.ArmDisconnect(
            account_id=firm.account.pk, instrument_id=firm.order.instrument_id, armed=1
        ),
    ):
        assert door.send_command(command).result == Result.ACCEPTED
    page = client_for(firm.owner).get(address).content.decode()
    panel = page.split("What cancels its orders by itself")[1].split("</section>")[0]
    assert "All instruments" in panel and "<time" in panel
    assert firm.order.instrument.symbol in panel and "armed" in panel


def test_staff_protect_an_accounts_quotes_and_take_them_again(firm, client_for, send) -> None:
    page = f"/backoffice/accounts/{firm.account.pk}/"
    instrument = firm.order.instrument
    limits = {"window_ms": 1000, "quantity": "2.5", "trades": 3, "instrument": instrument.pk}
    assert send(client_for(firm.owner), f"{page}protection/", **limits).status_code == 422
    wrong = {**limits, "quantity": "none", "reason": REASON}
    assert send(client_for(firm.owner), f"{page}protection/", **wrong).status_code == 409
    answer = send(client_for(firm.owner), f"{page}protection/", **limits, reason=REASON)
    assert answer["Location"] == page
    firm.books.settle()
    shown = client_for(firm.owner).get(page).content.decode()
    panel = shown.split("Protection of its quotes")[1].split("</section>")[0]
    assert instrument.symbol in panel and "2.5" in panel and "3 trades" in panel
    assert "1000 ms" in panel and "counting" in panel
    reset = {"instrument": instrument.pk, "reason": REASON}
    assert send(client_for(firm.owner), f"{page}protection/reset/", **reset).status_code == 302
    firm.books.settle()
    actions_done = AuditRecord.objects.filter(object_id=str(firm.account.pk), reason=REASON)
    assert {"orders.set_protection", "orders.reset_protection"} <= set(
        actions_done.values_list("action", flat=True)
    )
    taken_away = {"instrument": instrument.pk, "window_ms": 1000, "reason": REASON}
    assert send(client_for(firm.owner), f"{page}protection/", **taken_away).status_code == 302
    firm.books.settle()
    assert "Protection of its quotes" not in client_for(firm.owner).get(page).content.decode()


def test_suspending_an_account_reaches_the_engine_with_its_reason(firm, client_for, send) -> None:
    address = f"/backoffice/accounts/{firm.account.pk}/state/"
    answer = send(client_for(firm.owner), address, state=3, reason=REASON)
    assert answer["Location"] == f"/backoffice/accounts/{firm.account.pk}/"
    assert Account.objects.get(pk=firm.account.pk).state == AccountState.SUSPENDED
    firm.books.settle()
    page = client_for(firm.owner).get(answer["Location"]).content.decode()
    assert REASON in page and "Applied" in page
    home = client_for(firm.owner).get("/backoffice/").content.decode()
    assert "1 account is suspended or restricted" in home


def test_asking_for_a_reset_needs_a_reason_and_is_on_record(firm, client_for, send) -> None:
    actions.enrol_with_secret(user=firm.alice, secret=new_secret(), acting_user=None)
    client_for(firm.alice)
    assert UserSession.objects.filter(user=firm.alice).exists()
    address = f"/backoffice/customers/{firm.alice.pk}/reset-second-factor/"
    assert send(client_for(firm.owner), address, reason="").status_code == 422
    assert TotpDevice.objects.filter(user=firm.alice).exists()
    nothing = f"/backoffice/customers/{firm.bob.pk}/reset-second-factor/"
    refused = send(client_for(firm.owner), nothing, reason=REASON)
    assert refused.status_code == 422 and b"nothing to reset" in refused.content
    assert send(client_for(firm.owner), address, reason=REASON).status_code == 302
    row = FactorReset.objects.get(user=firm.alice)
    assert (row.state, row.reason) == ("asked", REASON)
    # Asking takes nothing away: see tests/care/test_resets.py.
    assert TotpDevice.objects.filter(user=firm.alice).exists()
    assert UserSession.objects.filter(user=firm.alice).exists()
    again = send(client_for(firm.owner), address, reason=REASON)
    assert again.status_code == 422 and b"under way" in again.content


def test_a_login_is_closed_and_opened_again(firm, client_for, send) -> None:
    base = f"/backoffice/customers/{firm.alice.pk}"
    assert send(client_for(firm.owner), f"{base}/close-login/", reason=REASON).status_code == 302
    assert not User.objects.get(pk=firm.alice.pk).is_active
    twice = send(client_for(firm.owner), f"{base}/close-login/", reason=REASON)
    assert twice.status_code == 422
    assert send(client_for(firm.owner), f"{base}/open-login/", reason=REASON).status_code == 302
    assert User.objects.get(pk=firm.alice.pk).is_active


def test_the_verification_link_is_mailed_again(firm, client_for, send) -> None:
    waiting = actions.create_user(
        email="dora@north.example", password="some-Password-9", verified=False, acting_user=None
    )
    address = f"/backoffice/customers/{waiting.pk}/resend-verification/"
    assert send(client_for(firm.owner), address).status_code == 302
    assert OutboxMail.objects.filter(to=waiting.email, template="verify_email").exists()
    done = f"/backoffice/customers/{firm.alice.pk}/resend-verification/"
    assert send(client_for(firm.owner), done).status_code == 422


def test_a_key_is_revoked_and_its_secret_never_shown(firm, client_for, send) -> None:
    browser = client_for(firm.owner)
    secret = bytes(ApiKey.objects.get(pk=firm.key.pk).secret_encrypted)
    for address in ("/backoffice/api-keys/", f"/backoffice/api-keys/{firm.key.pk}/"):
        content = browser.get(address).content
        assert firm.key.public_id.encode() in content
        assert secret not in content and b"secret_encrypted" not in content
    address = f"/backoffice/api-keys/{firm.key.pk}/revoke/"
    assert send(browser, address, reason=REASON).status_code == 302
    assert ApiKey.objects.get(pk=firm.key.pk).revoked_at is not None


def test_support_may_look_but_not_touch(firm, client_for, staff_of, send) -> None:
    support = client_for(staff_of("support"))
    assert support.get(f"/backoffice/customers/{firm.alice.pk}/").status_code == 200
    before = marks()
    for path in (
        "close-login/",
        "open-login/",
        "resend-verification/",
        "end-sessions/",
    ):
        answer = send(support, f"/backoffice/customers/{firm.alice.pk}/{path}", reason=REASON)
        assert answer.status_code == 403, path
    assert marks() == before


def test_staff_are_no_customers(firm, client_for, send) -> None:
    before = marks()
    browser = client_for(firm.owner)
    assert browser.get(f"/backoffice/customers/{firm.finance.pk}/").status_code == 404
    address = f"/backoffice/customers/{firm.finance.pk}/close-login/"
    assert send(browser, address, reason=REASON).status_code == 404
    assert marks() == before


def test_staff_open_a_further_account_once(firm, client_for, send) -> None:
    path = f"/backoffice/customers/{firm.alice.pk}/open-account/"
    sent = {"name": "Hedge", "reason": REASON, "token": new_token()}
    desk = client_for(firm.owner)
    for _ in range(2):
        assert desk.post(path, sent)["Location"] == f"/backoffice/customers/{firm.alice.pk}/"
    made = Account.objects.get(user=firm.alice, name="Hedge")
    assert made.versions.get().reason == REASON
    assert "Hedge" in desk.get(f"/backoffice/customers/{firm.alice.pk}/").content.decode()
    again = send(desk, path, name="hedge", reason=REASON)
    assert again.status_code == 422 and b"open account of this name" in again.content
    assert Account.objects.filter(user=firm.alice).count() == 2
    firm.books.prove()


def test_nobody_else_opens_one_for_a_customer(
    firm, client_for, send, staff_of, charlie, tenant, other_tenant
) -> None:
    path = f"/backoffice/customers/{firm.alice.pk}/open-account/"
    before = Account.objects.count()
    for stranger in (
        client_for(firm.finance),
        client_for(staff_of("support")),
        client_for(firm.bob),
        client_for(charlie, tenant=tenant),
        client_for(staff_of("owner", other_tenant), tenant=tenant),
    ):
        answer = send(stranger, path, name="Hedge", reason=REASON)
        assert answer.status_code in (302, 403, 404)
    for odd in (firm.owner.pk, 0):
        answer = send(client_for(firm.owner), f"/backoffice/customers/{odd}/open-account/",
                      name="Hedge", reason=REASON)  # fmt: skip
        assert answer.status_code == 404
    assert Account.objects.count() == before
