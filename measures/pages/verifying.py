"""The page that tells whether a citation still says the same."""

from django.core.exceptions import BadRequest

from measures.open_data.verifying import verify

from .history import HistoryPage


class Verify(HistoryPage):
    template_name = "verify.html"

    def get(self, request):
        given = {name: request.GET.get(name, "") for name in ("address", "fingerprint", "measures")}
        found, error = None, ""
        if given["address"]:
            try:
                found = verify(**given)
            except BadRequest as refused:
                error = refused.args[0]
        context = self.get_context_data(given=given, found=found, error=error)
        return self.render_to_response(context, status=400 if error else 200)
