from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import get_tenant_model, schema_context

from audit import chains, selectors


class Command(BaseCommand):
    help = "Recompute the hash chains of every audit trail and of every ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--schema", help="only this schema")

    def handle(self, *args: Any, schema: str | None = None, **options: Any) -> None:
        names = [schema] if schema else self._all_schemas()
        broken = 0
        for name in names:
            with schema_context(name):
                check = selectors.verify_chain()
                broken += self._others(name) if name != "public" else 0
            if check.chain_break:
                broken += 1
                self.stdout.write(
                    f"{name}: BROKEN at record {check.chain_break.record_id}: "
                    f"{check.chain_break.problem}"
                )
            else:
                self.stdout.write(f"{name}: {check.count} records, head {check.head_hash[:16]}")
        if broken:
            raise CommandError(f"{broken} chain(s) are broken.")

    def _others(self, schema_name: str) -> int:
        """Tell of the chains that other rooms keep; how many are broken."""
        broken = 0
        for name, verify in chains.registered().items():
            verdict = verify()
            if verdict.problem:
                broken += 1
                self.stdout.write(f"{schema_name}, {name}: BROKEN: {verdict.problem}")
            else:
                head = verdict.head_hash[:16] or "–"
                self.stdout.write(f"{schema_name}, {name}: {verdict.links} links, head {head}")
        return broken

    @staticmethod
    def _all_schemas() -> list[str]:
        tenants = get_tenant_model().objects.order_by("id")
        return [
            "public",
            *tenants.exclude(schema_name="public").values_list("schema_name", flat=True),
        ]
