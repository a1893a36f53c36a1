"""Every write of bank accounts, payment methods and customers' references."""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from trading.instruments.models import Asset
from wallets.ledger import chart
from wallets.ledger.models import CustodyAccount, Line
from wallets.payments import numbers
from wallets.payments.errors import PaymentError
from wallets.payments.guards import reason_of, require_staff
from wallets.payments.models import (
    BankAccount,
    CardGateway,
    CustomerReference,
    MethodVersion,
    PaymentMethod,
    Rail,
)

UNITS_FIELDS = (
    "deposit_min_units",
    "deposit_max_units",
    "deposit_fee_units",
    "withdrawal_min_units",
    "withdrawal_max_units",
    "withdrawal_fee_units",
    "withdrawal_day_units",
    "withdrawal_month_units",
    "one_person_units",
)
FIELDS = (
    *UNITS_FIELDS,
    "deposit_fee_ppm",
    "withdrawal_fee_ppm",
    "countries",
    "min_tier",
    "texts",
    "accepts_deposits",
    "accepts_withdrawals",
    "cooling_hours",
    "is_active",
)
_CURRENCY = re.compile(r"[A-Z]{3}")
_COUNTRIES = re.compile(r"([A-Z]{2}( [A-Z]{2})*)?")


def open_bank_account(
    *,
    name: str,
    holder: str,
    iban: str,
    bic: str,
    bank_name: str,
    asset: Asset,
    currency: str,
    part: int = 0,
    other_ids: str = "",
    acting_user: Any,
) -> BankAccount:
    """Name an account of the firm's at a bank; `part` is its line's part in the books.

    None as the acting user is the system (a demo's seed). Raises PaymentError, PermissionDenied.
    """
    if acting_user is not None:
        require_staff(acting_user, "payments.methods")
    if not (name.strip() and holder.strip() and bank_name.strip()):
        raise PaymentError(_("Name the account, its holder and the bank."), "name")
    if not _CURRENCY.fullmatch(currency):
        raise PaymentError(_("A currency is three capital letters, such as EUR."), "currency")
    if part and not CustodyAccount.objects.filter(line=int(Line.BANK), part=part).exists():
        raise PaymentError(_("There is no such bank among the custody accounts."), "part")
    try:
        with transaction.atomic():
            row = BankAccount.objects.create(
                name=name.strip(),
                holder=holder.strip(),
                iban=numbers.clean_iban(iban),
                bic=numbers.clean_bic(bic),
                bank_name=bank_name.strip(),
                asset=asset,
                currency=currency,
                part=part,
                other_ids=other_ids.strip(),
            )
            audit.record(
                "payments.open_bank_account",
                row,
                new={"name": row.name, "iban": row.iban, "asset": asset.code, "part": part},
                acting_user=acting_user,
            )
    except IntegrityError as error:
        raise PaymentError(_("An account of this name or IBAN is there already.")) from error
    return row


def create_method(
    *,
    slug: str,
    asset: Asset,
    bank_account: BankAccount | None = None,
    gateway: CardGateway | None = None,
    acting_user: Any,
    **values: Any,
) -> PaymentMethod:
    """A way in and out, over a bank or, in only, a gateway; `values` are of FIELDS.

    Raises PaymentError, PermissionDenied.
    """
    if acting_user is not None:
        require_staff(acting_user, "payments.methods")
    if gateway is not None:
        row = PaymentMethod(code=slug, asset=asset, gateway=gateway, rail=Rail.CARD)
        row.accepts_withdrawals = False
        if chart.main_custody(asset.code) != chart.house_line(Line.BANK):
            raise PaymentError(_("A gateway takes currencies of states, such as EUR."), "asset")
    elif bank_account is None or bank_account.asset_id != asset.pk:
        raise PaymentError(_("Choose a bank account that holds this asset."), "bank_account")
    else:
        row = PaymentMethod(code=slug, asset=asset, bank_account=bank_account)
    _set(row, values)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _keep_version(row, acting_user, "New")
            audit.record("payments.create_method", row, new=_values(row), acting_user=acting_user)
    except IntegrityError as error:
        raise PaymentError(_("There is a method of this code already."), "slug") from error
    return row


def change_method(
    *, method: PaymentMethod, version: int, reason: str, acting_user: Any, **values: Any
) -> PaymentMethod:
    """Change a method from now on; `version` is the one that was looked at.

    Withdrawals keep the fee they were asked for at. Raises PaymentError, PermissionDenied.
    """
    require_staff(acting_user, "payments.methods")
    reason = reason_of(reason)
    with transaction.atomic():
        row = PaymentMethod.objects.select_for_update().get(pk=method.pk)
        if row.version != version:
            raise PaymentError(_("Somebody changed this method meanwhile: look at it again."))
        before = _values(row)
        _set(row, values)
        after = _values(row)
        if before == after:
            return row
        row.version += 1
        row.save()
        _keep_version(row, acting_user, reason)
        changed = [name for name in after if after[name] != before[name]]
        audit.record(
            "payments.change_method",
            row,
            old={name: before[name] for name in changed},
            new={name: after[name] for name in changed},
            acting_user=acting_user,
            reason=reason,
        )
    return row


def reference_of(user: Any) -> str:
    """The customer's own reference, made when it is first asked for."""
    known = CustomerReference.objects.filter(user=user).first()
    while known is None:
        try:
            with transaction.atomic():
                known = CustomerReference.objects.create(
                    user=user, reference=numbers.new_reference()
                )
        except IntegrityError:  # another request made it, or the number is taken
            known = CustomerReference.objects.filter(user=user).first()
    return known.reference


def _set(row: PaymentMethod, values: dict[str, Any]) -> None:
    unknown = values.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"a method has no {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(row, name, value)
    for name in UNITS_FIELDS:
        if int(getattr(row, name)) < 0:
            raise PaymentError(_("An amount cannot be below zero."), name)
    for name in ("deposit_fee_ppm", "withdrawal_fee_ppm"):
        if not 0 <= getattr(row, name) < 1_000_000:
            raise PaymentError(_("A fee is below 100 %."), name)
    if not _COUNTRIES.fullmatch(row.countries):
        raise PaymentError(_("Countries are codes of two letters, such as DE FR."), "countries")
    for low, high in (
        ("deposit_min_units", "deposit_max_units"),
        ("withdrawal_min_units", "withdrawal_max_units"),
    ):
        most = int(getattr(row, high))
        if most and int(getattr(row, low)) > most:
            raise PaymentError(_("The least is above the most."), low)
    if row.rail == Rail.CARD and row.accepts_withdrawals:
        raise PaymentError(_("A gateway pays nothing out."), "accepts_withdrawals")
    if not row.text("en", "name"):
        raise PaymentError(_("Give it a name in English."), "texts")


def _values(row: PaymentMethod) -> dict[str, Any]:
    """What a version keeps; amounts as text, so that they stay exact."""
    return {
        name: str(getattr(row, name)) if name in UNITS_FIELDS else getattr(row, name)
        for name in FIELDS
    }


def _keep_version(row: PaymentMethod, acting_user: Any, reason: str) -> None:
    MethodVersion.objects.create(
        method=row,
        version=row.version,
        values=_values(row),
        changed_by=acting_user,
        reason=reason,
    )
