from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "trading.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity import personal_data
        from identity.signals import email_verified
        from riskrules import effects
        from tenants import demo, onboarding
        from trading.accounts import declared, privacy
        from trading.accounts.handlers import on_email_verified, restrict_by_rule
        from trading.accounts.onboarding import open_customer_accounts, open_house_accounts

        declared.declare_settings()
        personal_data.register(
            personal_data.Holding("accounts", privacy.export_accounts, privacy.erase_accounts)
        )
        effects.register_restrict(restrict_by_rule)
        onboarding.register(open_house_accounts, order=20)
        demo.register(open_customer_accounts, order=10)
        email_verified.connect(on_email_verified, dispatch_uid="accounts.open_first_account")
