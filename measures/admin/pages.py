"""The pages of the desk beside those of Django's admin."""

from django.template.response import TemplateResponse


def desk_page(records, request, template: str, http_status: int = 200, **context) -> TemplateResponse:
    """A page about the records of an admin, made at once, while what it shows is as it says."""
    context = {**records.admin_site.each_context(request), "opts": records.opts, **context}
    return TemplateResponse(request, f"admin/measures/{template}.html", context, status=http_status).render()
