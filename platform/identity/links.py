"""Where mailed links point: customers to the portal, staff to their own pages."""

from identity.models import User


def _staff_home(user: User) -> str:
    return "/operator/" if user.is_operator else "/backoffice/"


def verification(token: str) -> str:
    return f"/verify/{token}"


def invitation(user: User, token: str) -> str:
    return f"{_staff_home(user)}invitation/{token}/"


def password_reset(user: User, token: str) -> str:
    return f"{_staff_home(user)}reset/{token}/" if user.is_staff else f"/reset/{token}"


def forgotten_password(user: User) -> str:
    return f"{_staff_home(user)}forgot/" if user.is_staff else "/forgot"


def security(user: User) -> str:
    return _staff_home(user) if user.is_staff else "/security"


def sign_in(user: User) -> str:
    return f"{_staff_home(user)}sign-in/" if user.is_staff else "/sign-in"
