from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "trading.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from riskrules import kinds
        from tenants import onboarding
        from trading.orders import order_rules
        from trading.orders.onboarding import set_group_fees

        kinds.register(order_rules.KIND)
        onboarding.register(set_group_fees, order=30)
