"""A place that messages are sent to, and a channel for each way out."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from identity.models import User
from listener import Listener, listening
from messaging import provider_rows
from messaging.models import Provider


@pytest.fixture
def there(settings: Any) -> Iterator[Listener]:
    """A server on this machine, which the fence lets through."""
    settings.PRIVATE_TARGETS = True
    with listening() as listener:
        yield listener


@pytest.fixture
def owner(staff_of: Callable[..., User]) -> User:
    return staff_of("owner")


@pytest.fixture
def sms(there: Listener, owner: User) -> Provider:
    return provider_rows.set_provider(
        channel="sms",
        options={"account": "AC1", "sender": "+15005550006", "address": there.address},
        secret="the-token",
        is_on=True,
        acting_user=owner,
    )
