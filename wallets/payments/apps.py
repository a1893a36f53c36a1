from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "wallets.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity import personal_data
        from riskrules import kinds
        from tenants import demo, periodic, switches
        from wallets.payments import declared, declared_rules, privacy
        from wallets.payments.onboarding import seed_demo_cards, seed_demo_methods

        switches.declare(declared.PAYMENTS)
        declared.declare_settings()
        personal_data.register(
            personal_data.Holding(
                "payments", privacy.export_payments, privacy.erase_payments, privacy.kept_until
            )
        )
        for kind in declared_rules.KINDS:
            kinds.register(kind)
        periodic.register("wallets.payments.tasks.advance_payments", every_seconds=2)
        periodic.register("wallets.payments.tasks.advance_cards", every_seconds=2)
        periodic.register("wallets.payments.tasks.doubt_overdue", every_seconds=600)
        periodic.register("wallets.payments.tasks.look_at_sources", every_seconds=60)
        demo.register(seed_demo_methods, order=30)
        demo.register(seed_demo_cards, order=31)
