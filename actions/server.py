"""The action endpoint that Rasa calls, on loopback inside the gateway: rasa-sdk's executor behind one route."""

from __future__ import annotations

import json
import zlib
from contextlib import AbstractContextManager
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from prometheus_client import Histogram
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionMissingDomainException, ActionNotFoundException
from structlog.contextvars import bound_contextvars

from actions import answer_procedure, complaint, courtesy, dossier_status, elsewhere, hand_over, hours, rating
from actions.again import ActionRepeat, ActionSlower
from actions.runtime import Runtime

log = structlog.get_logger()
SECONDS = Histogram("motcua_action_seconds", "Time of an action that Rasa calls.", ["action"])


def executor_for(runtime: Runtime) -> ActionExecutor:
    """An executor that knows every action of `domain.yml`."""
    executor = ActionExecutor()
    for action in (
        answer_procedure.ActionAnswer(runtime),
        answer_procedure.ActionFallback(runtime),
        answer_procedure.ActionAffirm(runtime),
        answer_procedure.ActionDeny(),
        answer_procedure.ActionCorrection(runtime),
        courtesy.ActionSmalltalk(runtime),
        courtesy.ActionOutOfScope(),
        courtesy.ActionUrgent(),
        courtesy.ActionScam(),
        *courtesy.SAYINGS,
        ActionRepeat(runtime),
        ActionSlower(runtime),
        hand_over.ActionHandOver(runtime),
        hand_over.AskCallbackNumber(),
        hand_over.ActionCallback(runtime),
        hand_over.ValidateCallbackForm(),
        hours.ActionHours(runtime),
        complaint.ValidateComplaintForm(),
        complaint.ActionAskComplaintCategory(),
        complaint.ActionAskComplaintText(),
        complaint.ActionAskComplaintContact(),
        complaint.ActionComplaint(runtime),
        rating.ActionRating(runtime),
        elsewhere.ActionContinueElsewhere(runtime),
        elsewhere.ActionRemind(runtime),
        *dossier_status.actions(runtime),
    ):
        executor.register_action(action)
    return executor


def create_app(runtime: Runtime) -> FastAPI:
    """The endpoint. An action that fails gives an error Rasa turns into an empty reply; the gateway finds words."""
    app = FastAPI(openapi_url=None)
    executor = executor_for(runtime)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/webhook")
    async def webhook(request: Request) -> JSONResponse:
        call = await _call_of(request)
        with bound_contextvars(**_turn_of(call)):
            return await _run(executor, call)

    return app


async def _run(executor: ActionExecutor, call: dict[str, Any]) -> JSONResponse:
    try:
        with _timed(executor, call):
            result = await executor.run(call)
    except ActionExecutionRejection as error:
        return _failed(400, error.message, error.action_name)
    except ActionNotFoundException as error:
        return _failed(404, error.message, error.action_name)
    except ActionMissingDomainException as error:
        return _failed(449, error.message, error.action_name)
    except Exception as error:
        log.exception("action failed", action=call.get("next_action"))
        return _failed(500, type(error).__name__, call.get("next_action"))
    return JSONResponse(result.model_dump() if result is not None else {"events": [], "responses": []})


def _timed(executor: ActionExecutor, call: dict[str, Any]) -> AbstractContextManager[Any]:
    name = call.get("next_action")
    return SECONDS.labels(name if name in executor.actions else "unknown").time()


async def _call_of(request: Request) -> dict[str, Any]:
    body = await request.body()
    if request.headers.get("content-encoding") == "deflate":
        body = zlib.decompress(body)
    call: dict[str, Any] = json.loads(body)
    call["domain"] = call.get("domain") or {}
    return call


def _turn_of(call: dict[str, Any]) -> dict[str, Any]:
    """What names a turn in every log line: the conversation, and the message as the gateway told Rasa."""
    latest = (call.get("tracker") or {}).get("latest_message") or {}
    return {"conversation": call.get("sender_id"), "turn": (latest.get("metadata") or {}).get("turn")}


def _failed(code: int, error: str, action: str | None) -> JSONResponse:
    return JSONResponse({"error": error, "action_name": action}, code)
