"""Ways to hand a message over, one module a channel, behind one interface.

``send(message)`` of a module gives what the provider calls it. `Failed` says that it may work
later, `Hopeless` that it never will, `Gone` that the recipient is no more. All channels carry the
message's own id (Message-ID, Topic, a header), as it is sent at least once: after a crash between
the provider's answer and our commit it goes out a second time with the same id.
"""

from collections.abc import Callable
from importlib import import_module
from typing import cast

from messaging.models import Channel, OutboxMessage
from messaging.providers.errors import Failed, Gone, Hopeless

__all__ = ["Failed", "Gone", "Hopeless", "sender_of"]

Send = Callable[[OutboxMessage], str]

# By name: their libraries are large, and most processes never send anything.
_MODULES = {
    Channel.MAIL: "mail",
    Channel.SMS: "sms",
    Channel.PUSH: "webpush",
    Channel.WEBHOOK: "webhook",
}


def sender_of(channel: str) -> Send:
    module = import_module(f"messaging.providers.{_MODULES[Channel(channel)]}")
    return cast(Send, module.send)
