"""The addresses of the API. Those of people's documentation stand with the pages."""

from django.urls import path, re_path

from .endpoints import ENDPOINTS
from .openapi import schema

urlpatterns = [path("api/schema/", schema, name="api-schema")]
for endpoint in ENDPOINTS:
    address, view = f"api/{endpoint.name}/", endpoint.as_view()
    urlpatterns += [
        path(address, view, name=f"api-{endpoint.name}-list"),
        re_path(f"^{address}(?P<key>{endpoint.key_pattern})/$", view, name=f"api-{endpoint.name}-detail"),
    ]
