"""The public page of a measure that need not be public."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path

from measures.catalogue import Catalogue
from measures.pages.measure import relations
from measures.pages.public_page import PublicPage


class MeasurePreview(PublicPage):
    template_name = "admin/measures/preview.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.catalogue = Catalogue.with_drafts()

    def get_context_data(self, saved, **kwargs):
        # Without what the public page adds: there is nothing to cite or to download yet.
        measure = self.catalogue.saved_measure(saved.code)
        shown = relations(measure, self.catalogue, self.catalogue.register.neighbours(saved.code))
        return super().get_context_data(saved=saved, **shown, **kwargs)


class Preview:
    """Adds the preview to the admin of measures."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.preview_view)
        return [path("<int:object_id>/preview/", view, name="measures_measure_preview"), *super().get_urls()]

    def preview_view(self, request, object_id):
        measure = self.get_object(request, str(object_id))
        if not self.has_view_permission(request, measure):
            raise PermissionDenied
        if not measure:
            raise Http404
        return MeasurePreview.as_view()(request, saved=measure)
