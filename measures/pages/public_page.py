"""The base of all public pages."""

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from measures.catalogue import Catalogue


class PublicPage(TemplateView):
    """A page made from the catalogue of the request's data version."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.catalogue = Catalogue.current()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            plan=self.catalogue.newest_plan,
            data_version=self.catalogue.version,
            not_stated=_("not stated"),
            **kwargs,
        )
