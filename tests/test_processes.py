"""What tests and benchmarks do to other processes, which may have ended meanwhile."""

import os
import signal
import subprocess
import time

import pytest

from benchmarks.processes import children, command_line, is_running, signal_each, wait_until


@pytest.fixture
def sleepers():
    processes = [subprocess.Popen(["sleep", "60"]) for _ in range(2)]
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def test_processes_that_run(sleepers):
    pids = {process.pid for process in sleepers}
    assert pids <= set(children(os.getpid()))
    wait_until(lambda: all(command_line(pid) == ["sleep", "60"] for pid in pids))
    assert all(map(is_running, pids))


@pytest.mark.parametrize("first", [0, 1])
def test_a_process_that_ended_meanwhile_keeps_no_signal_from_the_others(sleepers, first):
    gone, other = sleepers[first], sleepers[1 - first]
    gone.kill()
    wait_until(lambda: not is_running(gone.pid))  # a zombie, whose number is still known
    assert gone.pid in children(os.getpid())
    gone.wait()
    signal_each([gone.pid, other.pid, gone.pid], signal.SIGKILL)
    assert other.wait() == -signal.SIGKILL
    assert (children(gone.pid), command_line(gone.pid), is_running(gone.pid)) == ([], [], False)


def test_a_wait_takes_a_refused_connection_for_not_yet_and_has_an_end():
    answers = iter([ConnectionRefusedError(), False, True])

    def ask():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    wait_until(ask, 5)
    begun = time.monotonic()
    with pytest.raises(AssertionError, match=r"not within 0\.2 s"):
        wait_until(lambda: False, 0.2)
    assert time.monotonic() - begun >= 0.2
