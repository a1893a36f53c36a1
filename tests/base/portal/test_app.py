"""The portal as an app: manifest, icons, worker, offline page, push; and faults in the brand."""

import base64
import io
import json
from collections.abc import Callable

import pytest
from django.test import RequestFactory
from PIL import Image

import people
from identity.models import User
from messaging import push
from messaging.models import PushKey, PushSubscription
from portal.views import errors
from tenants.models import Tenant

Client = Callable[..., people.Browser]


def subscription(name: str = "one") -> dict[str, object]:
    return {
        "endpoint": f"https://push.example/{name}",
        "keys": {
            "p256dh": base64.urlsafe_b64encode(b"\x04" + b"k" * 64).decode().rstrip("="),
            "auth": base64.urlsafe_b64encode(b"a" * 16).decode().rstrip("="),
        },
    }


def send(browser: people.Browser, body: object, method: str = "post") -> int:
    text = json.dumps(body)
    return int(getattr(browser, method)("/push", text, content_type="application/json").status_code)


def test_the_manifest_is_the_brands(client_for: Client) -> None:
    answer = client_for().get("/app.webmanifest")
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert told["name"] == "North Exchange"
    assert told["display"] == "standalone" and told["scope"] == "/"
    for icon in told["icons"]:
        picture = client_for().get(icon["src"])
        assert picture.status_code == 200
        if icon["type"] == "image/png":
            size = int(icon["sizes"].split("x")[0])
            assert Image.open(io.BytesIO(picture.content)).size == (size, size)
    assert {icon.get("purpose") for icon in told["icons"]} >= {"any", "maskable"}


def test_an_icon_of_any_other_size_is_not_drawn(client_for: Client) -> None:
    assert client_for().get("/brand/icon-4096.png").status_code == 404


def test_the_worker_serves_the_whole_site_and_keeps_no_page(client_for: Client) -> None:
    answer = client_for().get("/service-worker.js")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    for address in ("/offline", "/static/portal/css/tokens.css"):
        assert address in text
        assert "/dashboard" not in text
    assert "North Exchange" in client_for().get("/offline").content.decode()


def test_a_subscription_is_kept_and_forgotten(client_for: Client, alice: User) -> None:
    browser = client_for(alice)
    key = json.loads(browser.get("/push").content)["key"]
    assert len(base64.urlsafe_b64decode(key + "==")) == 65
    assert json.loads(browser.get("/push").content)["key"] == key
    assert PushKey.objects.count() == 1
    assert send(browser, subscription()) == 204
    assert send(browser, subscription()) == 204
    assert PushSubscription.objects.get().user_id == alice.pk
    assert send(browser, {"endpoint": "https://push.example/one"}, "delete") == 204
    assert not PushSubscription.objects.exists()


def test_a_subscription_is_its_owners(
    client_for: Client, alice: User, bob: User, charlie: User, tenant: Tenant
) -> None:
    send(client_for(alice), subscription())
    assert send(client_for(bob), {"endpoint": "https://push.example/one"}, "delete") == 204
    assert send(client_for(charlie, tenant=tenant), subscription("other")) == 302
    assert PushSubscription.objects.get().user_id == alice.pk


@pytest.mark.parametrize(
    "change",
    [{"endpoint": "http://push.example/1"}, {"endpoint": "file:///etc/passwd"}, {"endpoint": 7},
     {"endpoint": "https://" + "x" * 700}, {"keys": {}}, {"keys": None},
     {"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, {"keys": {"p256dh": "ä", "auth": "%"}}],
)  # fmt: skip
def test_what_no_browser_gives_is_refused(
    client_for: Client, alice: User, change: dict[str, object]
) -> None:
    assert send(client_for(alice), subscription() | change) == 422
    assert send(client_for(alice), [1, 2]) == 422
    assert not PushSubscription.objects.exists()


def test_only_so_many_browsers_are_kept(alice: User) -> None:
    for number in range(push.MOST_SUBSCRIPTIONS + 3):
        told = subscription(str(number))
        keys = told["keys"]
        assert isinstance(keys, dict)
        push.keep(acting_user=alice, endpoint=told["endpoint"], **keys, user_agent="x")
    kept = PushSubscription.objects.filter(user=alice)
    assert kept.count() == push.MOST_SUBSCRIPTIONS
    assert not kept.filter(endpoint__endswith="/0").exists()


def test_faults_say_what_to_do_next(tenant: Tenant) -> None:
    request = RequestFactory().get("/orders?side=buy")
    request.tenant = tenant  # type: ignore[attr-defined]
    for make, status in ((errors.not_found, 404), (errors.forbidden, 403),
                         (errors.server_error, 500), (errors.unavailable, 503)):  # fmt: skip
        page = make(request)
        text = page.content.decode()
        assert page.status_code == status
        assert "North Exchange" in text and 'href="/"' in text
    assert 'href="/orders?side=buy"' in errors.unavailable(request).content.decode()
    slow = errors.too_many(request, retry_seconds=60)
    assert slow.status_code == 429 and slow["Retry-After"] == "60"


def test_a_form_of_a_session_that_ended_leads_back_to_its_page(client_for: Client) -> None:
    browser = client_for()
    here = f"http://{browser.defaults['HTTP_HOST']}/api-keys"
    answer = browser.post("/api-keys", {"label": "x"}, HTTP_REFERER=here)
    assert answer["Location"] == "/sign-in?next=%2Fapi-keys"
    answer = browser.post("/api-keys", {"label": "x"}, HTTP_REFERER="https://evil.example/api-keys")
    assert answer["Location"] == "/sign-in"
