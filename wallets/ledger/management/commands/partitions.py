"""`manage.py partitions`: partitions and archives of every firm, and what is wrong with them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from tenants import selectors
from wallets.ledger import upkeep
from wallets.ledger.models import ArchivedPostings


class Command(BaseCommand):
    help = "Shows partitions and archives; exits with 1 if one is missing or damaged."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="Only this firm (slug).")

    def handle(self, *args: Any, **options: Any) -> None:
        problems: list[str] = []
        for tenant in selectors.tenants():
            if options["tenant"] not in (None, tenant.slug):
                continue
            with tenant_context(tenant):
                problems += self._show(tenant.slug)
        if problems:
            raise CommandError("\n".join(problems))

    def _show(self, slug: str) -> list[str]:
        problems = [f"{slug}: {problem}" for problem in upkeep.damaged_archives()]
        for standing in upkeep.standings():
            problems += [f"{slug}: {problem}" for problem in standing.problems]
            size = sum(partition.size_bytes for partition in standing.partitions)
            self.stdout.write(
                f"{slug}  {standing.table.name}: {len(standing.partitions)} partitions up to "
                f"{standing.partitions[-1].upper}, {size / 2**20:.0f} MB, at {standing.newest}"
            )
        for kept in ArchivedPostings.objects.all():
            self.stdout.write(f"{slug}  {kept.file}: {kept.rows} postings")
        return problems
