"""Each channel against a real endpoint: what it gets, how it is proved, what refusals become."""

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.models import AuditRecord
from identity import crypto
from identity.models import User
from listener import Listener
from messaging import actions, outbox, phones, provider_rows, push, webhooks
from messaging.models import (
    Notice,
    OutboxMail,
    OutboxMessage,
    Phone,
    Provider,
    PushSubscription,
    WebhookEndpoint,
)
from tenants.models import Tenant


class Device:
    """A browser's side of web push: it alone can read what it is sent (RFC 8291, 3.3-3.4)."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.public = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.auth = os.urandom(16)

    def subscribe(self, user: User, endpoint: str) -> PushSubscription:
        def text(data: bytes) -> str:
            return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

        return PushSubscription.objects.create(
            user=user, endpoint=endpoint, p256dh=text(self.public), auth=text(self.auth)
        )

    def read(self, body: bytes) -> dict[str, Any]:
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.private.exchange(ec.ECDH(), point)
        info = b"WebPush: info\0" + self.public + sender
        material = _hkdf(self.auth, shared, info, 32)
        key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1:] == b"\x02"
        return dict(json.loads(plain[:-1]))


def _hkdf(salt: bytes, material: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def tell(user: User, **more: Any) -> None:
    values = {"kind": "money", "template": "deposit_credited", "path": "/deposit", **more}
    actions.tell(user=user, context={"amount": "12", "asset": "EUR"}, **values)


def the(channel: str) -> OutboxMessage:
    return OutboxMessage.objects.get(channel=channel)


# Web push


def test_a_push_is_read_by_its_browser_alone_and_signed_by_the_firm(
    there: Listener, alice: User
) -> None:
    device = Device()
    device.subscribe(alice, f"{there.address}/push/alice")
    tell(alice)
    assert outbox.deliver(the("push").pk)
    (received,) = there.received
    assert device.read(received.body) == {
        "title": "Your deposit is here",
        "text": "",
        "path": "/deposit",
    }
    assert b"deposit" not in received.body
    assert received.headers["content-encoding"] == "aes128gcm"
    assert int(received.headers["ttl"]) > 0
    scheme, told = received.headers["authorization"].split(" ", 1)
    parts = dict(part.strip().split("=", 1) for part in told.split(","))
    assert scheme == "vapid" and parts["k"].rstrip("=") == push.public_key()
    point = base64.urlsafe_b64decode(parts["k"] + "=" * (-len(parts["k"]) % 4))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(parts["t"], public, algorithms=["ES256"], audience=there.address)
    assert claims["sub"].startswith(("mailto:", "https://", "http://"))
    assert time.time() < claims["exp"] <= time.time() + 86_400


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(there: Listener, alice: User, status: int) -> None:
    Device().subscribe(alice, f"{there.address}/push/alice")
    tell(alice)
    there.answers = [(status, {}, b"")]
    assert not outbox.deliver(the("push").pk)
    assert the("push").state == "dropped"
    assert not PushSubscription.objects.filter(user=alice).exists()


def test_a_busy_service_is_given_the_time_it_asks_for(there: Listener, alice: User) -> None:
    Device().subscribe(alice, f"{there.address}/push/alice")
    tell(alice)
    there.answers = [(429, {"Retry-After": "600"}, b"")]
    assert not outbox.deliver(the("push").pk)
    message = the("push")
    assert message.state == "queued" and message.last_error == "HTTP 429"
    assert 590 < (message.next_attempt_at - timezone.now()).total_seconds() <= 600
    assert outbox.deliver(message.pk)


def test_a_push_is_not_sent_to_a_browser_that_changed_hands(
    there: Listener, alice: User, bob: User
) -> None:
    row = Device().subscribe(alice, f"{there.address}/push/shared")
    tell(alice)
    PushSubscription.objects.filter(pk=row.pk).update(user=bob)
    assert not outbox.deliver(the("push").pk)
    assert the("push").state == "dropped" and there.received == []


# SMS


def confirmed(user: User, number: str = "+46701234567") -> None:
    Phone.objects.create(user=user, number=number, confirmed_at=timezone.now())


def test_an_sms_goes_through_the_service_of_the_firm(
    there: Listener, sms: Provider, alice: User
) -> None:
    confirmed(alice)
    there.answers = [(201, {}, b'{"sid": "SM77", "status": "queued"}')]
    actions.tell(user=alice, kind="security", template="password_changed", path="/security")
    assert outbox.deliver(the("sms").pk)
    (received,) = there.received
    assert received.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert received.fields == {
        "To": "+46701234567",
        "From": "+15005550006",
        "Body": the("sms").subject,
    }
    login = base64.b64encode(b"AC1:the-token").decode()
    assert received.headers["authorization"] == f"Basic {login}"
    assert the("sms").reference == "SM77"
    assert b"the-token" not in bytes(Provider.objects.get().secret_encrypted)


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (404, "failed"), (429, "queued"), (503, "queued")]
)
def test_what_a_refused_sms_becomes(
    there: Listener, sms: Provider, alice: User, status: int, state: str
) -> None:
    confirmed(alice)
    actions.tell(user=alice, kind="security", template="password_changed")
    there.answers = [(status, {}, b'{"code": 21211, "message": "+46701234567 is no number"}')]
    assert not outbox.deliver(the("sms").pk)
    message = the("sms")
    assert message.state == state and str(status) in message.last_error
    assert "4670" not in message.last_error


def test_a_number_counts_once_its_code_was_typed(
    there: Listener, sms: Provider, alice: User, bob: User
) -> None:
    phones.set_number(number="0046 (70) 123-45 67", acting_user=alice)
    assert phones.confirmed_number(alice.pk) == ""
    assert outbox.deliver(the("sms").pk)
    assert there.received[0].fields["To"] == "+46701234567"
    code = there.received[0].fields["Body"].split()[0]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    with pytest.raises(phones.PhoneError):
        phones.confirm_number(code=wrong, acting_user=alice)
    with pytest.raises(phones.PhoneError):
        phones.confirm_number(code=code, acting_user=bob)
    phones.confirm_number(code=code, acting_user=alice)
    assert phones.confirmed_number(alice.pk) == "+46701234567"
    with pytest.raises(phones.PhoneError):
        phones.confirm_number(code=code, acting_user=alice)


def test_codes_are_not_guessed_nor_sent_without_end(
    there: Listener, sms: Provider, alice: User
) -> None:
    phones.set_number(number="+46701234567", acting_user=alice)
    code = the("sms").text.split()[0]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _try in range(phones.MOST_WRONG):
        with pytest.raises(phones.PhoneError):
            phones.confirm_number(code=wrong, acting_user=alice)
    with pytest.raises(phones.PhoneError):
        phones.confirm_number(code=code, acting_user=alice)
    for _again in range(phones.MOST_CODES_A_DAY - 1):
        phones.set_number(number="+46701234567", acting_user=alice)
    with pytest.raises(phones.PhoneError):
        phones.set_number(number="+46709999999", acting_user=alice)
    phones.remove_number(acting_user=alice)
    with pytest.raises(phones.PhoneError):
        phones.set_number(number="+46709999999", acting_user=alice)
    assert OutboxMessage.objects.filter(channel="sms").count() == phones.MOST_CODES_A_DAY


@pytest.mark.parametrize("number", ["", "12", "+0701234567", "+4670123456789012", "+46abc1234567"])
def test_what_is_no_number_is_refused(sms: Provider, alice: User, number: str) -> None:
    with pytest.raises(phones.PhoneError):
        phones.set_number(number=number, acting_user=alice)
    assert not Phone.objects.exists()


# Webhooks


@pytest.fixture
def hook(there: Listener, owner: User) -> tuple[WebhookEndpoint, bytes]:
    row, secret = webhooks.add(url=f"{there.address}/hook?a=1", kinds=["money"], acting_user=owner)
    return row, base64.b64decode(secret.removeprefix("whsec_"))


def test_a_webhook_is_signed_over_id_moment_and_body(
    there: Listener, hook: tuple[WebhookEndpoint, bytes], alice: User
) -> None:
    tell(alice)
    assert outbox.deliver(the("webhook").pk)
    (received,) = there.received
    assert received.path == "/hook?a=1"
    headers = received.headers
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + received.body
    wanted = base64.b64encode(hmac.new(hook[1], signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    body = json.loads(received.body)
    assert body["type"] == "money.deposit_credited"
    assert body["data"]["customer_id"] == alice.pk
    assert alice.email.encode() not in received.body and b"12" not in body["type"].encode()


def test_a_webhook_keeps_its_id_from_try_to_try_and_ends_as_a_dead_letter(
    there: Listener, hook: tuple[WebhookEndpoint, bytes], alice: User
) -> None:
    tell(alice)
    message = the("webhook")
    there.answers = [(500, {}, b""), (302, {"Location": "http://127.0.0.1:1/"}, b"")] + [
        (404, {}, b"")
    ] * (outbox.MAX_ATTEMPTS - 2)
    for _try in range(outbox.MAX_ATTEMPTS):
        assert not outbox.deliver(message.pk)
    assert the("webhook").state == "failed"
    assert not outbox.deliver(message.pk)
    assert len({received.headers["webhook-id"] for received in there.received}) == 1
    assert len(there.received) == outbox.MAX_ATTEMPTS


def test_only_its_kinds_are_told_and_not_when_it_is_off(
    there: Listener, hook: tuple[WebhookEndpoint, bytes], alice: User, owner: User
) -> None:
    actions.tell(user=alice, kind="security", template="password_changed")
    assert not OutboxMessage.objects.filter(channel="webhook").exists()
    tell(alice)
    url, kinds = hook[0].url, ["money"]
    webhooks.change(
        endpoint_id=hook[0].pk, url=url, kinds=kinds, is_on=False, renew=False, acting_user=owner
    )
    tell(alice)
    assert not outbox.deliver(the("webhook").pk)
    assert the("webhook").state == "dropped" and there.received == []


def test_a_new_secret_ends_the_old_one(hook: tuple[WebhookEndpoint, bytes], owner: User) -> None:
    told = webhooks.change(
        endpoint_id=hook[0].pk,
        url=hook[0].url,
        kinds=["money"],
        is_on=True,
        renew=True,
        acting_user=owner,
    )
    fresh = base64.b64decode(told.removeprefix("whsec_"))
    kept = crypto.decrypt(bytes(WebhookEndpoint.objects.get().secret_encrypted))
    assert kept == fresh != hook[1]
    records = AuditRecord.objects.filter(action="messaging.change_webhook")
    assert told not in str(list(records.values_list("old", "new")))


# One telling, many ways


def test_the_same_is_told_once_by_every_channel(
    there: Listener, sms: Provider, hook: tuple[WebhookEndpoint, bytes], alice: User
) -> None:
    confirmed(alice)
    Device().subscribe(alice, f"{there.address}/push/alice")
    for _twice in range(2):
        tell(alice, key="deposit:1")
    assert OutboxMail.objects.filter(user=alice).count() == 1
    assert OutboxMessage.objects.filter(channel="push").count() == 1
    assert OutboxMessage.objects.filter(channel="webhook").count() == 1
    assert Notice.objects.filter(user=alice).count() == 1
    tell(alice, key="deposit:2")
    assert OutboxMail.objects.filter(user=alice).count() == 2


def test_a_message_that_was_sent_keeps_no_words(
    there: Listener, settings: Any, alice: User
) -> None:
    settings.DEVELOPMENT = False
    Device().subscribe(alice, f"{there.address}/push/alice")
    tell(alice)
    outbox.deliver(the("push").pk)
    assert the("push").text == ""


def test_a_dead_letter_is_sent_again_by_who_may(
    there: Listener, hook: tuple[WebhookEndpoint, bytes], alice: User, owner: User, staff_of: Any
) -> None:
    tell(alice)
    message = the("webhook")
    with pytest.raises(ValueError):
        outbox.send_again(message_id=message.pk, acting_user=owner)
    OutboxMessage.objects.filter(pk=message.pk).update(state="failed", attempts=8)
    with pytest.raises(PermissionDenied):
        outbox.send_again(message_id=message.pk, acting_user=staff_of("support"))
    assert the("webhook").state == "failed"
    outbox.send_again(message_id=message.pk, acting_user=owner)
    assert (the("webhook").state, the("webhook").attempts) == ("queued", 0)
    assert outbox.deliver(message.pk)
    assert AuditRecord.objects.filter(action="messaging.send_again").count() == 1


# The firm's own mail server


def test_a_firms_secret_does_not_follow_to_another_place(
    there: Listener, sms: Provider, owner: User, tenant: Tenant
) -> None:
    options = {**sms.options, "address": "https://evil.example"}
    with pytest.raises(ValueError):
        provider_rows.set_provider(
            channel="sms", options=options, secret="", is_on=True, acting_user=owner
        )
    provider_rows.set_provider(
        channel="sms", options={**sms.options, "sender": "NORTH"}, secret="", is_on=True,
        acting_user=owner,
    )  # fmt: skip
    row = Provider.objects.get()
    assert row.options["sender"] == "NORTH" and provider_rows.secret_of(row) == "the-token"
    assert "the-token" not in str(list(AuditRecord.objects.values_list("old", "new")))


def test_a_mail_goes_through_the_firms_own_server(
    there: Listener, owner: User, settings: Any
) -> None:
    """Nobody speaks SMTP there, so it fails at that server and not at the platform's."""
    provider_rows.set_provider(
        channel="mail",
        options={"host": "127.0.0.1", "port": "9", "user": "", "security": "starttls"},
        secret="",
        is_on=True,
        acting_user=owner,
    )
    mail = actions.send_mail("test_message", "dora@north.example")
    assert not actions.deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert mail.last_error == "ConnectionRefusedError"
    settings.PRIVATE_TARGETS = False
    assert not actions.deliver_mail(mail.pk)
    mail.refresh_from_db()
    assert mail.last_error == "Refused"


def test_nobody_without_the_right_sets_anything_up(
    staff_of: Callable[..., User], alice: User, there: Listener
) -> None:
    for user in (staff_of("support"), staff_of("finance"), alice):
        with pytest.raises(PermissionDenied):
            webhooks.add(url=there.address, kinds=["money"], acting_user=user)
        with pytest.raises(PermissionDenied):
            provider_rows.set_provider(
                channel="sms", options={}, secret="x", is_on=True, acting_user=user
            )
    assert not WebhookEndpoint.objects.exists() and not Provider.objects.exists()
