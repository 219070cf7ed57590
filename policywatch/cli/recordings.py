"""The options --record and --replay of `policywatch crawl`: opening and closing recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crawler.recording.answers import WarcAnswers
from crawler.recording.handlers import LiveRecording, Replay
from policywatch.app.clock import now
from policywatch.cli.common import print_error
from policywatch.errors import ConfigProblem
from portals.portal import Portal


def replay_of(path: Path) -> Replay:
    """The recording in a file; BadRecording when it cannot be replayed. Damage at its end is reported on stderr."""
    answers = WarcAnswers(path)
    if answers.note:
        print_error(answers.note)
    return Replay(answers)


def recording_into(path: Path, chosen: Sequence[Portal]) -> LiveRecording:
    """A recording of a crawl of these portals into a new file; ConfigProblem when it cannot be made."""
    try:
        return LiveRecording(path, now, [portal.name for portal in chosen])
    except FileExistsError as error:
        raise ConfigProblem(f"{path}: exists already and is not overwritten") from error
    except OSError as error:
        raise ConfigProblem(f"{path}: {error.strerror}") from error


def finish_recording(recording: LiveRecording | Replay) -> bool:
    """Close a recording; False when it is not complete, which is reported on stderr."""
    recording.close()
    if recording.problem:
        print_error(recording.problem)
    return recording.problem is None
