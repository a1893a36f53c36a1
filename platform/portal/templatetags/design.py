"""Components that hold more than a line of markup: dialogs, figures, tabs, charts.

The page /design shows every one of them in each state.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal import charts

register = template.Library()


@register.simple_block_tag(takes_context=True)
def dialog(context: Any, content: str, id: str, title: str, text: str = "") -> str:
    """A question before something happens. Opened by a button with ``data-dialog="ID"``; focus
    stays inside until it is closed, Escape closes it. On a phone it is a sheet."""
    # Rendered already, and safe.
    values = {"content": SafeString(content.strip()), "id": id, "title": title, "text": text}
    return render_to_string("components/dialog.html", values)


@register.simple_block_tag
def stat(content: str, label: str, note: str = "") -> str:
    """One figure with its name; the content is the figure."""
    values = {"content": SafeString(content.strip()), "label": label, "note": note}
    return render_to_string("components/stat.html", values)


@register.inclusion_tag("components/tabs.html")
def tabs(entries: Sequence[tuple[str, Any, bool]], label: str) -> Any:
    """Links to views of one thing; ``entries``: (address, name, whether it is this one)."""
    return {"entries": entries, "label": label}


@register.simple_tag
def sparkline(points: str, kind: str = "") -> SafeString:
    """A line without axes, of ``charts.spark``; decoration: the figures stand beside it."""
    if not points:
        return SafeString('<svg class="spark" aria-hidden="true"></svg>')
    return format_html(
        '<svg class="spark {}" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline points="{}"></polyline></svg>',
        kind,
        charts.SPARK_WIDTH,
        charts.SPARK_HEIGHT,
        points,
    )


@register.inclusion_tag("components/chart.html")
def chart(drawn: charts.Chart, label: str) -> Any:
    """A line over time; its points are a table for those who do not see it, and what a pointer
    on it tells."""
    return {"chart": drawn, "label": label}
