"""What templates need beyond Django's own tags."""

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils.html import format_html
from django.utils.translation import get_language

from measures.bilingual import ENGLISH

# As BCP 47 writes them, for `lang` and `hreflang`.
LANGUAGE_TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}

register = template.Library()


@register.filter
def own_lang(text):
    """Marks a text with its language where that is not the page's (Chinese shown for missing English)."""
    lang = getattr(text, "lang", None)
    if lang is None or (lang == ENGLISH) == (get_language() == "en"):
        return text
    return format_html('<span lang="{}">{}</span>', lang, text)


@register.simple_tag(takes_context=True)
def page_languages(context):
    """The languages of this page: their names, their tags and the addresses of this very page in them."""
    request = context["request"]
    return [
        {
            "tag": LANGUAGE_TAGS[language],
            "name": name,
            "address": translate_url(request.get_full_path(), language),
            "current": language == get_language(),
        }
        for language, name in settings.LANGUAGES
    ]


@register.filter
def marked_title(measure, listing):
    """The title, with what the search of the listing found in it marked."""
    return listing.marked_title(measure)


@register.filter
def hits(measure, listing):
    """Where the search of the listing found something in the measure."""
    return listing.hits(measure)
