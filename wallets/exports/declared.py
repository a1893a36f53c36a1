from django.utils.translation import gettext_lazy as _

from tenants.switches import Switch

KEPT_REPORTS = Switch(
    "kept_reports",
    _("Kept reports"),
    _("Reports kept with their filters, and files of them that come by mail."),
    ("/backoffice/reports/kept/", "/backoffice/reports/keep/"),
)
