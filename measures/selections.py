"""What the list's other forms share: they read the same address, and answer a client that has the answer with 304."""

import hashlib
from functools import cache, wraps

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition
from django.views.generic import View

from futian_reform.errors import InvalidParameters

from .filters import MeasureFilter
from .models import DataVersion, Measure


def selected(request) -> MeasureFilter:
    """The filter of this address; raises InvalidParameters (400) that name what cannot be read."""
    filterset = MeasureFilter(request.GET, Measure.objects.published())
    if not filterset.is_valid():
        raise InvalidParameters(filterset.form.errors.as_data())
    return filterset


def redirect_to(request, query: str) -> HttpResponseRedirect | None:
    """To the one address of this selection, unless it is this one."""
    if request.META.get("QUERY_STRING", "") == query:
        return None
    return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)


@cache
def program() -> bytes:
    """A digest of what makes answers out of data, so that a new release has new entity tags."""
    digest = hashlib.sha256(settings.SITE_ORIGIN.encode())
    for pattern in ("measures/*.py", "futian_reform/*.py", "templates/*.html", "locale/*/*/*.mo"):
        for path in sorted(settings.BASE_DIR.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.digest()


def _entity_tag(request, **kwargs) -> str:
    version = DataVersion.objects.get()
    digest = hashlib.sha256(program() + f"{version.number} {request.get_full_path()}".encode())
    return f'"{digest.hexdigest()[:32]}"'


def _last_modified(request, **kwargs):
    return DataVersion.objects.get().at


def revalidated(view):
    """An answer is a function of its address, the data version and the program; its entity tag says which."""

    @wraps(view)
    def with_headers(request, **kwargs):
        response = view(request, **kwargs)
        if response.status_code < 400:
            patch_cache_control(
                response, public=True, max_age=0, must_revalidate=True, stale_if_error=24 * 60 * 60
            )
        return response

    return condition(etag_func=_entity_tag, last_modified_func=_last_modified)(with_headers)


class SelectionView(View):
    """The list in another form: the same measures in the same order, never in pages."""

    http_method_names = ["get", "head", "options"]

    @classmethod
    def as_view(cls, **options):
        return revalidated(super().as_view(**options))

    def get(self, request):
        filterset = selected(request)
        query = filterset.canonical_query()
        return redirect_to(request, query) or self.answer(filterset, query, DataVersion.objects.get())

    def answer(self, filterset: MeasureFilter, query: str, version: DataVersion):
        raise NotImplementedError
