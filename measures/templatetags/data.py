"""Tags of the data pages."""

import json

from django import template
from django.utils.safestring import mark_safe

register = template.Library()

# What could end a script element, or open a comment in one.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.filter
def json_ld(document):
    """A script element with structured data: a data block, which the content security policy lets stand."""
    text = json.dumps(document, ensure_ascii=False).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
