"""Whether this process answers."""

from django.http import HttpResponse


def process(request):
    return HttpResponse("ok\n", content_type="text/plain")
