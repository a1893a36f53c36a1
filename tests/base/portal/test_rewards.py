"""A customer's rewards: his code, who brought him, what he earned and can earn; nobody else's."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

import people
from books import books
from identity.models import User
from messaging.models import OutboxMail
from trading.instruments.models import Asset
from wallets.campaigns import actions, referrals, settling
from wallets.campaigns.models import Award, Referral

__all__ = ["books"]


@pytest.fixture
def running(books, staff_of):
    """A bonus for coming, and one for bringing others."""
    usdt, now = Asset.objects.get(code="USDT"), timezone.now()
    finance, owner = staff_of("finance"), staff_of("owner")
    for kind, name, other in (("sign_up", "Welcome", 0), ("referral", "Friends", 4)):
        row = actions.set_campaign(
            campaign=None, kind=kind, name=name, asset=usdt, amount_units=usdt.units_of("3"),
            referrer_units=usdt.units_of(str(other)), budget_units=usdt.units_of("100"),
            starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1), acting_user=finance,
        )  # fmt: skip
        actions.ask_for_activation(campaign=row, acting_user=finance)
        actions.activate_campaign(campaign=row, acting_user=owner)
    return usdt


def code_on(browser) -> str:
    page = browser.get("/rewards").content.decode()
    found = re.search(r'id="own-code">([A-Z0-9]{8})<', page)
    assert found and f"/r/{found[1]}" in page
    return found[1]


def test_from_a_passed_on_link_to_a_bonus_for_both(
    running, books, tenant, alice, client_for, django_capture_on_commit_callbacks
) -> None:
    alices = client_for(alice)
    newcomer = people.browser_of(tenant)
    answer = newcomer.get(f"/r/{code_on(alices).lower()}")
    assert answer["Location"] == "/sign-up" and answer.cookies["invited-by"]["httponly"]
    newcomer.post("/sign-up", {"email": "dora@north.example", "accept": "on"})
    mail = OutboxMail.objects.get(to="dora@north.example")
    link = re.search(r"/verify/[\w-]+", mail.text)
    assert link
    newcomer.post(link[0], {"password": people.PASSWORD})
    dora = User.objects.get(email="dora@north.example")
    assert Referral.objects.get(referred=dora).referrer == alice
    books.settle()
    assert settling.settle_campaigns(timezone.now()) == 4  # a welcome for each, friends for both
    books.prove()
    page = alices.get("/rewards").content.decode()
    assert "1 customer came by it." in page
    assert page.count("<td>Friends</td>") == 1 and "4.00" in page and "Paid" in page
    doras = client_for(dora).get("/rewards").content.decode()
    assert "You came by another customer" in doras and "<td>Welcome</td>" in doras
    assert "4.00" not in re.sub(r"(?s)What you can earn now.*?</ul>", "", doras)


def test_a_code_is_typed_in_and_refusals_say_why(running, alice, bob, client_for) -> None:
    bobs = client_for(bob)
    own, alices = code_on(bobs), referrals.code_of(alice).code
    for code, sentence in ((own, "your own code"), ("NOSUCH22", "no such code"), ("", "required")):
        answer = bobs.post("/rewards", {"code": code})
        assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not Referral.objects.exists()
    assert bobs.post("/rewards", {"code": f" {alices.lower()} "}).status_code == 302
    assert Referral.objects.get().referrer == alice
    assert "Keep the code" not in bobs.get("/rewards").content.decode()


@pytest.mark.parametrize("code", ["NOSUCH22", "a" * 40, "%3Cscript%3E", "ЖЖЖЖЖЖЖЖ"])
def test_a_link_tells_nothing_and_spoils_no_sign_up(tenant, client_for, code) -> None:
    browser = people.browser_of(tenant)
    answer = browser.get(f"/r/{code}")
    assert answer.status_code == 302 and answer["Location"] == "/sign-up"
    browser.post("/sign-up", {"email": "eve@north.example", "accept": "on"})
    link = re.search(r"/verify/[\w-]+", OutboxMail.objects.get(to="eve@north.example").text)
    assert link
    assert browser.post(link[0], {"password": people.PASSWORD}).status_code == 200
    assert User.objects.get(email="eve@north.example").email_verified_at
    assert not Referral.objects.exists()


def test_nobody_sees_anothers_rewards(
    running, books, tenant, other_tenant, alice, bob, charlie, client_for
) -> None:
    books.settle()
    assert settling.settle_campaigns(timezone.now()) == 2
    alices = code_on(client_for(alice))
    stranger = people.browser_of(tenant)
    assert stranger.get("/rewards").status_code == 302
    abroad = people.browser_of(tenant)
    abroad.cookies = people.browser_of(other_tenant, charlie).cookies
    assert abroad.get("/rewards").status_code == 302
    assert abroad.post("/rewards", {"code": alices}).status_code == 302
    charlies = client_for(charlie)
    page = charlies.get("/rewards").content.decode()
    assert "Welcome" not in page and alices not in page
    assert charlies.post("/rewards", {"code": alices}).status_code == 422  # another firm's code
    bobs = client_for(bob).get("/rewards").content.decode()
    assert alices not in bobs and bobs.count("<td>Welcome</td>") == 1
    assert Award.objects.count() == 2 and not Referral.objects.exists()
