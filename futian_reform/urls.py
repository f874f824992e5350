"""Every address of the site: pages below their language, the staff desk, the machine's own addresses."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from measures.urls import machine_urlpatterns

from . import health
from .errors import bad_request, not_found, server_error

urlpatterns = [
    path("healthz", health.process, name="healthz"),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("", include("measures.urls")),
        prefix_default_language=False,
    ),
    *machine_urlpatterns,
]

handler400 = bad_request
handler404 = not_found
handler500 = server_error
