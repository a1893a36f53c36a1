from django.utils.translation import gettext_lazy as _

from tenants.switches import Switch

LIABILITIES = Switch(
    "liabilities",
    _("Proof of liabilities"),
    _("Published proofs of what the firm owes its customers."),
    ("/liabilities", "/api/v1/liabilities", "/backoffice/liabilities/"),
)
