"""How the payload of an event is stored in the columns of `events`, and read back; no other module knows this form.

The programme and the sentence of a mention have columns of their own. `detail` is a JSON object, or null:

* article.edited: `changes`, a list of [before, after]
* portal.broken, portal.recovered: `reason` and `failure_kind`, either may be null
* portal.gap: the same, and `hours`
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Row

from tracking.events import (
    ArticleEdited,
    ArticleNew,
    ArticleRestored,
    ArticleWithdrawn,
    Kind,
    MentionDropped,
    MentionNew,
    Payload,
    PortalBroken,
    PortalGap,
    PortalRecovered,
)
from tracking.observation import FailureKind

_Detail = Mapping[str, Any]


def columns_of(payload: Payload) -> dict[str, Any]:
    """The columns of `events` that hold a payload."""
    detail = _detail(payload)
    return {
        "kind": payload.kind.value,
        "programme": payload.programme if isinstance(payload, MentionNew | MentionDropped) else None,
        "sentence": payload.sentence if isinstance(payload, MentionNew) else None,
        "detail": None if detail is None else json.dumps(detail, ensure_ascii=False),
    }


def payload_of(row: Row[Any]) -> Payload:
    """The payload that the columns of a row of `events` hold; the inverse of `columns_of`."""
    return _READ[Kind(row.kind)](row, json.loads(row.detail) if row.detail else {})


def _detail(payload: Payload) -> _Detail | None:
    """The part of a payload that is stored as JSON; None when the other columns hold all of it."""
    match payload:
        case ArticleEdited(changes):
            return {"changes": changes}
        case PortalBroken(reason, kind) | PortalRecovered(reason, kind):
            return {"reason": reason, "failure_kind": kind}
        case PortalGap(hours, reason, kind):
            return {"reason": reason, "failure_kind": kind, "hours": hours}
    return None


def _changes(detail: _Detail) -> tuple[tuple[str, str], ...]:
    """The edited places in a detail."""
    return tuple((before, after) for before, after in detail.get("changes", ()))


def _failure(detail: _Detail) -> tuple[str | None, FailureKind | None]:
    """The reason and the kind; releases before 0.2.0 stored no kind."""
    kind = detail.get("failure_kind")
    return detail.get("reason"), None if kind is None else FailureKind(kind)


_READ: dict[Kind, Callable[[Row[Any], _Detail], Payload]] = {
    Kind.ARTICLE_NEW: lambda row, detail: ArticleNew(),
    Kind.ARTICLE_EDITED: lambda row, detail: ArticleEdited(_changes(detail)),
    Kind.ARTICLE_WITHDRAWN: lambda row, detail: ArticleWithdrawn(),
    Kind.ARTICLE_RESTORED: lambda row, detail: ArticleRestored(),
    Kind.MENTION_NEW: lambda row, detail: MentionNew(row.programme, row.sentence),
    Kind.MENTION_DROPPED: lambda row, detail: MentionDropped(row.programme),
    Kind.PORTAL_BROKEN: lambda row, detail: PortalBroken(*_failure(detail)),
    Kind.PORTAL_RECOVERED: lambda row, detail: PortalRecovered(*_failure(detail)),
    Kind.PORTAL_GAP: lambda row, detail: PortalGap(detail.get("hours"), *_failure(detail)),
}
