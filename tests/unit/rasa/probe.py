"""Runs in Rasa's environment: puts our components to work and prints what they did as JSON, for `test_components`."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

sys.path.insert(0, str(Path.cwd()))

from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.tracker_store import SQLTrackerStore
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import hstack

from bot.components.arbiter import IntentArbiter
from bot.components.bare_copies import BareCopies
from bot.components.faster_steps import look_rules_up, plan_graphs_once
from bot.components.intent_classifier import MarginIntentClassifier
from bot.components.ngrams import NgramFeaturizer
from bot.components.placeholders import PlaceholderExtractor
from bot.components.sentence_encoder import SentenceEncoderFeaturizer, decode_vector
from bot.components.tokenizer import SyllableTokenizer
from bot.components.tracker_store import LeanTrackerStore
from knowledge.text import deaccent, normalise

CONTEXT = ExecutionContext(GraphSchema({}), node_name="probe")
EXAMPLES = {
    "fee": ["lệ phí bao nhiêu", "mất bao nhiêu tiền", "phí hết mấy đồng", "đóng bao nhiêu tiền", "giá bao nhiêu"],
    "place": ["nộp ở đâu", "nơi nào nhận hồ sơ", "đến chỗ nào làm", "ra đâu để nộp", "chỗ nào nhận"],
}


def make(component: Any, storage: LocalModelStorage, **config: Any) -> Any:
    return component.create({**component.get_default_config(), **config}, storage, Resource("probe"), CONTEXT)


def packed(vector: np.ndarray) -> str:
    return base64.b64encode(vector.astype(np.float16).tobytes()).decode()


def bad_vectors() -> list[Any]:
    return [None, "", "???", packed(np.ones(3)), packed(np.full(384, np.nan))]


def one_hot(position: int) -> np.ndarray:
    vector = np.zeros(384, np.float32)
    vector[position] = 1.0
    return vector


def trained(storage: LocalModelStorage) -> list[dict[str, Any]]:
    """Train n-grams and classifier on two intents, load both again, and rank three messages."""
    vectors = {intent: packed(one_hot(i)) for i, intent in enumerate(EXAMPLES)}
    data = TrainingData([
        Message(data={"text": text, "intent": intent, "metadata": {"v": vectors[intent]}})
        for intent, texts in EXAMPLES.items() for text in texts
    ])  # fmt: skip
    encoder = make(SentenceEncoderFeaturizer, storage)
    ngrams = NgramFeaturizer.create(NgramFeaturizer.get_default_config(), storage, Resource("ngrams"), CONTEXT)
    ngrams.train(data)
    encoder.process_training_data(ngrams.process_training_data(data))
    classifier = make(MarginIntentClassifier, storage)
    classifier.train(data)
    ngrams = NgramFeaturizer.load(NgramFeaturizer.get_default_config(), storage, Resource("ngrams"), CONTEXT)
    classifier = MarginIntentClassifier.load(classifier._config, storage, Resource("probe"), CONTEXT)
    asked = [("cho hỏi lệ phí", "fee"), ("noi nao nhan", "place"), ("nộp chỗ nào", "place")]
    messages = [Message(data={"text": t, "metadata": {"v": vectors[intent]}}) for t, intent in asked]
    classifier.process(encoder.process(ngrams.process(messages)))
    return [m.get("intent_ranking") for m in messages]


def ranked(
    storage: LocalModelStorage, text: str, ranking: dict[str, float], metadata: dict[str, Any]
) -> list[dict[str, Any]]:
    arbiter = make(
        IntentArbiter, storage, question="ask", follow_up="follow_up", dossier="dossier", about_dossier=["ask"],
        groups=[["ask", "follow_up"]], urgent={"fire": "fire"}, yields_to_retrieval=["human"],
    )  # fmt: skip
    rows = [{"name": name, "confidence": value} for name, value in ranking.items()]
    message = Message(data={"text": text, "intent_ranking": rows, "metadata": metadata})
    settled: list[dict[str, Any]] = arbiter.process([message])[0].get("intent_ranking")
    return settled


def settled(storage: LocalModelStorage, text: str, ranking: dict[str, float], metadata: dict[str, Any]) -> str:
    return str(ranked(storage, text, ranking, metadata)[0]["name"])


def largest_difference(storage: LocalModelStorage) -> float:
    """Between our n-gram vectors and those of the vectorizers they were fitted by, over all examples."""
    texts = [text for texts in EXAMPLES.values() for text in texts]
    ngrams = NgramFeaturizer.create(NgramFeaturizer.get_default_config(), storage, Resource("same"), CONTEXT)
    ngrams.train(TrainingData([Message(data={"text": text, "intent": "any"}) for text in texts]))
    asked = [*texts, "lệ phí lệ phí là bao nhiêu", "câu lạ"]
    accented, bare = [normalise(text) for text in asked], [deaccent(normalise(text)) for text in asked]
    blocks = zip(ngrams._vectorizers, (accented, accented, bare, bare), strict=True)
    expected = hstack([vectorizer.transform(source) for vectorizer, source in blocks]).toarray()
    ours = np.vstack([ngrams._vector(text).toarray() for text in asked])
    return float(np.abs(expected - ours).max())


def rules_found() -> dict[str, list[str]]:
    """The same rules by looking up as by comparing with all of them, in four states."""
    policy = RulePolicy({**RulePolicy.get_default_config()}, None, None, CONTEXT)
    listen, answered = {"action_name": "action_listen"}, {"action_name": "action_answer"}
    ends: list[Any] = [
        {"prev_action": listen, "user": {"intent": "ask"}},
        {"prev_action": listen, "user": {"intent": "human"}},
        {"prev_action": answered, "user": {"intent": "ask"}},
        {"prev_action": listen},
        {"slots": {"code": ["a"]}, "prev_action": listen, "user": {"intent": "ask"}},
        {"user": {"intent": "ask"}},
    ]
    rules = {json.dumps([end]): str(place) for place, end in enumerate(ends)}
    states: list[Any] = [[end] for end in ends[:4]] + [[{}], [ends[5]], []]
    compared = [sorted(rules[key] for key in policy._get_possible_keys(rules, state)) for state in states]
    look_rules_up()
    found = [sorted(rules[key] for key in policy._get_possible_keys(rules, state)) for state in states]
    return {"compared": ["".join(c) for c in compared], "found": ["".join(f) for f in found]}


class Sum(GraphComponent):
    """Adds two numbers, but not to 13."""

    @classmethod
    def create(cls, **_: Any) -> Sum:
        return cls()

    def add(self, one: int, two: int) -> int:
        if one + two == 13:
            raise RuntimeError("13")
        return one + two


def graphs_run(storage: LocalModelStorage) -> dict[str, list[Any]]:
    """What one graph gives as Rasa runs it and as it is planned once."""

    def node(one: str, two: str, *, is_target: bool = False) -> SchemaNode:
        return SchemaNode({"one": one, "two": two}, Sum, "create", "add", {}, is_target=is_target)

    schema = GraphSchema(
        {"last": node("late", "early", is_target=True), "late": node("early", "x"), "early": node("x", "y")}
    )
    runner = DaskGraphRunner.create(schema, storage, ExecutionContext(schema))

    def outcome(inputs: dict[str, Any], targets: list[str] | None) -> Any:
        try:
            return runner.run(inputs, targets)
        except Exception as error:
            return type(error).__name__

    def outcomes() -> list[Any]:
        asked: list[tuple[dict[str, Any], list[str] | None]] = [
            ({"x": 2, "y": 3}, None), ({"x": 2, "y": 3}, ["late", "early"]), ({"x": 4, "y": 1}, None),
            ({"x": 10, "y": 3}, ["early"]), ({"x": "late", "y": "z"}, None), ({"x": 2}, ["early"]),
        ]  # fmt: skip
        return [outcome(inputs, targets) for inputs, targets in asked]

    by_rasa = outcomes()
    plan_graphs_once()
    return {"by_rasa": by_rasa, "planned": outcomes()}


async def stored_and_read(folder: Path) -> dict[str, Any]:
    """A tracker that is saved, read, continued and saved again, beside what Rasa's own store reads."""
    domain = Domain.from_dict({"intents": ["ask"], "actions": ["action_answer"]})
    url = f"sqlite:///{folder / 'trackers.db'}"
    lean, own = LeanTrackerStore(domain, host=url), SQLTrackerStore(domain, host=url)
    first = DialogueStateTracker("citizen", domain.slots)
    first.update_with_events([SessionStarted(), ActionExecuted("action_listen")], domain)
    await lean.save(first)
    again = await lean.retrieve("citizen")
    assert again is not None
    again.update_with_events([UserUttered("hỏi", {"name": "ask"}), ActionExecuted("action_answer")], domain)
    await lean.save(again)
    await lean.save(again)
    read, expected = await lean.retrieve("citizen"), await own.retrieve("citizen")
    assert read is not None
    assert expected is not None
    return {
        "events": [event.type_name for event in read.events],
        "same": list(read.events) == list(expected.events),
        "unknown": await lean.retrieve("nobody"),
    }


def main() -> None:
    with TemporaryDirectory() as folder:
        storage = LocalModelStorage.create(Path(folder))
        tokenizer = SyllableTokenizer(SyllableTokenizer.get_default_config())
        spoken = Message(data={"text": "gọi ⟦phone:1⟧, nhé!"})
        PlaceholderExtractor().process([spoken])
        entity = {"entity": "place", "value": "Hà Nội", "start": 3, "end": 9}
        copies = BareCopies().process_training_data(
            TrainingData(
                [
                    Message(data={"text": "từ Hà Nội đi", "intent": "go", "entities": [entity]}),
                    Message(data={"text": "ok"}),
                ]
            )
        )
        sure = {"d": "answer", "p": 0.95}
        burning = {"d": "refuse", "p": 0.01, "q": [{"t": "nhà cháy rồi cứu"}]}
        print(json.dumps({
            "tokens": [[t.text, t.start, t.end] for t in tokenizer.tokenize(spoken, "text")],
            "entities": spoken.get("entities"),
            "copies": [[m.get("text"), m.get("entities")] for m in copies.training_examples],
            "vector": float(decode_vector(packed(one_hot(5)))[5]),
            "bad_vectors": [decode_vector(bad) is None for bad in bad_vectors()],
            "rankings": trained(storage),
            "ngram_difference": largest_difference(storage),
            "rules": rules_found(),
            "graphs": graphs_run(storage),
            "tracker": asyncio.run(stored_and_read(Path(folder))),
            "promoted": ranked(storage, "⟦dossier:1⟧ sao rồi", {"ask": 0.9, "dossier": 0.06, "human": 0.04}, {}),
            "settled": {
                "code alone": settled(storage, "dạ ⟦dossier:1⟧ ạ", {"thanks": 0.9}, {}),
                "value alone": settled(storage, "⟦phone:1⟧", {"thanks": 0.9}, {}),
                "question about a code": settled(storage, "⟦dossier:1⟧ tới đâu rồi", {"ask": 0.9}, {}),
                "grouped": settled(storage, "gì đó", {"human": 0.4, "ask": 0.35, "follow_up": 0.25}, {}),
                "sure retrieval": settled(storage, "gặp chủ tịch", {"human": 0.6, "ask": 0.2}, sure),
                "surer classifier": settled(storage, "gặp cán bộ", {"human": 0.97, "ask": 0.02}, sure),
                "refusing retrieval": settled(storage, "gặp ai", {"human": 0.6, "ask": 0.2}, sure | {"d": "refuse"}),
                "no metadata": settled(storage, "gặp chủ tịch", {"human": 0.6, "ask": 0.2}, {}),
                "nothing to follow": settled(storage, "còn phí", {"follow_up": 0.9}, {"ctx": {"entry": None}}),
                "something to follow": settled(storage, "còn phí", {"follow_up": 0.9}, {"ctx": {"entry": "1"}}),
                "place alone": settled(storage, "bên Phú Hữu", {"ask": 0.9}, {"place_alone": True}),
                "named danger": settled(storage, "nhà tôi đang cháy", {"ask": 0.5, "fire": 0.4}, {}),
                "danger without diacritics": settled(storage, "nha chay roi cuu", {"ask": 0.5, "fire": 0.4}, burning),
                "word that only looks like danger": settled(storage, "toi can tu van", {"ask": 0.5, "fire": 0.4}, {}),
                "suspected danger": settled(storage, "đưa cháu về", {"fire": 0.45, "ask": 0.4}, {}),
                "likely danger": settled(storage, "cứu cứu", {"fire": 0.6, "ask": 0.4}, {}),
                "likely danger, sure retrieval": settled(storage, "lửa xém bìa", {"fire": 0.6, "ask": 0.4}, sure),
                "certain danger, sure retrieval": settled(storage, "lửa lửa", {"fire": 0.97, "ask": 0.02}, sure),
            },
        }))  # fmt: skip


if __name__ == "__main__":
    main()
