"""Double sends: the first claims the form's token and acts, the others get where it led."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from backoffice.models import FormToken

KEEP = timedelta(days=7)
WAIT_SECONDS = 10.0
WAIT_STEP_SECONDS = 0.1


class StillWorking(Exception):
    """The first send has not ended; nobody may act a second time on its behalf."""


def new_token() -> str:
    return str(uuid.uuid4())


def do_once(token: str, user_id: int, act: Callable[[], str]) -> str:
    """The address ``act`` gave, acting only for the first sender of ``token``.

    A failed act gives the token back, so that a mended form can be sent again. Raises
    StillWorking when another send of the same form is not done within ten seconds.
    """
    key = uuid.UUID(token)
    # Committed at once, and not in a transaction around `act`: a second send must see it.
    _row, is_first = FormToken.objects.get_or_create(
        token=key, defaults={"schema_name": connection.schema_name, "user_id": user_id}
    )
    if not is_first:
        return _address_of_first(key, user_id)
    try:
        address = act()
    except BaseException:
        FormToken.objects.filter(token=key).delete()
        raise
    FormToken.objects.filter(token=key).update(address=address)
    return address


def address_of_done(token: str, user_id: int) -> str:
    """Where an earlier send of this form led; "" when there was none, or it is not done yet."""
    try:
        key = uuid.UUID(token)
    except ValueError:
        return ""
    rows = FormToken.objects.filter(token=key, user_id=user_id, schema_name=connection.schema_name)
    return rows.values_list("address", flat=True).first() or ""


def _address_of_first(key: uuid.UUID, user_id: int) -> str:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        address = (
            FormToken.objects.filter(token=key, user_id=user_id, schema_name=connection.schema_name)
            .values_list("address", flat=True)
            .first()
        )
        if address:
            return address
        if address is None:
            break
        time.sleep(WAIT_STEP_SECONDS)
    raise StillWorking


def forget_old_tokens() -> None:
    """Tokens of forms nobody will send again."""
    FormToken.objects.filter(created_at__lt=timezone.now() - KEEP).delete()
