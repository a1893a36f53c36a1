"""The audit trail of a schema: search, one object's trail, one record, proof of the chain."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import chains, selectors, traces
from audit.models import AuditRecord
from backoffice import access, action_words, cells, object_words, pages
from backoffice.tables import Choice, Column, Days, Listing, asked
from identity.models import User


def actor_names(records: Iterable[AuditRecord]) -> dict[int, str]:
    """Names of the acting users of this schema; an operator of another keeps the number."""
    ids = {r.actor_id for r in records if r.actor_id is not None}
    return {user.pk: str(user.name or user.email) for user in User.objects.filter(pk__in=ids)}


def actor_text(record: AuditRecord, names: dict[int, str]) -> str:
    """Who did it, in words."""
    if record.actor_kind == AuditRecord.Actor.SYSTEM:
        return _("the system")
    is_local = record.actor_kind != AuditRecord.Actor.OPERATOR or _in_public()
    name = names.get(record.actor_id or 0) if is_local else None
    kind = record.get_actor_kind_display()
    if not name:
        return f"{kind} {record.actor_id}"
    return f"{name} ({access.role_words(record.actor_role) if record.actor_role else kind})"


def _in_public() -> bool:
    from identity.schema import is_public

    return is_public()


def changes(record: AuditRecord) -> list[tuple[str, str, str]]:
    """Fields that differ: name, old, new; only one side where something began or ended."""
    old, new = record.old or {}, record.new or {}
    rows = []
    for name in sorted(set(old) | set(new)):
        if old.get(name) != new.get(name) or not (record.old and record.new):
            rows.append((name.replace("_", " "), _plain(old.get(name)), _plain(new.get(name))))
    return rows


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{k}: {_plain(v)}" for k, v in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(_plain(v) for v in value) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)[:300]


def timeline(request: HttpRequest, records: Iterable[AuditRecord]) -> list[dict[str, Any]]:
    """Records as steps for the timeline template."""
    found = list(records)
    names = actor_names(found)
    return [
        {
            "id": record.pk,
            "time": record.recorded_at,
            "words": action_words.words_of(record.action),
            "actor": actor_text(record, names),
            "reason": record.reason,
            "changes": changes(record),
            "address": pages.url(request, "audit_record", record.pk),
        }
        for record in found
    ]


def _search(rows: QuerySet, term: str) -> QuerySet:
    if term.isascii() and term.isdigit() and len(term) < 19:
        return rows.filter(object_id=term) | rows.filter(pk=int(term))
    users = User.objects.filter(email__icontains=term).values_list("pk", flat=True)[:200]
    return (
        rows.filter(action__icontains=term.replace(" ", "_"))
        | rows.filter(reason__icontains=term)
        | rows.filter(object_id=term)
        | rows.filter(actor_id__in=list(users)).exclude(actor_kind=AuditRecord.Actor.SYSTEM)
    )


def trail(request: HttpRequest) -> HttpResponse:
    """All records, newest first; ``type`` and ``id`` narrow it to one object."""
    rows = selectors.records()
    wanted_type, wanted_id = asked(request, "type"), asked(request, "id")
    if wanted_type:
        rows = rows.filter(object_type=wanted_type)
    if wanted_id:
        rows = rows.filter(object_id=wanted_id)
    names: dict[int, str] = {}
    kinds = AuditRecord.objects.order_by("object_type").values_list("object_type", flat=True)

    def actor(record: AuditRecord) -> str:
        if record.actor_id and record.actor_id not in names:
            names.update(actor_names([record]))
        return actor_text(record, names)

    listing = Listing(
        columns=[
            Column(gettext_lazy("Record"), lambda r: cells.mono(r.pk), "main"),
            Column(gettext_lazy("Time (UTC)"), lambda r: cells.when(r.recorded_at)),
            Column(gettext_lazy("What"), lambda r: action_words.words_of(r.action)),
            Column(
                gettext_lazy("Object"),
                lambda r: cells.pair(object_words.words_of(r.object_type), r.object_id),
            ),
            Column(gettext_lazy("Who"), actor),
            Column(gettext_lazy("Reason"), lambda r: r.reason or "–"),
        ],
        filters=[
            Choice(
                "type",
                gettext_lazy("Object"),
                [(kind, object_words.words_of(kind)) for kind in kinds.distinct()],
                lambda rows, value: rows.filter(object_type=value),
            ),
            Choice(
                "actor",
                gettext_lazy("Who"),
                AuditRecord.Actor.choices,
                lambda rows, value: rows.filter(actor_kind=value),
            ),
            Days("time", gettext_lazy("Day"), "recorded_at"),
        ],
        search=_search,
        search_hint=gettext_lazy("Action, reason, object id, e-mail of who did it"),
        empty_headline=gettext_lazy("Nothing has been recorded yet"),
        row_link=lambda record: pages.url(request, "audit_record", record.pk),
    )
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "kept": [("id", wanted_id)] if wanted_id else [],
            "intro": _("Each record carries the hash of the one before it."),
            "buttons": [(_("Verify the chain"), pages.url(request, "audit_verify"), "")],
        },
        title=_("Audit trail"),
    )


def record(request: HttpRequest, record_id: int) -> HttpResponse:
    """One record: who, what, old and new, and its place in the chain."""
    row = selectors.records().filter(pk=record_id).first()
    if row is None:
        return pages.missing(request)
    facts = [
        (_("Time (UTC)"), cells.when(row.recorded_at)),
        (_("What"), action_words.words_of(row.action)),
        (_("Who"), actor_text(row, actor_names([row]))),
        (
            _("Object"),
            cells.link(
                pages.url(request, "audit", type=row.object_type, id=row.object_id),
                f"{object_words.words_of(row.object_type)} {row.object_id}",
            ),
        ),
        (_("Reason"), row.reason or "–"),
    ]
    if row.trace_id and pages.site_of(request).uses_tenant_schema:
        text = traces.text_of(row.trace_id)
        facts.append((_("Trace"), cells.link(pages.url(request, "trace", text), text)))
    return pages.render(
        request,
        "audit_record.html",
        {"facts": facts, "changes": changes(row), "record": row},
        title=_("Audit record %(id)s") % {"id": row.pk},
        crumbs=[(_("Audit trail"), pages.url(request, "audit"))],
    )


def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the chain from its beginning."""
    check = selectors.verify_chain()
    others = chains.registered() if pages.site_of(request).uses_tenant_schema else {}
    return pages.render(
        request,
        "audit_verify.html",
        {"check": check, "others": [(name, verify()) for name, verify in others.items()]},
        title=_("Proof of the audit trail"),
        crumbs=[(_("Audit trail"), pages.url(request, "audit"))],
    )


PAGES = (
    pages.Page("audit/", "audit", trail, "audit.view"),
    pages.Page("audit/<int:record_id>/", "audit_record", record, "audit.view"),
    pages.Page("audit/verify/", "audit_verify", verify, "audit.view"),
)
