from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "trading.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity.signals import email_verified
        from tenants import demo, onboarding
        from trading.accounts.handlers import on_email_verified
        from trading.accounts.onboarding import open_customer_accounts, open_house_accounts

        onboarding.register(open_house_accounts, order=20)
        demo.register(open_customer_accounts, order=10)
        email_verified.connect(on_email_verified, dispatch_uid="accounts.open_first_account")
