"""Demo: each firm takes a currency by bank transfer, the way its owner would set it up."""

import secrets
from typing import Any

from django.conf import settings

from identity import actions as identity
from tenants import registry
from tenants.actions import change_setting
from trading.instruments import actions as instruments
from trading.instruments.models import Asset
from wallets.bookkeeping import actions as bookkeeping
from wallets.ledger.models import Line
from wallets.payments import declared
from wallets.payments.cards import setup
from wallets.payments.methods import actions
from wallets.payments.models import BankAccount, CardGateway
from wallets.payments.simulator.till import event_secret_of

# The IBANs are the registry's examples: nobody's.
_BANKS = {
    "aurora": {
        "code": "EUR",
        "rate": "EUR = 1.08 USDT",
        "name": "Euro",
        "iban": "DE89370400440532013000",
        "bic": "COBADEFFXXX",
        "bank_name": "Example Bank, Cologne",
        "holder": "Aurora Markets Ltd",
    },
    "longmen": {
        "code": "USD",
        "rate": "USD = 1 USDT",
        "name": "US dollar",
        "iban": "LI21088100002324013AA",
        "bic": "BLFLLI2XXXX",
        "bank_name": "Example Bank, Vaduz",
        "holder": "Longmen Exchange Ltd",
    },
}
_TEXTS = {
    "en": {
        "name": "Bank transfer ({code})",
        "note": "Write the reference into the transfer. It arrives within one or two bank days.",
    },
    "zh-hans": {
        "name": "银行转账（{code}）",
        "note": "转账时请填写附言编号。通常一至两个银行工作日到账。",
    },
    "ru": {
        "name": "Банковский перевод ({code})",
        "note": "Укажите этот код в назначении платежа. Деньги придут за один-два банковских дня.",
    },
}


def seed_demo_methods(*, tenant: Any, customers: list[Any], staff: dict[str, Any]) -> None:
    """List a currency and open a bank account and a method for it, once."""
    for customer in customers:
        if not customer.name:
            first = customer.email.partition("@")[0].capitalize()
            identity.set_name(user=customer, name=f"{first} Example", acting_user=staff["owner"])
    bank = _BANKS.get(tenant.slug)
    if bank is None or BankAccount.objects.exists():
        return
    owner = staff["owner"]
    asset = Asset.objects.filter(code=bank["code"]).first() or instruments.create_asset(
        code=bank["code"], name=bank["name"], scale=2, acting_user=owner
    )
    account = actions.open_bank_account(
        name=f"Main {bank['code']} account",
        holder=bank["holder"],
        iban=bank["iban"],
        bic=bank["bic"],
        bank_name=bank["bank_name"],
        asset=asset,
        currency=bank["code"],
        acting_user=owner,
    )
    if not registry.get(declared.REFERENCE_RATES):
        # Neither currency is traded in the demo; without a rate the tiers' limits would stop it.
        change_setting(
            tenant=tenant,
            name=declared.REFERENCE_RATES,
            value=bank["rate"],
            acting_user=owner,
            reason="As the demo begins",
        )
    texts = {
        language: {key: text.format(code=bank["code"]) for key, text in words.items()}
        for language, words in _TEXTS.items()
    }
    actions.create_method(
        slug=f"bank-{bank['code'].lower()}",
        asset=asset,
        bank_account=account,
        texts=texts,
        deposit_min_units=asset.units_of("10"),
        deposit_max_units=asset.units_of("250000"),
        withdrawal_min_units=asset.units_of("20"),
        withdrawal_max_units=asset.units_of("100000"),
        withdrawal_fee_units=asset.units_of("1.50"),
        withdrawal_day_units=asset.units_of("100000"),
        withdrawal_month_units=asset.units_of("500000"),
        one_person_units=asset.units_of("1000"),
        cooling_hours=24,
        acting_user=owner,
    )


_CARD_TEXTS = {
    "en": {
        "name": "Card ({code})",
        "note": "At once, on the page of our payment gateway. In this demo nobody is charged.",
    },
    "zh-hans": {
        "name": "银行卡（{code}）",
        "note": "在支付网关页面付款，即时到账。演示环境不会真实扣款。",
    },
    "ru": {
        "name": "Карта ({code})",
        "note": "Сразу, на странице платёжного шлюза. В этой демоверсии ничего не списывается.",
    },
}


def seed_demo_cards(*, tenant: Any, customers: list[Any], staff: dict[str, Any]) -> None:
    """Open an account at the simulated gateway and a method for it, once."""
    bank = BankAccount.objects.first()
    is_simulated = settings.CARD_GATEWAY_URL.startswith("http://127.0.0.1:")
    if bank is None or not is_simulated or CardGateway.objects.exists():
        return
    owner, asset = staff["owner"], bank.asset
    custody = bookkeeping.open_custody_account(
        line=int(Line.BANK),
        name="Card gateway",
        details="What the simulated gateway owes the firm.",
        assets=[asset],
        acting_user=staff["finance"],
    )
    key = f"demo_{secrets.token_hex(16)}"
    gateway = setup.open_gateway(
        name="Simulated gateway",
        part=custody.part,
        api_key=key,
        event_secret=event_secret_of(key),
        acting_user=owner,
    )
    texts = {
        language: {name: text.format(code=asset.code) for name, text in words.items()}
        for language, words in _CARD_TEXTS.items()
    }
    actions.create_method(
        slug=f"card-{asset.code.lower()}",
        asset=asset,
        gateway=gateway,
        texts=texts,
        accepts_withdrawals=False,
        deposit_min_units=asset.units_of("10"),
        deposit_max_units=asset.units_of("5000"),
        deposit_fee_ppm=15_000,
        acting_user=owner,
    )
