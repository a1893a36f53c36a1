"""SMS through Twilio's library; ``address`` may name another service that speaks the same."""

import base64
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import httpcore
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from messaging import fence, provider_rows
from messaging.models import Channel, OutboxMessage
from messaging.providers.errors import Failed, Gone, Hopeless, judge

TWILIO = "https://api.twilio.com"


class FencedClient(HttpClient):
    """How Twilio's library makes requests: past the fence, to the address of the firm's choice."""

    def __init__(self, address: str, message: OutboxMessage) -> None:
        self.address = urlsplit(address.rstrip("/"))
        self.message = message
        self.headers: dict[str, str] = {}

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        parts = urlsplit(url)
        target = urlunsplit(
            (
                self.address.scheme,
                self.address.netloc,
                self.address.path + parts.path,
                urlencode(params or {}),
                "",
            )
        )
        name, secret = auth or ("", "")
        answer = fence.request(
            method,
            target,
            headers={
                "Accept": "application/json",
                "Content-Type": "application/x-www-form-urlencoded",
                "Authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode(),
                "Idempotency-Key": f"{self.message.pk}-{int(self.message.created_at.timestamp())}",
            },
            body=urlencode(data or {}, doseq=True).encode(),
        )
        self.headers = answer.headers
        return Response(answer.status, answer.body.decode(errors="replace"), answer.headers)


def send(message: OutboxMessage) -> str:
    """The service's id of the SMS."""
    row = provider_rows.active(Channel.SMS)
    if row is None:
        raise Hopeless("no SMS service is set up")
    client = FencedClient(row.options.get("address") or TWILIO, message)
    service = Client(row.options["account"], provider_rows.secret_of(row), http_client=client)
    try:
        made = service.messages.create(
            to=message.to, from_=row.options["sender"], body=message.text
        )
    except TwilioRestException as error:
        try:
            judge(error.status, client.headers)
        except Gone as gone:
            # 404 is a wrong account or address here, not a customer who is no more.
            raise Hopeless(str(gone)) from error
        raise Failed(f"code {error.code}") from error
    except httpcore.TimeoutException as error:
        raise Failed("no answer in time") from error
    except ValueError:
        return ""  # taken (2xx), in words that nobody can read: a second SMS would be worse
    return str(made.sid or "")[:120]
