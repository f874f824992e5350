"""Every address of the site: pages below their language, the staff desk, the machine's own addresses."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.auth import views as auth
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from futian_reform.requests.errors import bad_request, forbidden, not_found, server_error
from measures.pages import sitemaps
from measures.pages.urls import machine_urlpatterns
from measures.pages.views import Robots, Styleguide

from .requests import health


def icon(request, name):
    return redirect(static(name))


# The sign-in page offers it where the first of these addresses exists.
RESETTING = {
    "": ("admin_password_reset", auth.PasswordResetView),
    "sent/": ("password_reset_done", auth.PasswordResetDoneView),
    "<uidb64>/<token>/": ("password_reset_confirm", auth.PasswordResetConfirmView),
    "done/": ("password_reset_complete", auth.PasswordResetCompleteView),
}
password_reset = [
    path(f"admin/password-reset/{route}", view.as_view(), name=name)
    for route, (name, view) in RESETTING.items()
    if settings.EMAIL_HOST
]

urlpatterns = [
    path("healthz", health.process, name="healthz"),
    path("readyz", health.site, name="readyz"),
    # Browsers and phones ask for these here where a page does not name them, such as a file.
    *(path(name, icon, {"name": name}) for name in ("favicon.ico", "apple-touch-icon.png")),
    path("robots.txt", Robots.as_view(), name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap-section"),
    # Staff write in simplified characters, so the desk is not converted to traditional ones; the style guide is.
    re_path(
        r"^zh-hant/admin/(?!styleguide/)(?P<rest>.*)$",
        RedirectView.as_view(url="/admin/%(rest)s", query_string=True),
    ),
    *i18n_patterns(
        path("admin/styleguide/", admin.site.admin_view(Styleguide.as_view()), name="styleguide"),
        path("admin/sign-in/", include("measures.admin.sign_in.urls")),
        *password_reset,
        path("admin/", admin.site.urls),
        path("", include("measures.pages.urls")),
        prefix_default_language=False,
    ),
    *machine_urlpatterns,
]

handler400 = bad_request
handler403 = forbidden
handler404 = not_found
handler500 = server_error
