"""What the firm tells on its pages: to everybody, in their language, in its time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

import people
from backoffice.once import new_token
from care.actions import banners
from care.errors import CareError
from care.models import Banner
from identity.models import User
from tenants.models import Tenant

Client = Callable[..., people.Browser]
PAGE = "/backoffice/banners/"


def show(user: User, **changes: Any) -> Banner:
    now = timezone.now()
    texts = {
        "en": {"headline": "Maintenance <tonight>", "text": "Orders rest."},
        "ru": {"headline": "Работы ночью", "text": ""},
    }
    values = {
        "tone": "warn",
        "texts": texts,
        "starts_at": now - timedelta(minutes=1),
        "ends_at": now + timedelta(hours=1),
        **changes,
    }
    return banners.show(acting_user=user, **values)


def test_all_who_come_see_it_in_their_language_and_in_its_time(
    staff_of: Callable[..., User], client_for: Client, alice: User, charlie: User, tenant: Tenant
) -> None:
    row = show(staff_of("owner"))
    for path, browser in (
        ("/", client_for(tenant=tenant)),
        ("/sign-in", client_for(tenant=tenant)),
        ("/dashboard", client_for(alice)),
        ("/trade/BTC-USDT", client_for(alice)),
    ):
        assert "Maintenance &lt;tonight&gt;" in browser.get(path).content.decode(), path
    assert "Maintenance" not in client_for(charlie).get("/dashboard").content.decode()
    russian = client_for(alice)
    russian.cookies["language"] = "ru"
    assert "Работы ночью" in russian.get("/dashboard").content.decode()
    chinese = client_for(alice)
    chinese.cookies["language"] = "zh-hans"
    assert "Maintenance" in chinese.get("/dashboard").content.decode()
    banners.withdraw(banner_id=row.pk, acting_user=staff_of("owner"))
    assert "Maintenance" not in client_for(alice).get("/dashboard").content.decode()
    with pytest.raises(CareError):
        banners.withdraw(banner_id=row.pk, acting_user=staff_of("owner"))


@pytest.mark.parametrize("hours", [(-3, -2), (1, 2)])
def test_neither_before_nor_after(
    staff_of: Callable[..., User], client_for: Client, alice: User, hours: tuple[int, int]
) -> None:
    row = show(staff_of("owner"))
    now = timezone.now()
    begin, end = (now + timedelta(hours=h) for h in hours)
    Banner.objects.filter(pk=row.pk).update(starts_at=begin, ends_at=end)
    assert "Maintenance" not in client_for(alice).get("/dashboard").content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"texts": {}},
        {"texts": {"en": {"headline": "  ", "text": "x"}}},
        {"tone": "loud"},
        {"ends_at": timezone.now() - timedelta(days=1)},
        {"ends_at": timezone.now() + timedelta(days=200)},
    ],
)
def test_what_makes_no_sense_is_not_shown(
    staff_of: Callable[..., User], changes: dict[str, Any]
) -> None:
    with pytest.raises(CareError):
        show(staff_of("owner"), **changes)
    assert not Banner.objects.exists()


def test_the_pages_show_and_withdraw_it(
    staff_of: Callable[..., User], client_for: Client, alice: User
) -> None:
    desk = client_for(staff_of("owner"))
    end = (timezone.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    fields = {"tone": "bad", "headline_en": "Slow", "text_en": "We work on it", "ends_at": end}
    assert desk.post(f"{PAGE}new/", {**fields, "token": new_token()}).status_code == 302
    row = Banner.objects.get()
    assert "Slow" in desk.get(PAGE).content.decode()
    support = client_for(staff_of("support"))
    assert support.get(PAGE).status_code == 200
    address = f"{PAGE}{row.pk}/withdraw/"
    assert support.post(address, {"token": new_token()}).status_code == 403
    assert client_for(alice).post(address, {"token": new_token()}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at is None
    with pytest.raises(PermissionDenied):
        banners.withdraw(banner_id=row.pk, acting_user=staff_of("support"))
    assert desk.post(address, {"token": new_token()}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_at is not None
