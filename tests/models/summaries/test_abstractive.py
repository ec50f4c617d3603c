"""Abstractive summaries with tiny random networks, and with a real model that a package ships."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
)

from models.summaries.abstractive import AbstractiveSummariser, Refusal, refusal, whole_sentences
from streams.errors import DataMissing, MisconfiguredError, ModelBusy

WORDS = ["<pad>", "<s>", "</s>", "<unk>", ".", "vantor", "profit", "rose", "fell", "the", "company", "said", "summary"]
GGUF = Path(__file__).parents[3] / ".stack" / "smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
TEXTS = ["vantor profit rose .", "the company said vantor profit fell . " * 9, "vantor", "profit . " * 40]


def _tokenizer() -> PreTrainedTokenizerFast:
    words = Tokenizer(models.WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )


def _seq2seq(folder: Path) -> Path:
    torch.manual_seed(1)
    config = BartConfig(
        vocab_size=len(WORDS), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=128, pad_token_id=0,
        bos_token_id=1, eos_token_id=2, decoder_start_token_id=1, forced_eos_token_id=None,
    )  # fmt: skip
    network = BartForConditionalGeneration(config)
    network.final_logits_bias[0, :4] = -100.0  # words, not marks of the end
    network.save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


def _causal(folder: Path) -> Path:
    torch.manual_seed(2)
    config = LlamaConfig(
        vocab_size=len(WORDS), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=128, pad_token_id=0, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    network = LlamaForCausalLM(config)
    with torch.no_grad():  # words, not marks of the end: those have no direction of their own
        network.lm_head.weight[:4] = 0.0
        network.model.norm.weight.fill_(4.0)
    network.save_pretrained(folder)
    _tokenizer().save_pretrained(folder)
    return folder


@pytest.mark.parametrize("make", [_seq2seq, _causal])
def test_any_kind_of_model_alone_and_in_a_batch(tmp_path: Path, make: object) -> None:
    """A text is written of in the same words alone as beside longer and shorter ones, whatever the budget."""
    folder = make(tmp_path / "model")  # type: ignore[operator]
    wide = AbstractiveSummariser.load(str(folder), batch_tokens=4_000, max_new_tokens=12)
    narrow = AbstractiveSummariser.load(str(folder), batch_tokens=1, max_new_tokens=12)
    rows = [wide._input(text) for text in TEXTS]
    together = wide._generate(rows)
    assert [text.strip() for text in together] == [narrow._generate([row])[0].strip() for row in rows]
    assert any(together)
    assert wide.write(TEXTS) == narrow.write(TEXTS)


ON_CUDA = torch.OutOfMemoryError("CUDA out of memory")
ON_A_CPU = RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")


@pytest.mark.parametrize("error", [ON_CUDA, ON_A_CPU])
def test_out_of_memory_halves_the_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: RuntimeError) -> None:
    """Where five texts fit at a time all are written; one want of memory halves the budget once, for all that waits."""
    writer = AbstractiveSummariser.load(str(_seq2seq(tmp_path / "model")), batch_tokens=160, max_new_tokens=12)
    texts = ["vantor profit rose ."] * 40
    expected, written = writer.write(texts), writer._generate
    sizes: list[int] = []
    room = 5

    def cramped(inputs: list[list[int]]) -> list[str]:
        sizes.append(len(inputs))
        if len(inputs) > room:
            raise error
        return written(inputs)

    monkeypatch.setattr(writer, "_generate", cramped)
    assert writer.write(texts) == expected
    assert sizes.count(10) == 1
    assert writer._batch_tokens == 80
    room = 0
    with pytest.raises(ModelBusy, match="one summary"):
        writer.write(texts[:1])


def test_another_error_of_the_network_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no want of memory is raised as it is."""
    writer = AbstractiveSummariser.load(str(_seq2seq(tmp_path / "model")))

    def broken(_inputs: list[list[int]]) -> list[str]:
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr(writer, "_generate", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        writer.write(["vantor"])


def test_a_long_text_is_cut_and_the_question_is_not(tmp_path: Path) -> None:
    """A causal model's question outlives the cut, and leaves room for the answer."""
    summariser = AbstractiveSummariser.load(
        str(_causal(tmp_path / "model")), max_new_tokens=12, prompt="the company said {text} the company"
    )
    ids = summariser._input("profit " * 1_000)
    assert len(ids) <= 128 - 12
    assert ids[:3] == [WORDS.index(word) for word in ("the", "company", "said")]
    assert WORDS.index("summary") not in ids[:-3]


def test_no_such_model(tmp_path: Path) -> None:
    """A file that is not there, and a folder without a model, are refused in words."""
    with pytest.raises(DataMissing, match="name a folder"):
        AbstractiveSummariser.load(str(tmp_path / "nothing.gguf"))
    with pytest.raises(MisconfiguredError, match="no model that writes"):
        AbstractiveSummariser.load(str(tmp_path))


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        ("Vantor's profit rose 5%.", None),
        ("", Refusal.EMPTY),
        ("Vantor's profit rose 6%.", Refusal.NUMBER),
        ("Vantor's profit rose on 4 March.", Refusal.DATE),
        ("Vantor's profit rose in euros.", Refusal.CURRENCY),
        ("Brightwell's profit rose.", Refusal.NAME),
    ],
)
def test_why_a_summary_is_refused(summary: str, reason: Refusal | None) -> None:
    """The reason names the first kind of fact that the article lacks."""
    assert refusal(summary, "Profit of Vantor rose 5 percent on 3 March.") is reason


def test_only_whole_sentences() -> None:
    """What was cut off in mid-sentence is left out."""
    assert whole_sentences("Profit rose.  Sales\nfell! Then the comp", 3) == "Profit rose. Sales fell!"
    assert whole_sentences("Profit rose. Sales fell.", 1) == "Profit rose."
    assert whole_sentences("and then", 3) == ""


@pytest.mark.stack
def test_a_real_model() -> None:
    """A GGUF file loads and writes at least one finished sentence about an article."""
    if not GGUF.is_file():
        pytest.skip("SmolLM2 is not here: tests/smollm2.sh fetches it")
    torch.set_num_threads(1)
    summariser = AbstractiveSummariser.load(str(GGUF), max_new_tokens=48)
    (text,) = summariser.write(
        ["Vantor Robotics cut its forecast on Friday after a weak quarter in Europe. Its shares fell 12 percent."]
    )
    assert text.endswith((".", "!", "?", '"'))
    assert "Vantor" in text
