"""What has changed, for everyone: only what was public, and no names."""

from django.http import Http404
from django.utils.translation import gettext as _

from measures.history import Reader, title_of
from measures.models import Version

from .public_page import PublicPage


def described(version: Version, reader: Reader) -> Version:
    """`version` (of `public_events()`) with what a page says of it: its title, what changed and what kind of event."""
    version.withdrawn = not version.public
    version.first = version.public_before is None
    shown = version.public_before if version.withdrawn else version.document
    version.title = title_of(version.kind, shown)
    version.changes = []
    if not version.withdrawn and not version.first:
        version.changes = reader.changes(version.kind, version.public_before, version.document)
    return version


class HistoryPage(PublicPage):
    """Pages beside a record: they do not compete with it in search engines."""

    def render_to_response(self, context, **response_kwargs):
        response = super().render_to_response(context, **response_kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class MeasureHistory(HistoryPage):
    template_name = "history.html"

    def get_context_data(self, code, **kwargs):
        reader = Reader()
        events = Version.objects.of("measure", code).public_events()
        versions = [described(version, reader) for version in events]
        if not versions:
            raise Http404
        return super().get_context_data(
            code=code, title=versions[0].title, versions=versions, withdrawn=versions[0].withdrawn, **kwargs
        )


class MeasureVersion(HistoryPage):
    """One version of a measure at its permanent address."""

    template_name = "version.html"

    def get_context_data(self, code, number, **kwargs):
        reader = Reader()
        version = (
            Version.objects.of("measure", code).public_events().filter(number=number, public=True).first()
        )
        if not version:
            raise Http404(_("This measure has no public version %(number)s.") % {"number": number})
        later = Version.objects.of("measure", code).public().filter(number__gt=number).last()
        return super().get_context_data(
            code=code,
            version=described(version, reader),
            entries=reader.whole("measure", version.document),
            later=later,
            withdrawn=not later and self.catalogue.register.key_of(code) is None,
            **kwargs,
        )


class Changes(HistoryPage):
    """All public changes of the site, newest first. Counting them would read the whole history, so pages are not."""

    template_name = "changes.html"
    paginate_by = 30

    def get_context_data(self, **kwargs):
        given = self.request.GET.get("page", "1")
        number = int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0
        first = (number - 1) * self.paginate_by
        events = Version.objects.public_events()[first : first + self.paginate_by + 1] if number else []
        if not events:
            raise Http404(_("There is no page “%(number)s” of changes.") % {"number": given[:20]})
        reader = Reader()
        return super().get_context_data(
            versions=[described(version, reader) for version in events[: self.paginate_by]],
            newer=number - 1,
            older=number + 1 if len(events) > self.paginate_by else None,
            number=number,
            **kwargs,
        )
