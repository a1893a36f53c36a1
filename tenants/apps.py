from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    label = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from identity import levels, policy
        from messaging import brand_source
        from tenants import declared, periodic, selectors

        declared.declare_settings()
        policy.register(declared.identity_policy)
        levels.register(selectors.withheld_from)
        brand_source.register(declared.mail_brand)
        # The rooms below this one cannot register their own rounds.
        periodic.register("messaging.tasks.deliver_due", every_seconds=30, scope="schema")
        periodic.register("messaging.tasks.purge_old_mail", every_seconds=86_400, scope="schema")
        periodic.register("tenants.tasks.check_domains", every_seconds=900, scope="platform")
        periodic.register("identity.tasks.purge_expired", every_seconds=3_600, scope="schema")
