"""Enrolling, recovery codes, stepping up, taking away."""

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

import people
from audit import selectors as audit
from identity import actions, selectors, sessions
from identity.errors import IdentityError
from identity.models import RecoveryCode, TotpDevice, TrustedDevice, User, UserSession
from identity.models.second_factor import code_of, current_step
from messaging.models import OutboxMail
from tenants import actions as tenants
from tenants.models import Tenant
from visits import finish, visit, waiting_code


def signed_in(user: User) -> HttpRequest:
    request = visit()
    answer = actions.sign_in(request=request, email=user.email, password=people.PASSWORD)
    assert answer.state == "signed_in"
    finish(request)
    return request


def enrol(user: User, request: HttpRequest) -> list[str]:
    return actions.confirm_enrolment(request=request, user=user, code=waiting_code(request))


def test_rfc_6238_vectors() -> None:
    secret = b"12345678901234567890"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert code_of(secret, seconds // 30) == code


def test_an_authenticator_is_enrolled_by_its_first_code(alice: User) -> None:
    request = signed_in(alice)
    old_key = request.session.session_key
    enrolment = actions.begin_enrolment(request=request, user=alice, issuer="North Exchange")
    assert not TotpDevice.objects.exists()
    uri = urlsplit(enrolment.uri)
    assert unquote(uri.path) == f"/North Exchange:{alice.email}"
    secret = parse_qs(uri.query)["secret"][0]
    assert enrolment.qr_svg.startswith("<svg") and "<script" not in enrolment.qr_svg
    assert secret not in str(request.session.items())

    code = code_of(base64.b32decode(secret), current_step())
    codes = actions.confirm_enrolment(request=request, user=alice, code=code)
    assert len(set(codes)) == 10
    device = TotpDevice.objects.get(user=alice)
    assert device.secret == base64.b32decode(secret)
    assert device.secret not in bytes(device.secret_encrypted)
    assert selectors.has_second_factor(alice)
    assert request.session.session_key != old_key
    assert UserSession.objects.get(user=alice).session_key == request.session.session_key
    assert selectors.user_by_session(finish(request)).second_factor_passed
    assert OutboxMail.objects.filter(to=alice.email, template="second_factor_on").exists()


def test_a_page_shown_twice_shows_the_same_secret(alice: User) -> None:
    request = signed_in(alice)
    first = actions.begin_enrolment(request=request, user=alice, issuer="North")
    assert actions.begin_enrolment(request=request, user=alice, issuer="North") == first


def test_an_enrolment_is_its_own_sessions(alice: User, bob: User) -> None:
    """A secret that one session has seen is never offered to another, nor taken from it."""
    here, there = signed_in(alice), signed_in(alice)
    first = actions.begin_enrolment(request=there, user=alice, issuer="North")
    code = waiting_code(there)
    with pytest.raises(IdentityError) as refusal:
        actions.confirm_enrolment(request=here, user=alice, code=code)
    assert refusal.value.code == "not_enrolling"
    assert actions.begin_enrolment(request=here, user=alice, issuer="North") != first
    with pytest.raises(IdentityError, match="not right"):
        actions.confirm_enrolment(request=here, user=alice, code=code)
    # Nor is it Bob's, should he come by that browser.
    with pytest.raises(IdentityError):
        actions.confirm_enrolment(request=there, user=bob, code=code)
    assert not TotpDevice.objects.exists()
    assert len(enrol(alice, here)) == 10
    with pytest.raises(IdentityError):  # the first is on: the other needs it now
        actions.confirm_enrolment(request=there, user=alice, code=code)
    assert TotpDevice.objects.count() == 1


def test_turning_it_on_ends_the_other_sessions(alice: User) -> None:
    here, there = signed_in(alice), signed_in(alice)
    enrol(alice, here)
    assert selectors.user_by_session(finish(here)) == alice
    assert selectors.user_by_session(there.session.session_key) is None


def test_a_wrong_first_code_enrols_nothing(alice: User) -> None:
    request = signed_in(alice)
    actions.begin_enrolment(request=request, user=alice, issuer="North")
    with pytest.raises(IdentityError):
        actions.confirm_enrolment(request=request, user=alice, code="000000")
    assert not TotpDevice.objects.exists()


def test_the_first_code_cannot_sign_in_again(alice: User) -> None:
    request = signed_in(alice)
    code = waiting_code(request)
    actions.confirm_enrolment(request=request, user=alice, code=code)
    other = visit()
    actions.sign_in(request=other, email=alice.email, password=people.PASSWORD)
    assert actions.finish_sign_in(request=other, code=code).state == "refused"


def test_another_authenticator_needs_the_present_one(alice: User) -> None:
    request = signed_in(alice)
    enrol(alice, request)
    request.session[sessions.SECOND_FACTOR_AT] -= 601
    with pytest.raises(IdentityError) as refusal:
        actions.begin_enrolment(request=request, user=alice, issuer="North")
    assert refusal.value.code == "step_up"
    assert TotpDevice.objects.filter(user=alice).count() == 1

    request.user = alice
    actions.check_second_factor(request=request, code=people.current_code(alice, later_steps=1))
    enrol(alice, request)
    assert TotpDevice.objects.filter(user=alice, confirmed=True).count() == 1


def test_a_recovery_code_signs_in_once(alice: User) -> None:
    codes = enrol(alice, signed_in(alice))
    for expected in ("signed_in", "refused"):
        request = visit()
        actions.sign_in(request=request, email=alice.email, password=people.PASSWORD)
        answer = actions.finish_sign_in(request=request, code=codes[3].upper())
        assert answer.state == expected
    assert selectors.recovery_codes_left(alice) == 9
    assert OutboxMail.objects.filter(to=alice.email, template="recovery_code_used").count() == 1


def test_recovery_codes_are_kept_as_hashes(alice: User) -> None:
    codes = enrol(alice, signed_in(alice))
    stored = str(list(RecoveryCode.objects.values()))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_bob_cannot_use_alices_recovery_code(alice: User, bob: User) -> None:
    codes = enrol(alice, signed_in(alice))
    enrol(bob, signed_in(bob))
    request = visit()
    actions.sign_in(request=request, email=bob.email, password=people.PASSWORD)
    assert actions.finish_sign_in(request=request, code=codes[0]).state == "refused"
    assert selectors.recovery_codes_left(alice) == 10


def test_guessed_recovery_codes_slow_down(alice: User) -> None:
    codes = enrol(alice, signed_in(alice))
    request = visit()
    actions.sign_in(request=request, email=alice.email, password=people.PASSWORD)
    for _ in range(3):
        actions.finish_sign_in(request=request, code="aaaaa-aaaaa")
    assert actions.finish_sign_in(request=request, code=codes[0]).state == "refused"
    assert selectors.recovery_codes_left(alice) == 10


def test_new_recovery_codes_end_the_old(alice: User) -> None:
    request = signed_in(alice)
    old = enrol(alice, request)
    request.user = alice
    new = actions.new_recovery_codes(request=request, user=alice)
    assert not set(old) & set(new)
    assert RecoveryCode.objects.filter(user=alice).count() == 10


def test_a_customer_may_do_without_unless_the_tenant_is_strict(
    alice: User, tenant: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    request = signed_in(alice)
    enrol(alice, request)
    assert not selectors.must_enrol(alice)
    with django_capture_on_commit_callbacks(execute=True):
        tenants.change_setting(
            tenant=tenant,
            name="identity.customer_second_factor",
            value="required",
            acting_user=None,
        )
    with pytest.raises(IdentityError):
        actions.disable_second_factor(request=request, user=alice)
    assert selectors.has_second_factor(alice)
    TotpDevice.objects.all().delete()
    assert selectors.must_enrol(alice)


def test_taking_it_off_needs_it_and_forgets_trusted_browsers(alice: User) -> None:
    request = signed_in(alice)
    enrol(alice, request)
    request.user = alice
    actions.trust_device(request=request, user=alice)
    request.session[sessions.SECOND_FACTOR_AT] -= 601
    with pytest.raises(IdentityError):
        actions.disable_second_factor(request=request, user=alice)
    assert selectors.has_second_factor(alice)
    actions.check_second_factor(request=request, code=people.current_code(alice, later_steps=1))
    actions.disable_second_factor(request=request, user=alice)
    assert not selectors.has_second_factor(alice)
    assert not TrustedDevice.objects.exists()


def test_staff_cannot_do_without(staff_of: Callable[..., User]) -> None:
    owner = staff_of("owner")
    with pytest.raises(IdentityError):
        actions.disable_second_factor(request=None, user=owner)
    assert selectors.has_second_factor(owner)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("owner", True),
        ("compliance", True),
        ("admin", True),
        ("finance", False),
        ("support", False),
    ],
)
def test_who_may_reset_a_customers_second_factor(
    alice: User, staff_of: Callable[..., User], role: str, may: bool
) -> None:
    enrol(alice, signed_in(alice))
    someone = staff_of(role)
    if may:
        actions.reset_second_factor(user=alice, acting_user=someone, reason="lost telephone")
        record = audit.records_of(alice).first()
        assert (record.action, record.actor_id) == ("identity.reset_second_factor", someone.pk)
        assert not UserSession.objects.filter(user=alice).exists()
    else:
        with pytest.raises(PermissionDenied):
            actions.reset_second_factor(user=alice, acting_user=someone, reason="x")
    assert selectors.has_second_factor(alice) is not may


def test_bob_cannot_reset_alices_second_factor(alice: User, bob: User) -> None:
    enrol(alice, signed_in(alice))
    with pytest.raises(PermissionDenied):
        actions.reset_second_factor(user=alice, acting_user=bob, reason="x")
    assert selectors.has_second_factor(alice)


def test_staff_without_a_second_factor_are_not_fully_signed_in(
    tenant: Tenant, client_for: Callable[..., people.Browser]
) -> None:
    owner = actions.create_staff(
        email="new@north.example", role="owner", password=people.PASSWORD, acting_user=None
    )
    assert selectors.must_enrol(owner)
    key = client_for(owner).cookies["session"].value
    user = selectors.user_by_session(key)
    assert user == owner and not user.second_factor_passed


def test_the_qr_code_draws_the_uri(alice: User) -> None:
    enrolment = actions.begin_enrolment(request=signed_in(alice), user=alice, issuer="北方 & Co")
    assert re.search(r"issuer=%E5%8C%97%E6%96%B9%20%26%20Co", enrolment.uri)
