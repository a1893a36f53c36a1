"""What a firm decides about its books."""

from django.utils.translation import gettext_lazy as _

from tenants import registry

ARCHIVE_AFTER_DAYS = "ledger.archive_postings_after_days"


def declare_settings() -> None:
    registry.declare(
        registry.Integer(
            name=ARCHIVE_AFTER_DAYS,
            label=_("Days after which postings are archived"),
            help=_(
                "Into Parquet files in the data folder, a partition at a time. They stay in the "
                "database. 0: never."
            ),
            default=0,
            minimum=0,
            maximum=36_500,
            group=_("Books"),
        )
    )
