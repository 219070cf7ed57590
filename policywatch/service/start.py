"""Starts the service with the user's configuration, and stops it on signals."""

from __future__ import annotations

import asyncio
import signal
import sys

from policywatch.app.portals import all_portals
from policywatch.config import Config
from policywatch.service.log_lines import log, log_to_stderr, paces_line
from policywatch.service.schedule import Schedule, paces
from policywatch.service.supervisor import Limits, Service
from storage.database import open_database


def serve(config: Config) -> int:
    """Run the service until a signal stops it; the exit code. ConfigProblem or DatabaseProblem when it cannot begin."""
    log_to_stderr()
    pace = paces(config.service, portal_names(config))
    database = open_database(config.database.url)
    log.info("database %s; %d at a time; %s", database.address, config.service.at_once, paces_line(pace))
    return asyncio.run(until_signalled(Service(Schedule(database, pace), _limits(config), crawl_command)))


def portal_names(config: Config) -> list[str]:
    """The names of all portals, shipped and configured; ConfigProblem when the settings of one make no sense."""
    return list(all_portals(config.portals))


def crawl_command(portal: str) -> list[str]:
    """The command that crawls one portal."""
    return [sys.executable, "-m", "policywatch", "crawl", portal]


async def until_signalled(service: Service) -> int:
    """Run the service; SIGTERM, SIGINT and the loss of the terminal stop it cleanly, a second one at once."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # A signal that is ignored stays ignored, such as SIGHUP under nohup.
        if signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, service.stop)
    return await service.run()


def _limits(config: Config) -> Limits:
    return Limits(
        at_once=config.service.at_once,
        # A crawl ends by itself at its time limit; the service only ends one that does not.
        time_limit=config.crawler.time_limit + config.service.grace,
        grace=config.service.grace,
    )
