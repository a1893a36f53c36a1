"""Password, sessions, devices and API keys; Bob and Charlie reach none of Alice's."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache

import people
from identity import sessions
from identity.models import ApiKey, TrustedDevice, User, UserSession
from tenants.models import Tenant

Client = Callable[..., people.Browser]
NEW = "an-Entirely-new-sentence-9"


@pytest.fixture(autouse=True)
def _fresh_counters() -> None:
    cache.clear()


def test_change_password(client_for: Client, alice: User) -> None:
    browser, elsewhere = client_for(alice), client_for(alice)
    wrong = browser.post("/security/password", {"current": "no", "password": NEW})
    assert wrong.status_code == 422
    alice.refresh_from_db()
    assert alice.check_password(people.PASSWORD)

    done = browser.post("/security/password", {"current": people.PASSWORD, "password": NEW})
    assert done["Location"] == "/security"
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert browser.get("/dashboard").status_code == 200
    assert elsewhere.get("/dashboard").status_code == 302  # the other session has ended


def test_sessions_are_listed_and_ended_by_their_owner_only(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Tenant
) -> None:
    browser, elsewhere = client_for(alice), client_for(alice)
    other = (
        UserSession.objects.filter(user=alice)
        .exclude(session_key=browser.cookies["session"].value)
        .get()
    )
    address = f"/security/sessions/{other.pk}/end"
    assert client_for(bob).post(address).status_code == 404
    assert client_for(charlie, tenant=tenant).post(address).status_code == 302
    assert client_for().post(address).status_code == 302
    assert elsewhere.get("/dashboard").status_code == 200  # nothing changed

    assert browser.post(address).status_code == 302
    assert elsewhere.get("/dashboard").status_code == 302
    assert browser.get("/dashboard").status_code == 200


def test_end_all_other_sessions(client_for: Client, alice: User, bob: User) -> None:
    browser, elsewhere, bobs = client_for(alice), client_for(alice), client_for(bob)
    browser.post("/security/sessions/end-others")
    assert browser.get("/dashboard").status_code == 200
    assert elsewhere.get("/dashboard").status_code == 302
    assert bobs.get("/dashboard").status_code == 200


def test_devices_are_forgotten_by_their_owner_only(
    client_for: Client, tenant: Tenant, bob: User, charlie: User
) -> None:
    gina = people.make_customer(tenant, "gina", second_factor=True)
    browser = client_for()
    browser.post("/sign-in", {"email": gina.email, "password": people.PASSWORD})
    browser.post("/second-factor", {"code": people.current_code(gina), "trust": "on"})
    device = TrustedDevice.objects.get(user=gina)
    address = f"/security/devices/{device.pk}/forget"
    assert client_for(bob).post(address).status_code == 404
    assert client_for(charlie, tenant=tenant).post(address).status_code == 302
    assert TrustedDevice.objects.filter(user=gina).exists()
    assert browser.post(address).status_code == 302
    assert not TrustedDevice.objects.filter(user=gina).exists()


def test_an_api_key_is_made_shown_once_and_revoked(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Tenant
) -> None:
    browser = client_for(alice)
    form = {"label": "bot", "permissions": ["read", "trade"], "networks": "10.0.0.0/8\n192.0.2.7"}
    made = browser.post("/api-keys", form)
    assert made.status_code == 200
    key = ApiKey.objects.get(user=alice)
    assert key.permissions == ["read", "trade"]
    assert key.networks == ["10.0.0.0/8", "192.0.2.7/32"]
    assert key.public_id in made.content.decode()
    listed = browser.get("/api-keys").content.decode()
    assert key.public_id in listed
    assert "key-secret" not in listed

    address = f"/api-keys/{key.public_id}/revoke"
    assert client_for(bob).post(address).status_code == 404
    assert client_for(charlie, tenant=tenant).post(address).status_code == 302
    assert key.public_id not in client_for(bob).get("/api-keys").content.decode()
    key.refresh_from_db()
    assert key.revoked_at is None

    assert browser.post(address)["Location"] == "/api-keys"
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_bad_key_form_keeps_what_was_typed(client_for: Client, alice: User) -> None:
    answer = client_for(alice).post("/api-keys", {"label": "bot", "networks": "not-a-network"})
    assert answer.status_code == 422
    assert "not-a-network" in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_long_after_sign_in_the_user_proves_again_who_he_is(
    client_for: Client, alice: User
) -> None:
    browser = client_for(alice)
    store = browser.session
    store[sessions.PASSWORD_AT] = 0
    store.save()
    form = {"label": "bot", "permissions": ["read"], "networks": ""}
    assert browser.post("/api-keys", form)["Location"].startswith("/security/confirm")
    assert not ApiKey.objects.exists()

    wrong = browser.post("/security/confirm", {"password": "no", "next": "/api-keys"})
    assert wrong.status_code == 422
    done = browser.post("/security/confirm", {"password": people.PASSWORD, "next": "/api-keys"})
    assert done["Location"] == "/api-keys"
    assert browser.post("/api-keys", form).status_code == 200


def test_confirming_leads_nowhere_foreign(client_for: Client, alice: User) -> None:
    form = {"password": people.PASSWORD, "next": "https://evil.example/"}
    assert client_for(alice).post("/security/confirm", form)["Location"] == "/security"


def test_second_factor_off_and_new_codes(client_for: Client, tenant: Tenant, bob: User) -> None:
    gina = people.make_customer(tenant, "gina", second_factor=True)
    browser = client_for(gina)
    fresh = browser.post("/security/recovery-codes").content.decode()
    assert len(set(re.findall(r"<span>(\w{5}-\w{5})</span>", fresh))) == 10
    assert client_for(bob).post("/security/second-factor/off").status_code == 302
    assert browser.get("/security").content.decode().count("second-factor-off") > 0
    browser.post("/security/second-factor/off")
    assert "Set up" in browser.get("/security").content.decode()
