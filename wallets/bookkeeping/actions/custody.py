"""Further banks, wallets and prime brokers beside the main ones."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from wallets.bookkeeping.actions.guards import require_staff
from wallets.bookkeeping.errors import BookkeepingError
from wallets.bookkeeping.locking import lock_periods
from wallets.ledger import chart
from wallets.ledger.models import CustodyAccount, Line


def open_custody_account(
    *, line: int, name: str, details: str, assets: list[Any], acting_user: Any
) -> CustodyAccount:
    """Open another bank, wallet or prime broker, with a ledger account in each of the assets.

    Raises BookkeepingError, PermissionDenied.
    """
    require_staff(acting_user, "bookkeeping.request")
    if line not in chart.CUSTODY_LINES:
        raise BookkeepingError(_("Choose a bank, a wallet or a prime broker."), "line")
    name = name.strip()
    if not name:
        raise BookkeepingError(_("Give it a name."), "name")
    with transaction.atomic():
        lock_periods()
        others = CustodyAccount.objects.filter(line=line)
        if others.filter(name__iexact=name).exists():
            raise BookkeepingError(_("There is one of this name already."), "name")
        last = others.order_by("-part").first()
        custody = CustodyAccount.objects.create(
            line=line,
            part=last.part + 1 if last is not None else 1,
            name=name,
            details=details.strip(),
            opened_by=acting_user,
        )
        house = chart.house_line(line, custody.part)
        with connection.cursor() as cursor:
            chart.ensure_ledger_accounts(
                cursor, [chart.house_account_id(house, asset.pk) for asset in assets]
            )
        audit.record(
            "bookkeeping.open_custody_account",
            custody,
            new={
                "line": chart.english(Line(line).label),
                "part": custody.part,
                "name": name,
                "assets": [asset.code for asset in assets],
            },
            acting_user=acting_user,
        )
    return custody
