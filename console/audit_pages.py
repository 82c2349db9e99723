"""The audit: who did what to what, when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from console.accounts import Staff
from console.pages import Console, ConsoleRoute
from store.staff import AuditRow

PAGE = 100


def audit_router(console: Console) -> APIRouter:
    """The page of those who supervise."""
    router = APIRouter(route_class=ConsoleRoute)
    supervisor = Depends(console.may("audit"))

    @router.get("/console/audit")
    def audit(
        user: Annotated[str, Query(max_length=64)] = "",
        target: Annotated[str, Query(max_length=128)] = "",
        before: int | None = None,
        staff: Staff = supervisor,
    ) -> HTMLResponse:
        """The newest records, of one person or about one thing."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(PAGE + 1)
        conditions = [column == value for column, value in ((AuditRow.user, user), (AuditRow.target, target)) if value]
        conditions += [AuditRow.id < before] if before else []
        with console.database.read() as session:
            rows = list(session.scalars(query.where(*conditions)))
        last = rows[PAGE - 1].id if len(rows) > PAGE else None
        return console.page(staff, "audit.html", rows=rows[:PAGE], user=user, target=target, last=last)

    return router
