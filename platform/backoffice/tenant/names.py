"""Look-ups shared by the tenant's pages: rows by id or 404, names, a dictionary for events."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.html import format_html

from backoffice import cells, pages
from backoffice.words import Dictionary
from identity.models import User
from trading.accounts.models import Account
from trading.instruments.models import Asset, Instrument
from trading.orders.models import Side
from wallets.ledger.models import JournalEntry

_INDEX_BITS = 20  # of a journal entry's id: seq * 2**20 + the event's index


def found(rows: Any, **wanted: Any) -> Any:
    """The one row, or Http404: the page then says that there is nothing here."""
    row = rows.filter(**wanted).first()
    if row is None:
        raise Http404
    return row


def assets() -> dict[int, Asset]:
    return {asset.pk: asset for asset in Asset.objects.all()}


def instruments() -> dict[int, Instrument]:
    return {row.pk: row for row in Instrument.objects.select_related("base", "quote")}


def dictionary() -> Dictionary:
    """Names of this tenant for telling its engine events."""
    accounts: dict[int, str] = {}

    def account_text(account_id: int) -> str:
        if account_id not in accounts:
            row = Account.objects.filter(pk=account_id).first()
            accounts[account_id] = str(row) if row else f"#{account_id}"
        return accounts[account_id]

    return Dictionary(assets=assets(), instruments=instruments(), account_text=account_text)


def account_link(request: HttpRequest, account: Account | None) -> Any:
    """A link to whose account it is; house accounts have a page of their own as well."""
    if account is None:
        return cells.NOTHING
    text = f"{account.user.email} ({account.pk})" if account.user else account
    return cells.link(pages.url(request, "account", account.pk), text)


def user_link(request: HttpRequest, user: User | None) -> Any:
    if user is None:
        return cells.NOTHING
    if user.is_staff:
        return str(user.name or user.email)
    return cells.link(pages.url(request, "customer", user.pk), user.email)


def side(value: int) -> Any:
    """Buy or sell, in its colour and in words."""
    return format_html(
        '<span class="{}">{}</span>',
        "bo-buy" if value == Side.BUY else "bo-sell",
        Side(value).label,
    )


def amount(units: int, asset: Asset) -> Any:
    return cells.money(units, asset.scale, asset.code)


def price(instrument: Instrument, ticks: int) -> Any:
    """A price with the decimal places of the tick."""
    return cells.money(
        ticks * instrument.tick_units,
        instrument.quote.scale,
        places=places_of(instrument.tick_units, instrument.quote.scale),
    )


def quantity(instrument: Instrument, lots: int) -> Any:
    """A quantity with the decimal places of the lot."""
    return cells.money(
        lots * instrument.lot_units,
        instrument.base.scale,
        instrument.base.code,
        places=places_of(instrument.lot_units, instrument.base.scale),
    )


def entries_of_seq(seq: int) -> QuerySet[JournalEntry]:
    """Journal entries that one engine record caused; their ids begin with its seq."""
    return JournalEntry.objects.filter(pk__gte=seq << _INDEX_BITS, pk__lt=(seq + 1) << _INDEX_BITS)


def places_of(step_units: int, scale: int) -> int:
    """Decimal places needed to write every multiple of a step."""
    places = scale
    while places > 0 and step_units % 10 == 0:
        step_units //= 10
        places -= 1
    return places
