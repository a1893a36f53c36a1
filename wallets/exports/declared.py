from tenants.switches import Switch

KEPT_REPORTS = Switch(
    "kept_reports",
    "Kept reports",
    "Reports kept with their filters, and files of them that come by mail.",
    ("/backoffice/reports/kept/", "/backoffice/reports/keep/"),
)
