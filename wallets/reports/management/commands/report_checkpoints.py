"""Balance checkpoints by hand: write what is due, prove them, or make them anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import tenant_context

from tenants.models import Tenant
from wallets.reports import actions, verify


class Command(BaseCommand):
    help = "Writes the balance checkpoints that are due, of every firm or of one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", default="", help="The slug of one firm; else all.")
        parser.add_argument("--rebuild", action="store_true", help="Throw them away first.")
        parser.add_argument("--verify", action="store_true", help="Prove them from the postings.")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.exclude(schema_name="public")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"There is no firm {options['tenant']!r}.")
        broken = False
        for tenant in tenants:
            with tenant_context(tenant):
                work = (
                    actions.rebuild_checkpoints if options["rebuild"] else actions.write_checkpoints
                )
                self.stdout.write(f"{tenant.slug}: {work()} checkpoints written")
                for text in verify.checkpoint_breaks() if options["verify"] else ():
                    broken = True
                    self.stderr.write(f"{tenant.slug}: {text}")
        if broken:
            raise CommandError("The checkpoints differ from the postings: run with --rebuild.")
