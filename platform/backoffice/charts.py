"""Charts drawn by the server as SVG: no script, colours by class, so both themes have theirs.

Shares and heights are exact integers until the last step, which is a pixel. Every chart says in
words what it shows, for who cannot see it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

TONES = 6  # classes bo-tone-0 … in the stylesheet


class Part(NamedTuple):
    """A named part of a bar; `text` is its amount for people."""

    name: str
    size: int
    text: str


class Bar(NamedTuple):
    """A column of a chart over time."""

    name: str
    size: int
    text: str


def stacked(rows: Sequence[tuple[str, Sequence[Part]]], title: str) -> SafeString:
    """Bars of one length scale that are made of parts, below each other, with a legend."""
    longest = max((sum(max(p.size, 0) for p in parts) for _name, parts in rows), default=0)
    if longest <= 0:
        return SafeString("")
    drawn = []
    tones: dict[str, int] = {}  # what has one name has one colour
    for name, parts in rows:
        shown = [part for part in parts if part.size > 0]
        pieces, legend, x = [], [], 0
        for part in shown:
            width = part.size * 10_000 // longest
            tone = tones.setdefault(part.name, len(tones) % TONES)
            pieces.append((x / 100, max(width, 20) / 100, tone, part.name, part.text))
            legend.append((tone, part.name, part.text))
            x += width
        drawn.append(
            format_html(
                '<div class="bo-stackrow"><span class="bo-figure-name">{}</span>'
                '<svg class="bo-stackbar" viewBox="0 0 100 8" preserveAspectRatio="none" '
                'aria-hidden="true">{}</svg><ul class="bo-legend">{}</ul></div>',
                name,
                format_html_join(
                    "",
                    '<rect x="{}" y="0" width="{}" height="8" class="bo-tone-{}">'
                    "<title>{}: {}</title></rect>",
                    pieces,
                ),
                format_html_join(
                    "",
                    '<li><span class="bo-swatch bo-tone-{}"></span>{} <strong>{}</strong></li>',
                    legend,
                ),
            )
        )
    return format_html(
        '<div class="bo-stack-chart" role="group" aria-label="{}">{}</div>',
        title,
        format_html_join("", "{}", ((each,) for each in drawn)),
    )


def columns(bars: Sequence[Bar], title: str) -> SafeString:
    """Columns over time with the highest one's amount at the scale's top."""
    highest = max((bar.size for bar in bars), default=0)
    if highest <= 0:
        return SafeString("")
    step = 1000 / len(bars)
    width = max(1.0, min(step * 0.72, 60))
    drawn = [
        (
            number * step + (step - width) / 2,
            160 - max(bar.size, 0) * 150 // highest,
            width,
            max(bar.size, 0) * 150 // highest,
            bar.name,
            bar.text,
        )
        for number, bar in enumerate(bars)
    ]
    top = max(bars, key=lambda bar: bar.size)
    return format_html(
        '<figure class="bo-columns"><figcaption class="bo-figure-name">{}<span>{}: {}</span>'
        '</figcaption><svg viewBox="0 0 1000 161" preserveAspectRatio="none" role="img" '
        'aria-label="{}">'
        '<line x1="0" x2="1000" y1="10" y2="10" class="bo-gridline"/>'
        '<line x1="0" x2="1000" y1="85" y2="85" class="bo-gridline"/>'
        '<line x1="0" x2="1000" y1="160" y2="160" class="bo-axis"/>{}</svg>'
        '<div class="bo-columns-ends"><span>{}</span><span>{}</span></div></figure>',
        title,
        top.name,
        top.text,
        title,
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" class="bo-tone-0">'
            "<title>{}: {}</title></rect>",
            drawn,
        ),
        bars[0].name,
        bars[-1].name if len(bars) > 1 else "",
    )


def coverage(rows: Sequence[tuple[str, int, str]], title: str) -> SafeString:
    """(name, basis points of what is owed, in words): bars against a line at 100 %."""
    if not rows:
        return SafeString("")
    drawn = []
    for name, basis_points, text in rows:
        filled = min(max(basis_points, 0), 20_000) * 50 // 10_000  # 100 % stands in the middle
        drawn.append(
            (
                name,
                "bo-fill-bad" if basis_points < 10_000 else "bo-fill-good",
                filled,
                text,
            )
        )
    return format_html(
        '<div class="bo-coverage" role="group" aria-label="{}">{}</div>',
        title,
        format_html_join(
            "",
            '<div><span>{}</span><svg viewBox="0 0 100 6" preserveAspectRatio="none" '
            'aria-hidden="true"><rect x="0" y="0" width="100" height="6" class="bo-track"/>'
            '<rect class="{}" x="0" y="0" width="{}" height="6"/>'
            '<line x1="50" x2="50" y1="0" y2="6" class="bo-limit"/></svg>'
            '<span class="bo-money">{}</span></div>',
            drawn,
        ),
    )
