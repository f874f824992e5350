"""The addresses of signing in, below /admin/sign-in/. Whoever is not signed in is sent to do that first."""

from django.contrib import admin
from django.urls import path
from django_otp_webauthn import views as passkeys

from . import views

PASSKEYS = {
    "register/begin": passkeys.BeginCredentialRegistrationView,
    "register/complete": passkeys.CompleteCredentialRegistrationView,
    "use/begin": passkeys.BeginCredentialAuthenticationView,
    "use/complete": passkeys.CompleteCredentialAuthenticationView,
}

PAGES = {
    "": ("sign-in", views.overview),
    "verify/": ("sign-in-verify", views.verify),
    "app/": ("sign-in-app", views.app),
    "app/picture/": ("sign-in-app-picture", views.app_picture),
}

urlpatterns = [
    *(path(route, admin.site.admin_view(view), name=name) for route, (name, view) in PAGES.items()),
    *(
        path(
            f"passkey/{route}/",
            admin.site.admin_view(view.as_view()),
            name=f"passkey-{route.replace('/', '-')}",
        )
        for route, view in PASSKEYS.items()
    ),
]
