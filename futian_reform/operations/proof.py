"""Whether the code on the disk works: proved before a reload, in a process of its own, while the code of before serves."""

import os
import signal
from io import StringIO

from django.core.management import CommandError, call_command

from futian_reform.page_cache.rendering import Rendering

from .embedded_postgres import die_with_parent
from .prepare import Say, ServeError, prepare

PAGES = ("/", "/en/measures/", "/admin/login/")  # between them they use every base template


def prove(supervisor: int, say: Say) -> None:
    """Check the code, bring database and static files up to it, and answer a few pages with it. Raises ServeError."""
    die_with_parent(signal.SIGTERM)
    if os.getppid() != supervisor:
        raise ServeError("The site that asked for this proof is gone.")
    try:
        call_command("check", stdout=StringIO())
    except CommandError as error:
        raise ServeError(" ".join(str(error).split())) from error
    prepare(say)
    from futian_reform.wsgi import django_application  # here, since it is part of what is proved

    rendering = Rendering(django_application)
    for path in PAGES:
        status = rendering.answer("GET", path, "").status
        if not status.startswith("200"):
            raise ServeError(f"The page {path} was answered with {status}.")
