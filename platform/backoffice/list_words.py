"""Order lists in words; a part of :mod:`backoffice.words`. ``names`` is a Dictionary of it."""

from typing import Any

from django.utils.translation import gettext as _

from trading.engine import enums


def list_kind(event: Any) -> str:
    known = event.list_type in list(enums.OrderListType)
    return enums.OrderListType(event.list_type).name if known else str(event.list_type)


def place_list(event: Any, names: Any) -> str:
    return _("%(kind)s list in %(symbol)s for %(account)s") % {
        "kind": list_kind(event),
        "symbol": names.symbol(event.first_instrument_id),
        "account": names.account_text(event.first_account_id),
    }


def list_placed(event: Any, names: Any) -> str:
    return _("%(kind)s list %(id)s placed for %(account)s: orders %(id)s to %(last)s") % {
        "kind": list_kind(event),
        "id": event.list_id,
        "account": names.account_text(event.account_id),
        "last": event.list_id + event.legs - 1,
    }


def cancel_list(event: Any, names: Any) -> str:
    return _("Cancel order list %(id)s of %(account)s") % {
        "id": event.list_id or event.client_key,
        "account": names.account_text(event.account_id),
    }


def pending(event: Any, _names: Any) -> str:
    return _("Order %(id)s waits for the first order of its list to be filled") % {
        "id": event.order_id
    }


def released(event: Any, _names: Any) -> str:
    return _("Order %(id)s is released: the first order of its list is filled") % {
        "id": event.order_id
    }
