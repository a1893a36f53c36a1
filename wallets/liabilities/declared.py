from tenants.switches import Switch

LIABILITIES = Switch(
    "liabilities",
    "Proof of liabilities",
    "Published proofs of what the firm owes its customers.",
    ("/liabilities", "/api/v1/liabilities", "/backoffice/liabilities/"),
)
