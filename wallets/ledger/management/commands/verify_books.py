"""`manage.py verify_books`: proves every tenant's books; exit code 1 if some do not add up."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import get_public_schema_name

from tenants.models import Tenant
from wallets.ledger import actions, selectors
from wallets.ledger.models import ProofRun
from wallets.ledger.verify import WAIT_FOR_CLEARING_S


class Command(BaseCommand):
    help = "Proves that engine, orders, trades, postings and balances say the same."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="Only this tenant, by its slug.")
        parser.add_argument(
            "--wait",
            type=float,
            default=WAIT_FOR_CLEARING_S,
            metavar="SECONDS",
            help="How long to wait for clearing to reach the engine.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.exclude(schema_name=get_public_schema_name())
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"There is no tenant {options['tenant']!r}.")
        broken = 0
        for tenant in tenants:
            proof = actions.prove_books(tenant=tenant, run=ProofRun.COMMAND, wait_s=options["wait"])
            if proof.problem:
                raise CommandError(f"{tenant.slug}: {proof.problem}")
            breaks = selectors.breaks_of(proof)
            broken += len(breaks)
            verdict = f"{len(breaks)} breaks" if breaks else "the books are in order"
            self.stdout.write(f"{tenant.slug}: {verdict}")
            for found in breaks:
                self.stdout.write(f"  {found}")
        if broken:
            sys.exit(1)
