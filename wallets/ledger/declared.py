"""What a firm decides about its books."""

from django.utils.translation import gettext_lazy as _

from tenants import registry

BOOKS = _("Books")
ARCHIVE_AFTER_DAYS = "ledger.archive_postings_after_days"
REMOVE_ARCHIVED = "ledger.remove_archived_postings"


def declare_settings() -> None:
    registry.declare(
        registry.Integer(
            name=ARCHIVE_AFTER_DAYS,
            label=_("Days after which postings are archived"),
            help=_("Into Parquet files in the data folder, a partition at a time. 0: never."),
            default=0,
            minimum=0,
            maximum=36_500,
            group=BOOKS,
        )
    )
    registry.declare(
        registry.Boolean(
            name=REMOVE_ARCHIVED,
            label=_("Archived postings leave the database"),
            help=_("Statements and proofs read them from the files, which must then be kept."),
            default=False,
            group=BOOKS,
        )
    )
