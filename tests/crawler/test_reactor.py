"""The event loop for one piece of work: its result, its error, and an end when it is left in the middle.

A reactor runs once in the life of a process, so that each test has a process of its own.
"""

from __future__ import annotations

import subprocess
import sys

WORK = """
import asyncio, gc, os, signal, sys
from crawler.reactor import run_in_reactor

async def work():
    {work}

try:
    print(run_in_reactor(work))
except BaseException as error:
    print(type(error).__name__, error)
{after}
"""


def said(work: str, after: str = "") -> list[str]:
    """The lines that a process prints which runs this work, and then does something more."""
    script = WORK.format(work=work, after=after)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.splitlines()


def test_work_gives_its_result_on_the_loop_that_scrapy_wants_with_signals_left_to_it() -> None:
    work = """
    await asyncio.sleep(0)
    from twisted.internet import reactor
    own = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    return "完成", type(reactor).__name__, reactor.running, own, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    """
    after = "print(gc.get_freeze_count() > 0, gc.get_threshold()[0] > 700)"
    assert said(work, after) == ["('完成', 'AsyncioSelectorReactor', True, True, True)", "True True"]


def test_what_work_raises_reaches_its_caller_and_nothing_keeps_the_process_alive() -> None:
    work = """
    from twisted.internet.threads import deferToThread
    await deferToThread(lambda: None).asFuture(asyncio.get_running_loop())
    raise ValueError("读不出来")
    """
    assert said(work) == ["ValueError 读不出来"]


def test_a_signal_that_nobody_handles_leaves_it_in_the_middle_and_the_process_ends() -> None:
    work = """
    from twisted.internet.threads import deferToThread
    await deferToThread(lambda: None).asFuture(asyncio.get_running_loop())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(20)
    """
    assert said(work) == ["KeyboardInterrupt "]


def test_whoever_only_imports_it_loads_no_scrapy() -> None:
    script = "import crawler.reactor, sys; print([name for name in sys.modules if name[:6] in ('scrapy', 'twiste')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "[]\n"
