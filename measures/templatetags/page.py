"""What templates need beyond Django's own tags."""

import re

from django import template
from django.conf import settings
from django.urls import reverse, translate_url
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures import metadata
from measures.bilingual import CHINESE, ENGLISH, Text

HAN = re.compile("[\u4e00-\u9fff]")

register = template.Library()


@register.filter
def own_lang(text):
    """Marks a text with its language where that is not the page's (Chinese shown for missing English)."""
    lang = getattr(text, "lang", None)
    if lang is None or (lang == ENGLISH) == (get_language() == "en"):
        return text
    return format_html('<span lang="{}">{}</span>', lang, text)


@register.filter
def chinese(text):
    """A text that is Chinese on every page, marked as such on English ones."""
    return own_lang(Text(text, CHINESE)) if text else ""


@register.filter
def own_script(text):
    """A name of unknown language, marked by the script it is written in."""
    return own_lang(Text(text, CHINESE if HAN.search(text) else ENGLISH))


@register.simple_tag
def page_lang():
    """The language of the page, for `<html lang>`."""
    return metadata.LANGUAGE_TAGS[get_language()]


@register.simple_tag(takes_context=True)
def page_languages(context):
    """The languages of this page: their names in two parts, their tags and the addresses of this very page in them.

    Where there is no such page (an error, or an address without languages), the home page stands in.
    """
    request, current = context["request"], get_language()
    resolved = getattr(request, "resolver_match", None)
    languages = []
    for language, name in settings.LANGUAGES:
        address = translate_url(request.get_full_path(), language) if resolved else ""
        if language != current and (not address or address == request.get_full_path()):
            address = translate_url(reverse("home"), language)
        languages.append(
            {
                "tag": metadata.LANGUAGE_TAGS[language],
                # On a phone 简体 and 繁體 do.
                "short": name.removesuffix("中文"),
                "rest": name[len(name.removesuffix("中文")) :],
                "address": address or request.get_full_path(),
                "current": language == current,
            }
        )
    return languages


@register.simple_tag(takes_context=True)
def current_page(context, name):
    """`aria-current` on the navigation's link to the page that is shown."""
    resolved = getattr(context["request"], "resolver_match", None)
    return mark_safe(' aria-current="page"') if resolved and resolved.url_name == name else ""  # noqa: S308


@register.simple_tag
def identity():
    """Who runs the site, as Chinese sites say it; nothing where the settings are empty."""
    elements = (
        (_("Run by"), settings.ORGANISER),
        (_("Site identification code"), settings.SITE_ID_CODE),
        (_("ICP number"), settings.ICP_NUMBER),
        (_("Public security filing"), settings.PUBLIC_SECURITY_NUMBER),
    )
    return [{"label": label, "value": value} for label, value in elements if value]


@register.simple_tag(takes_context=True)
def page_metadata(context):
    """Everything in the head that machines read: see metadata.py."""
    return metadata.head(context.flatten())


@register.filter
def marked_title(measure, listing):
    """The title, with what the search of the listing found in it marked."""
    return listing.marked_title(measure)


@register.filter
def hits(measure, listing):
    """Where the search of the listing found something in the measure."""
    return listing.hits(measure)
