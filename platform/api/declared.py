from tenants.switches import Switch

KEYS = Switch(
    "api_keys",
    "API keys",
    "Keys with which customers' programs sign requests; pages go on without them.",
    ("/api-keys", "/backoffice/api-keys/", "/api/docs", "/api/schema"),
)
QUOTES = Switch(
    "mass_quotes",
    "Mass quotes",
    "Two-sided quotes by the API for market makers, with their protection.",
    ("/api/v1/quotes",),
)
SWITCHES = (KEYS, QUOTES)
