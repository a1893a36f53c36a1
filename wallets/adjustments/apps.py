from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    name = "wallets.adjustments"
    label = "adjustments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from riskrules import kinds
        from tenants import demo
        from trading.commands.signals import command_refused
        from wallets.adjustments import rules
        from wallets.adjustments.handlers import on_command_refused
        from wallets.adjustments.onboarding import fund_demo_customers

        kinds.register(rules.KIND)
        command_refused.connect(on_command_refused, dispatch_uid="adjustments.rejected")
        demo.register(fund_demo_customers, order=20)
