from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import actions as audit
from identity import links, roles
from identity.actions import api_keys, devices, tokens
from identity.actions.profile import set_password
from identity.actions.sign_up import mark_verified
from identity.errors import IdentityError
from identity.models import User
from identity.models.user import normalize_email
from messaging import actions as messaging


def create_user(
    *, email: str, password: str, language: str = "", verified: bool = True, acting_user: Any
) -> User:
    """A customer made by staff or a command; a verified one gets his account at once."""
    with transaction.atomic():
        user = _create(email=email, password=make_password(password), language=language)
        audit.record("identity.create_user", user, acting_user=acting_user)
        if verified:
            mark_verified(user, acting_user=acting_user)
    return user


def create_staff(
    *, email: str, role: str, password: str = "", name: str = "", language: str = "",
    acting_user: Any,
) -> User:  # fmt: skip
    """Staff made by a command or with a new tenant; without a password he cannot sign in yet."""
    with transaction.atomic():
        user = _create(
            email=email,
            password=make_password(password or None),
            name=name,
            language=language,
            is_staff=True,
            role=role,
            email_verified_at=timezone.now() if password else None,
        )
        audit.record("identity.create_staff", user, new={"role": role}, acting_user=acting_user)
    return user


def invite_staff(
    *, email: str, role: str, name: str = "", language: str = "", acting_user: User | None
) -> User:
    """Mail an invitation: the invited person sets a password, then enrols a second factor.

    ``acting_user`` None is the system (a new tenant's first owner). Inviting again before it
    was accepted sends a new link and may change the role. A sign-up that was never confirmed
    belongs to nobody: it becomes the invited person's, and its own link ends.
    """
    if acting_user is not None:
        roles.require(acting_user, "staff.manage")
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email=normalize_email(email)).first()
        if user is None:
            user = create_staff(
                email=email, role=role, name=name, language=language, acting_user=acting_user
            )
        elif user.email_verified_at is None and (user.is_staff or user.is_active):
            if not user.is_staff:
                _take_over(user, name=name, language=language)
            user.role = role
            user.full_clean(exclude=["password"])
            user.save()
        else:
            raise IdentityError("email_taken", _("There is already a user with this e-mail."))
        send_invitation(user)
        audit.record("identity.invite_staff", user, new={"role": role}, acting_user=acting_user)
    return user


def _take_over(user: User, *, name: str, language: str) -> None:
    """Make a staff login of a sign-up that was never confirmed; nothing of it stays."""
    tokens.forget_all(user)
    user.password = make_password(None)
    user.is_staff = True
    user.name, user.language = name, language


def send_invitation(user: User) -> None:
    token = tokens.issue(user, tokens.Purpose.INVITATION)
    messaging.send_mail(
        "staff_invitation",
        user.email,
        # Not in the inviter's language: the mail is rendered in that of who gets it.
        {"path": links.invitation(user, token), "role": dict(roles.CHOICES).get(user.role, "")},
        language=user.language,
    )


def accept_invitation(*, token: str, password: str) -> User:
    """The invited person sets a password; the second factor is enrolled after signing in."""
    with transaction.atomic():
        user = tokens.redeem(token, tokens.Purpose.INVITATION)
        set_password(user, password)
        user.email_verified_at = timezone.now()
        user.save(update_fields=["email_verified_at"])
        audit.record("identity.accept_invitation", user, acting_user=user)
    return user


def set_first_password(*, user: User, password: str, acting_user: Any) -> None:
    """In an invited person's place, for demo data: what accepting the invitation would do."""
    with transaction.atomic():
        user.set_password(password)
        user.password_changed_at = user.email_verified_at = timezone.now()
        user.save(update_fields=["password", "password_changed_at", "email_verified_at"])
        audit.record("identity.set_first_password", user, acting_user=acting_user)


def change_role(*, user: User, role: str, acting_user: User, reason: str = "") -> None:
    """Give staff another role. Nobody changes his own, and one owner always stays."""
    roles.require(acting_user, "staff.manage")
    if role not in dict(roles.CHOICES):
        raise IdentityError("unknown_role", _("Choose a role from the list."))
    with transaction.atomic():
        user = _locked_colleague(user, acting_user)
        old_role, user.role = user.role, role
        user.save(update_fields=["role"])
        _keep_an_owner()
        devices.revoke_other_sessions(user=user, keep_key=None, acting_user=acting_user)
        audit.record(
            "identity.change_role",
            user,
            old={"role": old_role},
            new={"role": role},
            acting_user=acting_user,
            reason=reason,
        )


def set_user_active(*, user: User, is_active: bool, acting_user: User, reason: str) -> None:
    """Close a login or open it again. Closing ends its sessions, API keys, trusted browsers and
    mailed links for good: whoever is let in again begins anew."""
    roles.require(acting_user, "staff.manage" if user.is_staff else "customers.edit")
    with transaction.atomic():
        user = _locked_colleague(user, acting_user)
        old, user.is_active = user.is_active, is_active
        user.save(update_fields=["is_active"])
        if user.is_staff:
            _keep_an_owner()
        if not is_active:
            devices.revoke_other_sessions(user=user, keep_key=None, acting_user=acting_user)
            devices.forget_all_devices(user=user, acting_user=acting_user)
            api_keys.revoke_all_api_keys(user=user, acting_user=acting_user)
            tokens.forget_all(user)
        audit.record(
            "identity.set_user_active",
            user,
            old={"is_active": old},
            new={"is_active": is_active},
            acting_user=acting_user,
            reason=reason,
        )


def _create(**fields: Any) -> User:
    user = User(password_changed_at=timezone.now(), **fields)
    user.full_clean(exclude=["password"])
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise IdentityError(
            "email_taken", _("There is already a user with this e-mail.")
        ) from error
    return user


def _locked_colleague(user: User, acting_user: User) -> User:
    if user.pk == acting_user.pk:
        raise IdentityError("own_account", _("Someone else has to do this for you."))
    # All owners are locked, in one order: two of them cannot remove each other at once.
    list(User.objects.select_for_update().filter(role=roles.OWNER).order_by("pk"))
    return User.objects.select_for_update().get(pk=user.pk)


def _keep_an_owner() -> None:
    if not User.objects.filter(role=roles.OWNER, is_active=True).exists():
        raise IdentityError("last_owner", _("There must always be an owner."))
