"""`manage.py rebuild`: a tenant's tables once more from the engine journal, compared, mended."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from clearing import database
from clearing.models import Rebuild, RebuildState
from clearing.rebuilding import actions
from clearing.rebuilding.errors import RebuildError
from identity.models import User
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Builds a tenant's tables again from the engine journal, compares and mends them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tenant", help="The tenant's slug.")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="Who of its staff asks.")
        parser.add_argument("--reason", default="", help="Why; kept in the audit trail.")
        parser.add_argument(
            "--mend",
            type=int,
            metavar="ID",
            help="As the second person: replace the rows that this rebuild found to differ.",
        )
        parser.add_argument(
            "--resume", type=int, metavar="ID", help="Go on with a rebuild that was interrupted."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["tenant"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['tenant']!r}.")
        with tenant_context(tenant):
            user = User.objects.filter(email=options["by"], is_staff=True).first()
            if user is None:
                raise CommandError(f"{options['by']} does not work for {tenant.slug}.")
            try:
                row = self._row(options, user)
            except (RebuildError, PermissionDenied) as error:
                raise CommandError(str(error)) from None
            with database.connect() as sql:
                while actions.work(rebuild_id=row.pk, tenant=tenant, sql=sql):
                    row.refresh_from_db()
                    self.stdout.write(f"seq {row.seq} of {row.target_seq}")
            row.refresh_from_db()
            self._tell(row)

    def _row(self, options: dict[str, Any], user: User) -> Rebuild:
        wanted = options["mend"] or options["resume"]
        if not wanted:
            return actions.ask_for_rebuild(reason=options["reason"], acting_user=user)
        row = Rebuild.objects.filter(pk=wanted).first()
        if row is None:
            raise CommandError(f"There is no rebuild {wanted}.")
        if options["mend"]:
            row = actions.approve_mending(row=row, acting_user=user, reason=options["reason"])
        return row

    def _tell(self, row: Rebuild) -> None:
        for table in row.tables:
            self.stdout.write(
                f"{table['table']}: {table['rows']} rows, {table['missing']} missing, "
                f"{table['extra']} too many, {table['different']} different"
            )
        if row.state == RebuildState.FAILED:
            raise CommandError(f"rebuild {row.pk}: {row.problem}")
        if row.state == RebuildState.MENDED:
            self.stdout.write(f"rebuild {row.pk}: {row.mended_rows} rows are mended")
        elif row.state == RebuildState.COMPARED:
            raise CommandError(
                f"rebuild {row.pk}: the tables differ. Somebody else of the firm has them mended: "
                f"manage.py rebuild … --by EMAIL --mend {row.pk}"
            )
        else:
            self.stdout.write(f"rebuild {row.pk}: {row.get_state_display().lower()}")
