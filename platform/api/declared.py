from django.utils.translation import gettext_lazy as _

from tenants.switches import Switch

KEYS = Switch(
    "api_keys",
    _("API keys"),
    _("Keys with which customers' programs sign requests; pages go on without them."),
    ("/api-keys", "/backoffice/api-keys/", "/api/docs", "/api/schema"),
)
QUOTES = Switch(
    "mass_quotes",
    _("Mass quotes"),
    _("Two-sided quotes by the API for market makers, with their protection."),
    ("/api/v1/quotes",),
)
SWITCHES = (KEYS, QUOTES)
