"""From a checkout to a served site, as `make run` does it: port, database, content, static files, web processes.

Whatever happens to this process, kill -9 included, the web processes end with it; PostgreSQL may stay and is adopted by the
next start.
"""

import os
import signal
import threading

from django.conf import settings

from . import metrics
from .embedded_postgres import EmbeddedPostgresError
from .listening import free_address, listen
from .prepare import Say, database_server, prepare
from .supervisor import Supervisor, handle_signals


def serve(host: str, port: str, workers: int, say: Say) -> None:
    """Prepare everything, serve until SIGINT or SIGTERM, and stop what was started. Raises ServeError."""
    new_code = stop_when_told()
    try:
        free_address(host, port)
        say(f"Port {port} is free.")
        with database_server(say):
            prepare(say)
            with listen(host, port) as listening:  # somebody may have been faster meanwhile
                # The web processes read their settings anew.
                os.environ.update(HOST=listening.getsockname()[0], PORT=port)
                supervisor = Supervisor(listening, workers, say)
                handle_signals(supervisor)
                if new_code.is_set():  # it may have come between two of the steps above
                    supervisor.reload()
                with watching(supervisor, say), metrics.exposed(host, int(port)):
                    supervisor.run()
    except KeyboardInterrupt:
        pass
    say("Stopped.")


def stop_when_told() -> threading.Event:
    """Until there is something to reload a SIGHUP is only noted, in the result, unless it came from a closed terminal."""
    new_code = threading.Event()
    at_terminal = os.isatty(0)

    def hang_up(*_):
        if at_terminal and not os.isatty(0):
            raise KeyboardInterrupt
        new_code.set()

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, hang_up)
    return new_code


class watching:
    """A context in which a thread restarts PostgreSQL should it die, and stops the site with a closed terminal."""

    def __init__(self, supervisor: Supervisor, say: Say):
        self.supervisor, self.say = supervisor, say
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def watch(self):
        at_terminal = os.isatty(0)
        while not self.over.wait(0.5):
            if at_terminal and not os.isatty(0):
                self.supervisor.end()
            elif settings.EMBEDDED_POSTGRES and not settings.EMBEDDED_POSTGRES.is_ready():
                try:
                    settings.EMBEDDED_POSTGRES.start()
                    self.say("PostgreSQL had stopped and was started again.")
                except EmbeddedPostgresError as error:
                    self.say(str(error))
