"""Nothing of the desk is shown to an account that has a second factor, or must have one, before it was given."""

from urllib.parse import quote

from django.http import HttpResponseRedirect
from django.urls import reverse

from measures.admin.sign_in.factors import has_factor, must_have_factor

from .middleware import is_staff_path

# The names of the addresses that lead to it, and how those of its own begin.
OPEN, OWN = ("login", "logout", "jsi18n"), ("sign-in", "passkey-")


def second_factor(get_response):
    """Send staff who have not given their second factor to the page that asks for it, or where it is set up."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        if not is_staff_path(request.path_info):
            return None
        user = request.user
        if not user.is_authenticated or not user.is_staff or user.is_verified():
            return None
        name = request.resolver_match.url_name or ""
        if name in OPEN or name.startswith(OWN):
            return None
        enrolled = has_factor(user)
        if not enrolled and not must_have_factor(user):
            return None
        where = reverse("sign-in-verify" if enrolled else "sign-in")
        return HttpResponseRedirect(f"{where}?next={quote(request.get_full_path())}")

    middleware.process_view = process_view
    return middleware
