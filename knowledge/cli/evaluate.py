"""``evaluate``: retrieval quality on labelled questions, on any corpus or the live snapshot."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from knowledge.documents import from_text
from knowledge.encoder import load_encoder
from knowledge.evaluate import CUTOFFS, Rank, Report, evaluate, read_corpus, read_questions
from knowledge.publish import open_live
from knowledge.retriever import Retriever, text_retriever
from knowledge.vector_cache import VectorCache
from settings import get_settings, vectors_file

HELP = "measure retrieval on questions with known answers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--questions", type=Path, required=True, metavar="Q.tsv", help="columns text and id")
    parser.add_argument("--corpus", type=Path, metavar="C.jsonl", help='lines {"id", "title", "text"}; default: live')
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(arguments: argparse.Namespace) -> int:
    """Prints the report."""
    questions = read_questions(arguments.questions)
    retriever = over_corpus(arguments.corpus) if arguments.corpus else _live()
    report = evaluate(questions, ranked_by(retriever))
    print(_table(report))
    if arguments.json:
        print(report.as_json())
    return 0


def over_corpus(path: Path) -> Retriever:
    """What searches the corpus of a JSONL file, with the encoder of the settings."""
    cache = VectorCache(load_encoder(get_settings().encoder_path), vectors_file(get_settings().var))
    documents = [from_text(row["id"], row.get("title", ""), row["text"]) for row in read_corpus(path)]
    return text_retriever(documents, cache)


def _live() -> Retriever:
    return open_live().retriever


def ranked_by(retriever: Retriever) -> Rank:
    """The ranking that `knowledge.evaluate` scores."""

    def rank(text: str) -> Sequence[str]:
        return [candidate.entry for candidate in retriever.search(text).candidates]

    return rank


def _table(report: Report) -> str:
    rows = [f"questions {report.n}"]
    rows += [f"recall@{k:<2} {report.recall[k]:.4f}" for k in CUTOFFS]
    rows += [f"MRR@10    {report.mrr:.4f}", f"nDCG@10   {report.ndcg:.4f}"]
    return "\n".join([*rows, f"query     p50 {report.p50_ms:.1f} ms, p95 {report.p95_ms:.1f} ms"])
