"""Addresses below /api/ on tenant hosts."""

from django.urls import path, re_path

from api.views import (
    account,
    documentation,
    fees,
    liabilities,
    market,
    order_lists,
    orders,
    payment_hooks,
    quotes,
    reports,
    transfers,
)

app_name = "api"

urlpatterns = [
    path("v1/time", market.TimeView.as_view(), name="time"),
    path("v1/instruments", market.InstrumentsView.as_view(), name="instruments"),
    path("v1/auction/<str:symbol>", market.AuctionView.as_view(), name="auction"),
    path("v1/depth/<str:symbol>", market.DepthView.as_view(), name="depth"),
    path("v1/trades/<str:symbol>", market.TradesView.as_view(), name="trades"),
    path("v1/tickers", market.TickersView.as_view(), name="tickers"),
    path("v1/candles/<str:symbol>", market.CandlesView.as_view(), name="candles"),
    path("v1/liabilities", liabilities.LiabilitiesView.as_view(), name="liabilities"),
    path(
        "v1/liabilities/<int:publication_id>",
        liabilities.PublicationView.as_view(),
        name="liabilities-one",
    ),
    path("v1/account", account.AccountView.as_view(), name="account"),
    path("v1/accounts", transfers.AccountsView.as_view(), name="accounts"),
    path("v1/transfers", transfers.TransfersView.as_view(), name="transfers"),
    path("v1/transfers/<int:transfer_id>", transfers.TransferView.as_view(), name="transfer"),
    path("v1/balances", account.BalancesView.as_view(), name="balances"),
    path("v1/fills", account.FillsView.as_view(), name="fills"),
    path("v1/fee-tier", fees.FeeTierView.as_view(), name="fee-tier"),
    path("v1/statement", reports.StatementView.as_view(), name="statement"),
    path("v1/statement/file", reports.StatementFileView.as_view(), name="statement-file"),
    path("v1/fees", reports.FeesView.as_view(), name="fees"),
    path("v1/tax-year/<int:year>", reports.TaxYearView.as_view(), name="tax-year"),
    path("v1/orders", orders.OrdersView.as_view(), name="orders"),
    path("v1/quotes", quotes.QuotesView.as_view(), name="quotes"),
    path("v1/quotes/protection", quotes.ProtectionView.as_view(), name="quotes-protection"),
    path("v1/quotes/protection/reset", quotes.ResetView.as_view(), name="quotes-protection-reset"),
    path("v1/orders/batch", orders.BatchView.as_view(), name="orders-batch"),
    path(
        "v1/orders/cancel-all-after", orders.CancelTimerView.as_view(), name="orders-cancel-timer"
    ),
    path("v1/orders/<str:order_id>", orders.OrderView.as_view(), name="order"),
    path("v1/order-lists", order_lists.OrderListsView.as_view(), name="order-lists"),
    path("v1/order-lists/<str:list_id>", order_lists.OrderListView.as_view(), name="order-list"),
    path("hooks/bank-statements", payment_hooks.statements, name="statement-hook"),
    path("hooks/payments/<str:hook_token>", payment_hooks.receive, name="payment-hook"),
    re_path(r"^v1/.*$", documentation.NothingHereView.as_view(), name="nothing"),
    path("schema", documentation.SchemaView.as_view(), name="schema"),
    path("docs/", documentation.DocumentationView.as_view(), name="docs"),
]
