from django.apps import AppConfig


class ReplayConfig(AppConfig):
    name = "trading.replay"
    label = "replay"
