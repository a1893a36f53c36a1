"""API keys: shown once, stored encrypted, revoked at once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django_tenants.utils import tenant_context

import people
from identity import actions, crypto, forms, selectors, sessions, signals
from identity.errors import IdentityError
from identity.models import ApiKey, User
from messaging.models import OutboxMail
from tenants.models import Tenant
from visits import link_in, visit


def make_key(user: User, **options: Any) -> Any:
    options = {"label": "bot", "permissions": ["read", "trade"], "request": None} | options
    return actions.create_api_key(user=user, acting_user=user, **options)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    ids: list[str] = []

    def hear(sender: Any, public_id: str, **_: Any) -> None:
        ids.append(public_id)

    signals.api_key_changed.connect(hear)
    yield ids
    signals.api_key_changed.disconnect(hear)


def test_a_key_can_be_found_with_its_secret(alice: User, heard: list[str]) -> None:
    new = make_key(alice)
    info = selectors.api_key_by_public_id(new.key.public_id)
    assert info is not None
    assert info.secret == new.secret.encode()
    assert info.user_id == alice.pk
    assert info.permissions == {"read", "trade"}
    assert heard == [new.key.public_id]
    assert OutboxMail.objects.filter(to=alice.email, template="api_key_created").exists()


def test_staff_have_no_keys(staff_of: Callable[..., User]) -> None:
    staff = staff_of("owner")
    with pytest.raises(IdentityError) as refusal:
        make_key(staff)
    assert refusal.value.code == "staff"
    assert not ApiKey.objects.exists()


def test_the_secret_is_stored_encrypted_and_shown_by_nothing(alice: User) -> None:
    new = make_key(alice)
    row = ApiKey.objects.values().get()
    assert new.secret not in str(
        {k: bytes(v) if k == "secret_encrypted" else v for k, v in row.items()}
    )
    assert new.secret not in repr(selectors.api_key_by_public_id(new.key.public_id))


def test_older_encryption_keys_still_decrypt(alice: User, settings: Any) -> None:
    new = make_key(alice)
    former = settings.MARQUE_ENCRYPTION_KEYS
    settings.MARQUE_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *former]
    info = selectors.api_key_by_public_id(new.key.public_id)
    assert info is not None and info.secret == new.secret.encode()
    rotated = crypto.rotate(bytes(new.key.secret_encrypted))
    settings.MARQUE_ENCRYPTION_KEYS = settings.MARQUE_ENCRYPTION_KEYS[:1]
    assert crypto.decrypt(rotated) == new.secret.encode()
    with pytest.raises(InvalidToken):
        crypto.decrypt(bytes(new.key.secret_encrypted))


def test_a_revoked_key_is_gone_at_once(alice: User, bob: User, heard: list[str]) -> None:
    public_id = make_key(alice).key.public_id
    assert not actions.revoke_api_key(user=bob, public_id=public_id, acting_user=bob)
    assert selectors.api_key_by_public_id(public_id) is not None
    assert actions.revoke_api_key(user=alice, public_id=public_id, acting_user=alice)
    assert selectors.api_key_by_public_id(public_id) is None
    assert heard == [public_id, public_id]
    assert not actions.revoke_api_key(user=alice, public_id=public_id, acting_user=alice)


def test_keys_of_a_closed_user_and_expired_keys_are_gone(alice: User, bob: User) -> None:
    hers = make_key(alice).key
    his = make_key(bob, expires_at=timezone.now() + timedelta(seconds=60)).key
    assert selectors.api_key_by_public_id(his.public_id) is not None
    ApiKey.objects.filter(pk=his.pk).update(expires_at=timezone.now())
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert selectors.api_key_by_public_id(hers.public_id) is None
    assert selectors.api_key_by_public_id(his.public_id) is None


def test_what_closing_a_login_ended_stays_ended(
    alice: User, bob: User, staff_of: Callable[..., User]
) -> None:
    officer, key, bobs = staff_of("compliance"), make_key(alice).key, make_key(bob).key
    actions.request_password_reset(request=visit(), email=alice.email)
    token = link_in(OutboxMail.objects.get(template="reset_password")).rpartition("/")[2]
    actions.trust_device(request=visit(), user=alice)
    with pytest.raises(PermissionDenied):
        actions.set_user_active(user=alice, is_active=False, acting_user=bob, reason="envy")
    assert selectors.api_key_by_public_id(key.public_id) is not None
    for is_active in (False, True):
        actions.set_user_active(
            user=alice, is_active=is_active, acting_user=officer, reason="asked for it"
        )
        assert selectors.api_key_by_public_id(key.public_id) is None
        assert not selectors.trusted_devices_of(alice).exists()
    with pytest.raises(IdentityError):
        actions.reset_password(token=token, password="fresh-Badger-lamp-31")
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert selectors.api_key_by_public_id(bobs.public_id) is not None
    answer = actions.sign_in(request=visit(), email=alice.email, password=people.PASSWORD)
    assert answer.state == "signed_in"


@pytest.mark.parametrize("text", ["", "mk_", "mk_\x00", "mk_" + "0" * 19 + "\n", "x" * 23, "é"])
def test_what_is_no_key_is_not_looked_up(
    alice: User, text: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert selectors.api_key_by_public_id(text) is None
        assert not actions.revoke_api_key(user=alice, public_id=text, acting_user=alice)


def test_a_key_of_one_tenant_is_unknown_at_the_other(alice: User, other_tenant: Tenant) -> None:
    public_id = make_key(alice).key.public_id
    with tenant_context(other_tenant):
        assert selectors.api_key_by_public_id(public_id) is None


def test_from_the_web_the_user_must_have_proven_himself_lately(alice: User) -> None:
    request = visit()
    actions.sign_in(request=request, email=alice.email, password=people.PASSWORD)
    request.session[sessions.PASSWORD_AT] -= 601
    with pytest.raises(IdentityError) as refusal:
        make_key(alice, request=request)
    assert refusal.value.code == "step_up"
    assert not ApiKey.objects.exists()


def test_withdrawing_by_key_needs_a_second_factor(alice: User) -> None:
    request = visit()
    actions.sign_in(request=request, email=alice.email, password=people.PASSWORD)
    with pytest.raises(IdentityError):
        make_key(alice, request=request, permissions=["read", "withdraw"])
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("permissions", [[], ["root"], ["read", "root"]])
def test_a_key_has_known_permissions(alice: User, permissions: list[str]) -> None:
    with pytest.raises(IdentityError):
        make_key(alice, permissions=permissions)
    assert not ApiKey.objects.exists()


def test_there_is_an_end_of_keys(alice: User) -> None:
    for _ in range(20):
        make_key(alice)
    with pytest.raises(IdentityError):
        make_key(alice)
    assert ApiKey.objects.count() == 20


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ([], "203.0.113.5", True),
        (["203.0.113.5"], "203.0.113.5", True),
        (["203.0.113.5"], "::ffff:203.0.113.5", True),
        (["203.0.113.5"], "203.0.113.6", False),
        (["203.0.113.0/24", "2001:db8::/32"], "203.0.113.200", True),
        (["203.0.113.0/24", "2001:db8::/32"], "2001:db8::1", True),
        (["203.0.113.0/24"], "2001:db8::1", False),
        (["203.0.113.0/24"], "nonsense", False),
    ],
)
def test_the_allow_list(alice: User, networks: list[str], address: str, allowed: bool) -> None:
    key = make_key(alice, networks=networks).key
    info = selectors.api_key_by_public_id(key.public_id)
    assert info is not None and info.allows_address(address) is allowed


@pytest.mark.parametrize("text", ["300.1.1.1", "10.0.0.0/33", "example.com", "10.0.0.0/-1"])
def test_a_bad_network_is_named(text: str) -> None:
    form = forms.ApiKeyForm(
        {"label": "x", "permissions": ["read"], "networks": f"10.0.0.1\n{text}"}
    )
    assert not form.is_valid()
    assert text in form.errors["networks"][0]
