from django.apps import AppConfig


class RiskRulesConfig(AppConfig):
    name = "riskrules"
    label = "riskrules"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity import gate
        from riskrules import declared, kinds, onboarding, sign_ins
        from tenants import onboarding as tenants_onboarding
        from tenants import periodic

        kinds.register(sign_ins.KIND)
        gate.register(sign_ins.check)
        declared.declare_settings()
        tenants_onboarding.register(onboarding.furnish, order=60)
        periodic.register("riskrules.tasks.forget_evaluations", every_seconds=86_400)
