"""Tags and filters of templates, beside Django's own."""

from functools import lru_cache
from urllib.parse import unquote

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measures import site
from measures.addresses import absolute, translated
from measures.language.bilingual import CHINESE, ENGLISH, LANGUAGE_TAGS, Text, paragraph_number
from measures.language.chinese import has_chinese
from measures.language.quoting import quoted
from measures.selection.parameters import in_moment
from measures.snapshots import asked_moment

from . import head

register = template.Library()


@register.filter
def own_lang(text, lang=None):
    """Marks a text with its language where that is not the page's (Chinese shown for missing English)."""
    lang = lang or getattr(text, "lang", None)
    if lang is None or (lang == ENGLISH) == (get_language() == "en"):
        return text
    return format_html('<span lang="{}">{}</span>', lang, text)


@register.filter
def wrapped(text, wrapping):
    """The same for a title, a headline or an action, which breaks between the words that `wrapping` knows only."""
    if not wrapping or getattr(text, "lang", CHINESE) != CHINESE:
        return own_lang(text)
    markup = wrapping.markup(text)
    return format_html('<span lang="{}">{}</span>', CHINESE, markup) if get_language() == "en" else markup


@register.filter
def shown_lang(lang):
    """The language a text is shown in, for its `lang`: on traditional pages, Chinese is converted."""
    return "zh-Hant" if lang == CHINESE and get_language() == "zh-hant" else lang


@register.filter
def as_options(facet):
    """The options of a facet as a list of boxes to tick.

    Not a template, because a list has some sixty of them: a template's loop makes the page cost 17.7 ms instead of 13.0.
    """
    shown, group = [], ""
    for option in facet.options:
        if option.group != group:
            group = option.group
            shown.append(format_html('<li class="option-group">{}</li>', own_lang(group)))
        label = conditional_escape(own_lang(option.label))
        box = _box(facet.name, option.value, option.depth, label, option.chosen, option.count == 0)
        # list.js writes numbers into this element, so it stands there without a number too.
        count = "" if option.count is None else option.count
        shown.append(f'{box} <span class="option-count">{count}</span></label></li>')
    return mark_safe("\n".join(shown))  # noqa: S308  boxes are safe, and so are numbers


@lru_cache(maxsize=4096)
def _box(name: str, value: str, depth: int, label: SafeString, chosen: bool, empty: bool) -> SafeString:
    return format_html(
        '<li class="option{}" data-depth="{}"><label><input type="checkbox" name="{}" value="{}"{}> '
        '<span class="option-label">{}</span>',
        " empty" if empty else "",
        depth,
        name,
        value,
        mark_safe(" checked") if chosen else "",
        label,
    )


@register.filter
def chinese(text):
    """A text that is Chinese on every page, marked as such on English ones."""
    return own_lang(Text(text, CHINESE)) if text else ""


@register.filter
def own_script(text):
    """A name of unknown language, marked by the script it is written in."""
    return own_lang(Text(text, CHINESE if has_chinese(text) else ENGLISH))


register.filter("paragraph_number", paragraph_number)
register.filter("quoted", quoted)


@register.simple_tag
def page_lang():
    return LANGUAGE_TAGS[get_language()]


@register.simple_tag(takes_context=True)
def page_languages(context):
    """The languages of this page: their names in two parts, their tags and the addresses of this very page in them.

    Where there is no such page (an error, or an address without languages), the home page stands in.
    """
    request, current = context["request"], get_language()
    resolved = getattr(request, "resolver_match", None)
    path, mark, query = request.get_full_path().partition("?")
    languages = []
    for language, name in settings.LANGUAGES:
        translation = translated(path, language) if resolved else path
        if language != current and translation == path:
            address = translated(reverse("home"), language)
        else:
            address = translation + mark + query
        languages.append(
            {
                "tag": LANGUAGE_TAGS[language],
                # Phones show the short form alone: 简体, 繁體.
                "short": name.removesuffix("中文"),
                "rest": name[len(name.removesuffix("中文")) :],
                "address": address,
                "current": language == current,
            }
        )
    return languages


@register.simple_tag(takes_context=True)
def page_moment(context):
    """The moment of the past that the page shows, with its address there; None for the present."""
    moment, request = asked_moment.get(), context["request"]
    return moment and {
        "version": moment,
        "is_newest": moment.number == request.data_version.number,
        "address": absolute(in_moment(request.get_full_path())),
    }


@register.simple_tag(takes_context=True)
def current_page(context, name):
    resolved = getattr(context["request"], "resolver_match", None)
    return mark_safe(' aria-current="page"') if resolved and resolved.url_name == name else ""  # noqa: S308


@register.simple_tag
def identity():
    """The lines that say who runs the site, as Chinese sites have them; none where the settings are empty."""
    elements = (
        (_("Run by"), settings.ORGANISER),
        (_("Site identification code"), settings.SITE_ID_CODE),
        (_("ICP number"), settings.ICP_NUMBER),
        (_("Public security filing"), settings.PUBLIC_SECURITY_NUMBER),
    )
    return [{"label": label, "value": value} for label, value in elements if value]


@register.simple_tag(takes_context=True)
def said_of_plans(context, what):
    """One of the sentences of site.py that name the years of the plans that the page speaks of; error pages know none."""
    sayings = {
        "notice": site.unofficial,
        "colophon": site.colophon,
        "description": site.description,
        "not_results": site.not_results,
    }
    return sayings[what](context.get("years", ()))


@register.simple_tag(takes_context=True)
def page_address(context):
    return unquote(absolute(in_moment(context["request"].get_full_path())))


@register.simple_tag(takes_context=True)
def page_metadata(context):
    """Everything in the head that machines read: see metadata.py."""
    return head.head(context.flatten())
