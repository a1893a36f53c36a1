"""Pages of a tenant's staff. Each module names its pages; the site is made of them."""

from backoffice import audit_pages, settings_pages, staff_pages
from backoffice.tenant import (
    accounts,
    adjustments,
    api_keys,
    assets,
    books,
    brand,
    customers,
    fees,
    home,
    instruments,
    ledger,
    orders,
    protections,
    queued,
    trades,
)

PAGES = (
    *home.PAGES,
    *customers.PAGES,
    *accounts.PAGES,
    *protections.PAGES,
    *api_keys.PAGES,
    *orders.PAGES,
    *trades.PAGES,
    *instruments.PAGES,
    *assets.PAGES,
    *fees.PAGES,
    *ledger.PAGES,
    *books.PAGES,
    *adjustments.PAGES,
    *queued.PAGES,
    *staff_pages.PAGES,
    *brand.PAGES,
    *settings_pages.PAGES,
    *audit_pages.PAGES,
)
