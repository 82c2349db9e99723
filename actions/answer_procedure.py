"""Questions about procedures and the service in general: the knowledge base answers, this only asks it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.runtime import Runtime, answer_payload, intent_of, metadata_of, say_text
from actions.wording import button, words
from knowledge.answer import about, clarify
from knowledge.question import Context, context_of, questions_of

FOLLOW_UPS = ("follow_up", "correction")


class ActionAnswer(Action):
    """Answers each question of the message; one question after another, each with its own status."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        metadata = metadata_of(tracker)
        answer_questions(self._runtime, dispatcher, metadata, follow_up=intent_of(tracker) in FOLLOW_UPS)
        return []


class ActionFallback(ActionAnswer):
    """When no intent is sure enough: what retrieval found decides."""

    def name(self) -> str:
        return "action_fallback"


class ActionAffirm(Action):
    """ "Đúng rồi": takes the first of the choices that were offered."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        context = context_of(metadata_of(tracker))
        offered = [e for e in context.offered if e in self._runtime.knowledge.entries]
        if not offered:
            say_text(dispatcher, "smalltalk", words()["affirm_nothing"], button("dossier"), button("human"))
        elif len(offered) == 1:
            aspects = (context.aspect,) if context.aspect else ()
            knowledge, profile = self._runtime.knowledge, self._runtime.profile
            said = about(offered[0], aspects, context, knowledge.entries, profile)
            dispatcher.utter_message(json_message=answer_payload(said))
        else:
            question = questions_of(metadata_of(tracker))[0]
            dispatcher.utter_message(
                json_message=answer_payload(clarify(tuple(offered), question, self._runtime.knowledge.entries))
            )
        return []


class ActionDeny(Action):
    """ "Không phải": asks once for other words."""

    def name(self) -> str:
        return "action_deny"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        say_text(dispatcher, "clarification", words()["deny"], button("human"))
        return []


class ActionCorrection(Action):
    """ "Không phải, tôi hỏi …": answers what is asked now; without it, asks what was meant."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def name(self) -> str:
        return "action_correction"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        metadata = metadata_of(tracker)
        if any(q.outcome != "refuse" or q.aspects for q in questions_of(metadata)):
            answer_questions(self._runtime, dispatcher, metadata, follow_up=True)
        else:
            say_text(dispatcher, "clarification", words()["correction"], button("human"))
        return []


def answer_questions(
    runtime: Runtime, dispatcher: CollectingDispatcher, metadata: dict[str, Any], *, follow_up: bool
) -> None:
    """Say the answer to each question that `metadata` carries, or ask back when it carries none."""
    questions = questions_of(metadata)
    if not questions:
        say_text(dispatcher, "clarification", words()["unclear"], button("human"))
        return
    context: Context = context_of(metadata)
    for answer in runtime.knowledge.answer(questions, context, follow_up=follow_up):
        dispatcher.utter_message(json_message=answer_payload(answer))
