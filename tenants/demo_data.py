"""The two demo firms and the people in them."""

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "demo-Marque-2024"

STAFF_ROLES = ("owner", "admin", "finance", "compliance", "support", "auditor")
CUSTOMERS = ("alice", "bob", "carol")

OPERATORS = {
    "operator@marque.example": "owner",
    "auditor@marque.example": "auditor",
}


@dataclass(frozen=True)
class DemoTenant:
    slug: str
    name: str
    domain: str
    timezone: str
    fees: dict[str, int]
    brand: dict[str, Any] = field(default_factory=dict)

    def email(self, local_part: str) -> str:
        return f"{local_part}@{self.slug}.example"


_AURORA_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" role="img">'
    "<title>Aurora Markets</title>"
    '<defs><linearGradient id="aurora-sky" x1="0" y1="1" x2="1" y2="0">'
    '<stop offset="0" stop-color="#14b8a6"/><stop offset="1" stop-color="#4f46e5"/>'
    "</linearGradient></defs>"
    '<path fill="url(#aurora-sky)" d="M24 4 44 42h-9.2L24 20.6 13.2 42H4z"/>'
    '<path fill="#2dd4bf" d="M24 27.5 31.2 42H16.8z"/></svg>'
)
_LONGMEN_LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" role="img">'
    "<title>龙门交易所</title>"
    '<rect width="48" height="48" rx="8" fill="#b42318"/>'
    '<path fill="#f5c451" d="M6 12c6 2 12 3 18 3s12-1 18-3v5c-3 .9-6 1.6-9 2v20h-5V20.5'
    'c-1.3.1-2.7.1-4 .1s-2.7 0-4-.1V39h-5V19c-3-.4-6-1.1-9-2z"/>'
    '<path fill="#f5c451" d="M12 24h24v4H12z"/></svg>'
)

TENANTS = (
    DemoTenant(
        slug="aurora",
        name="Aurora Markets",
        domain="aurora.localhost",
        timezone="Europe/London",
        fees={"maker_ppm": 500, "taker_ppm": 1000},
        brand={
            "languages": ["en", "zh-hans", "ru"],
            "default_language": "en",
            "support_address": "help@aurora.example",
            "mail_from": "no-reply@aurora.example",
            "logo_svg": _AURORA_LOGO,
            "colours": {
                "light": {
                    "primary": "#4338ca",
                    "on_primary": "#ffffff",
                    "accent": "#0f766e",
                    "background": "#f6f7fb",
                    "surface": "#ffffff",
                    "text": "#14172b",
                },
                "dark": {
                    "primary": "#8b93f8",
                    "on_primary": "#0c0e1c",
                    "accent": "#2dd4bf",
                    "background": "#0c0e1a",
                    "surface": "#151829",
                    "text": "#eceefb",
                },
            },
            "texts": {
                "en": {
                    "tagline": "Clear markets, north to south.",
                    "introduction": "Spot trading with a deep book, low fees and real people.",
                    "footer": "Aurora Markets is a demonstration firm.",
                    "mail_signature": "Your Aurora team",
                },
                "zh-hans": {
                    "tagline": "市场，清晰可见。",
                    "introduction": "深度充足的现货交易，低费率，随时有人应答。",
                    "footer": "Aurora Markets 为演示机构。",
                    "mail_signature": "Aurora 团队",
                },
                "ru": {
                    "tagline": "Ясные рынки, с севера на юг.",
                    "introduction": "Спотовая торговля: глубокий стакан, низкие комиссии, живая "
                    "поддержка.",
                    "footer": "Aurora Markets — демонстрационная компания.",
                    "mail_signature": "Команда Aurora",
                },
            },
        },
    ),
    DemoTenant(
        slug="longmen",
        name="龙门交易所",
        domain="longmen.localhost",
        timezone="Asia/Shanghai",
        fees={"maker_ppm": 1000, "taker_ppm": 2000},
        brand={
            "languages": ["zh-hans", "en"],
            "default_language": "zh-hans",
            "support_address": "help@longmen.example",
            "mail_from": "no-reply@longmen.example",
            "logo_svg": _LONGMEN_LOGO,
            "colours": {
                "light": {
                    "primary": "#b42318",
                    "on_primary": "#ffffff",
                    "accent": "#8a6100",
                    "background": "#fbf8f4",
                    "surface": "#ffffff",
                    "text": "#211512",
                },
                "dark": {
                    "primary": "#f5c451",
                    "on_primary": "#241503",
                    "accent": "#f97066",
                    "background": "#15100d",
                    "surface": "#201813",
                    "text": "#f7eee2",
                },
            },
            "texts": {
                "zh-hans": {
                    "tagline": "鱼跃龙门，交易有道。",
                    "introduction": "稳健的现货交易平台：深度充足，规则透明，全天候服务。",
                    "footer": "龙门交易所为演示机构。",
                    "mail_signature": "龙门交易所客服团队",
                },
                "en": {
                    "tagline": "Through the dragon gate.",
                    "introduction": "A steady spot exchange with a deep book and plain rules.",
                    "footer": "Longmen Exchange is a demonstration firm.",
                    "mail_signature": "The Longmen team",
                },
            },
        },
    ),
)
