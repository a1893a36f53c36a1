"""Addresses of the customer's web."""

from django.urls import path, re_path

from portal.views import (
    account,
    api_keys,
    dashboard,
    errors,
    gate,
    history,
    liabilities,
    public,
    security,
    statements,
    trade,
)

app_name = "portal"
urlpatterns = [
    path("", public.landing, name="landing"),
    path("fees", public.fee_page, name="fees"),
    path("language", public.choose_language, name="language"),
    path("jsi18n/<str:language>.js", public.script_catalogue, name="catalogue"),
    path("sign-up", gate.sign_up, name="sign_up"),
    path("check-mail", gate.check_mail, name="check_mail"),
    path("verify/<str:token>", gate.verify, name="verify"),
    path("sign-in", gate.sign_in, name="sign_in"),
    path("second-factor", gate.second_factor, name="second_factor"),
    path("forgot", gate.forgot, name="forgot"),
    path("reset/<str:token>", gate.reset, name="reset"),
    path("invitation/<str:token>", gate.invitation, name="invitation"),
    path("sign-out", gate.sign_out, name="sign_out"),
    path("dashboard", dashboard.dashboard, name="dashboard"),
    path("trade", trade.trade, name="trade"),
    path("trade/<str:symbol>", trade.terminal, name="terminal"),
    path("orders", history.orders, name="orders"),
    path("fills", history.fills, name="fills"),
    path("statement", statements.statement, name="statement"),
    path("tax-year", statements.tax_year, name="tax_year"),
    path("time-zone", statements.keep_zone, name="keep_zone"),
    path("balances", account.balances, name="balances"),
    path("liabilities", liabilities.liabilities, name="liabilities"),
    path("liabilities/verify_liabilities.py", liabilities.script, name="liabilities_script"),
    path("liabilities/<int:publication_id>/mine", liabilities.own_leaves, name="own_leaves"),
    path(
        "liabilities/<int:publication_id>/mine.json",
        liabilities.own_leaves_file,
        name="own_leaves_file",
    ),
    path("security", security.security, name="security"),
    path("security/confirm", security.confirm, name="confirm"),
    path("security/password", security.password, name="password"),
    path("security/second-factor", security.enrol, name="enrol"),
    path(
        "security/second-factor/off", security.disable_second_factor, name="disable_second_factor"
    ),
    path("security/recovery-codes", security.recovery_codes, name="recovery_codes"),
    path("security/sessions/<int:session_id>/end", security.end_session, name="end_session"),
    path("security/sessions/end-others", security.end_other_sessions, name="end_other_sessions"),
    path("security/devices/<int:device_id>/forget", security.forget_device, name="forget_device"),
    path("api-keys", api_keys.api_keys, name="api_keys"),
    path("api-keys/<str:public_id>/revoke", api_keys.revoke_api_key, name="revoke_api_key"),
    # Last of all: an unknown address gets the brand's own page, in development as well.
    re_path(r"^(?!backoffice|operator|api/|dev/|static/|media/|brand/).+$", errors.not_found),
]
