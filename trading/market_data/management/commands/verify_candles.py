"""`manage.py verify_candles`: every candle of every tenant against its trades."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from tenants.models import Tenant
from trading.instruments import selectors as instruments
from trading.market_data import verify


class Command(BaseCommand):
    help = "Recompute every candle from the trades and list the differences."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="slug of one tenant; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.exclude(schema_name="public")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
        breaks = 0
        for tenant in tenants:
            with tenant_context(tenant):
                for instrument in instruments.instruments():
                    for line in verify.candle_breaks(instrument.pk, instrument.base.scale):
                        self.stdout.write(f"{tenant.slug} {instrument.symbol} {line}")
                        breaks += 1
        if breaks:
            raise CommandError(f"{breaks} candles differ from their trades.")
        self.stdout.write("Every candle agrees with its trades.")
