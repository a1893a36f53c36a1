"""The brand studio: one page in which a draft is made, with a preview of what it will look like."""

from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from backoffice import contrast, pages
from backoffice.editing import EditPage
from backoffice.forms import StaffForm
from backoffice.tenant import brand_preview
from backoffice.tenant.brand_form import BrandForm
from tenants import actions, brand_content, selectors
from tenants.actions.brand import check_brand
from tenants.models import Brand
from tenants.selectors import current_tenant

SHOWN_PAGES = (
    ("front", gettext_lazy("Front page")),
    ("markets", gettext_lazy("Markets")),
    ("sign_up", gettext_lazy("Sign-up")),
    ("mail", gettext_lazy("E-mail")),
)


def in_work() -> Brand:
    """The brand as the draft has it, or as it is published; never saved from here."""
    tenant = current_tenant()
    row = Brand.objects.get(tenant_id=tenant.pk)
    draft = selectors.draft_of(tenant)
    return brand_content.with_content(row, draft.content) if draft else row


class Studio(EditPage):
    """Change the draft; two persons at it get a difference."""

    template = "brand_edit.html"

    def target(self, **kwargs: Any) -> Brand:
        return in_work()

    def title(self, target: Brand) -> str:
        return _("Brand studio")

    def confirm_label(self, target: Brand) -> str:
        return _("Save the draft")

    def open_form(self, target: Brand, data: Any = None, files: Any = None) -> BrandForm:
        return BrandForm(data, files, row=target)

    def extra(self, target: Brand, form: StaffForm) -> dict[str, Any]:
        assert isinstance(form, BrandForm)
        names = dict(django_settings.LANGUAGES)
        shown = sorted(names, key=lambda code: (code not in target.languages, code))
        draft = selectors.draft_of(current_tenant())
        return {
            "plain_fields": form.plain_fields(),
            "mail_fields": form.mail_fields(),
            "logo_fields": form.logo_fields(),
            "colour_groups": [
                (_("Light"), form.colour_fields("light")),
                (_("Dark"), form.colour_fields("dark")),
            ],
            "text_groups": [
                (names[code], form.text_fields(code), code in target.languages) for code in shown
            ],
            "pairs": contrast.pairs_of(target.colours),
            "shown_pages": SHOWN_PAGES,
            "shown_languages": [(code, names[code]) for code in target.languages],
            "draft": draft,
            "is_behind": draft is not None and draft.base_version != target.version,
        }

    def perform(self, target: Brand, values: dict[str, Any]) -> str:
        assert isinstance(self.sent, BrandForm)
        # The row may be another by now, and is locked: what was typed goes over that.
        self.sent.row = target
        content = self.sent.content()
        if content == brand_content.content_of(target):
            if self.wants_to_publish and selectors.draft_of(current_tenant()):
                return _("Look at what will be different, then publish it.")
            raise ValidationError(_("Nothing was changed."))
        actions.save_draft(tenant=current_tenant(), content=content, acting_user=self.request.user)
        return _("The draft is saved. Nobody outside sees it before it is published.")

    @property
    def wants_to_publish(self) -> bool:
        return self.request.POST.get("do") == "publish"

    def after(self, target: Brand) -> str:
        return self.url("publish_brand" if self.wants_to_publish else "edit_brand")

    def back(self, target: Brand) -> str:
        return self.url("brand")

    def crumbs(self, target: Brand) -> list[tuple[str, str]]:
        return [(_("Brand"), self.url("brand"))]


class Preview(View):
    """What the form as it is typed would look like, with its contrasts; it saves nothing."""

    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, preview_page: str) -> HttpResponse:
        return self._answer(preview_page, in_work(), {})

    def post(self, request: HttpRequest, preview_page: str) -> HttpResponse:
        row = in_work()
        form = BrandForm(request.POST, request.FILES, row=row)
        form.is_valid()
        problems = {
            str(form.fields[name].label or name): str(errors[0])
            for name, errors in form.errors.items()
            if name in form.fields and name != "token"
        }
        content = form.content()
        kept = brand_content.content_of(row)
        try:
            check_brand(brand_content.with_content(row, content))
        except ValidationError as error:
            problems |= {name: texts[0] for name, texts in error.message_dict.items()}
            content |= {name: kept[name] for name in error.message_dict if name in kept}
        return self._answer(preview_page, brand_content.with_content(row, content), problems)

    def _answer(self, page: str, brand: Brand, problems: dict[str, str]) -> HttpResponse:
        if page not in dict(SHOWN_PAGES):
            raise Http404
        wanted = self.request.POST or self.request.GET
        scheme = "dark" if wanted.get("shown_scheme") == "dark" else "light"
        html = brand_preview.page_in(
            self.request, brand, page=page, scheme=scheme,
            language=wanted.get("shown_language", ""),
        )  # fmt: skip
        pairs = contrast.pairs_of(brand.colours)
        table = render_to_string("backoffice/parts/contrast.html", {"pairs": pairs})
        return JsonResponse({"html": html, "contrast": table, "problems": problems})


PAGES = (
    pages.Page("brand/edit/", "edit_brand", Studio.as_view(), "brand.change"),
    pages.Page(
        "brand/preview/<str:preview_page>/", "brand_preview", Preview.as_view(), "brand.change"
    ),
)
