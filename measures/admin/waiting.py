"""Work that waits at the desk: filters by what is missing, drafts found by pinyin, and the start page that counts it all."""

import unicodedata

from django import template
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from measures.language.readings import toned
from measures.models import Measure, Plan, Term

register = template.Library()

#: In a session: records whose form met what somebody else saved, and how they are called.
CONFLICTS = "conflicts"

NO_ENGLISH = (
    Q(title_en="") | Q(summary_en="") | Q(actions__text_en="") | Q(centre_links__reason_en="")
    | (Q(note_en="") & ~Q(note_zh="")) | (Q(headline_en="") & ~Q(headline_zh=""))
)  # fmt: skip


class Missing(admin.SimpleListFilter):
    """A filter by what a record lacks; `lacking` says of each choice its label and which records they are."""

    title = _("what is missing")
    parameter_name = "missing"
    lacking: dict[str, tuple] = {}

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _condition) in self.lacking.items()]

    def queryset(self, request, queryset):
        if self.value() not in self.lacking:
            return queryset
        # By key, since conditions on rows of a record would give it once for each.
        found = queryset.model.objects.filter(self.lacking[self.value()][1])
        return queryset.filter(pk__in=found.values("pk"))


class MissingInMeasure(Missing):
    lacking = {
        "english": (_("English"), NO_ENGLISH),
        "paragraph": (_("Source paragraph"), Q(paragraphs__isnull=True)),
        "action": (_("Action"), Q(actions__isnull=True)),
        "centre": (_("Centre"), Q(centre_links__isnull=True)),
        "audience": (_("Audience"), Q(audiences__isnull=True)),
    }


class MissingInTerm(Missing):
    lacking = {
        "gloss": (_("Explanation"), Q(gloss_zh="") | Q(gloss_en="")),
        "measure": (_("Measure"), Q(measures__isnull=True)),
    }


def drafts_by_pinyin(typed: str) -> QuerySet[Measure]:
    """The drafts whose Chinese title is read as `typed`: in syllables or by their initials, from any character on."""
    letters = "".join(typed.lower().split())
    if not letters.isascii() or not letters.isalpha():
        return Measure.objects.none()
    drafts = Measure.objects.filter(status=Measure.Status.DRAFT).values_list("pk", "title_zh")
    return Measure.objects.filter(pk__in=[pk for pk, title in drafts if is_read_as(title, letters)])


def is_read_as(text: str, letters: str) -> bool:
    marked = unicodedata.normalize("NFD", toned(text).lower())
    syllables = "".join(sign for sign in marked if not unicodedata.combining(sign)).split()
    starts = range(len(syllables))
    return letters in "".join(syllable[0] for syllable in syllables) or any(
        "".join(syllables[start:]).startswith(letters) for start in starts
    )


def note_conflict(request, record: Model) -> None:
    """Remembers, as long as the session lasts, that what was typed into the form of the record is not saved yet."""
    noted = request.session.get(CONFLICTS, {})
    request.session[CONFLICTS] = {**noted, f"{record._meta.model_name}:{record.pk}": str(record)}


def settle_conflict(request, kind: str, pk: int | str) -> None:
    if request.session.get(CONFLICTS, {}).pop(f"{kind}:{pk}", None):
        request.session.modified = True


def conflicts(request) -> list[tuple[str, int, str]]:
    found = []
    for key, title in request.session.get(CONFLICTS, {}).items():
        kind, _colon, pk = key.partition(":")
        label = _("A conflict in which you have not chosen yet: %(record)s") % {"record": title}
        found.append((label, 1, reverse(f"admin:measures_{kind}_change", args=[pk])))
    return found


@register.simple_tag(takes_context=True)
def waiting(context) -> list[tuple[str, int, str]]:
    """The work that waits: (what, how many, the address of the list of them)."""
    measures, terms = (reverse(f"admin:measures_{kind}_changelist") for kind in ("measure", "term"))
    drafts = Measure.objects.filter(status=Measure.Status.DRAFT)
    untranslated = Measure.objects.filter(NO_ENGLISH).distinct()
    unexplained = Term.objects.filter(MissingInTerm.lacking["gloss"][1])
    without_paragraph = Measure.objects.filter(paragraphs__isnull=True)
    plans = Plan.objects.filter(status=Plan.Status.DRAFT)
    found = [
        (_("Drafts of measures"), drafts, f"{measures}?status__exact=draft"),
        (_("Measures whose English is incomplete"), untranslated, f"{measures}?missing=english"),
        (_("Measures without a source paragraph"), without_paragraph, f"{measures}?missing=paragraph"),
        (_("Terms without an explanation"), unexplained, f"{terms}?missing=gloss"),
        (_("Plans that are drafts"), plans, reverse("admin:measures_plan_changelist")),
    ]
    counted = [(label, records.count(), address) for label, records, address in found]
    return [*conflicts(context["request"]), *(entry for entry in counted if entry[1])]
