"""`python -m training finetune CONFIG`: labelled articles to the best model on the development split."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, disable_caching
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoModel, AutoTokenizer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from ausblick.bundle import digest
from ausblick.network import usable_cores
from ausblick.windows import Encoder
from models.network import AusblickConfig, AusblickModel, encoder_options
from training.finetune.average import Average
from training.finetune.config import Finetune
from training.finetune.examples import Lost, batch
from training.finetune.load import balanced, load_items, training_rows
from training.finetune.noise import Noise
from training.finetune.teachers import Taught, taught
from training.finetune.trainer import AusblickTrainer, Patience
from training.settings import ConfigError


def load_encoder(name: str) -> tuple[AusblickConfig, Any, Tokenizer]:
    """The encoder's config as ours, the encoder, its tokenizer. Raises ConfigError when it cannot be loaded."""
    try:
        plain = AutoModel.from_pretrained(name, dtype=torch.float32, attn_implementation="eager", **_options(name))
        tokenizer = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ConfigError(f"encoder: {name!r} cannot be loaded: {error}") from error
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ConfigError(f"encoder: {name!r} has no fast tokenizer (tokenizer.json); convert it first")
    return AusblickConfig(encoder=plain.config.to_dict()), plain, backend


def _options(name: str) -> dict[str, Any]:
    from transformers import AutoConfig

    return encoder_options(AutoConfig.from_pretrained(name).model_type)


def build(settings: Finetune) -> tuple[AusblickModel, Tokenizer]:
    """The model with its encoder's weights and fresh heads, under the config's seed."""
    set_seed(settings.seed)
    config, encoder, tokenizer = load_encoder(settings.encoder)
    limit = getattr(encoder.config, "max_position_embeddings", settings.windows.max_tokens)
    if settings.windows.max_tokens > limit:
        raise ConfigError(
            f"windows.max_tokens: got {settings.windows.max_tokens}, the encoder reads at most {limit} tokens"
        )
    for key, value in settings.heads.model_dump().items():
        setattr(config, key, value)
    if settings.teachers:
        config.distil_weight, config.distil_temperature = settings.distil.weight, settings.distil.temperature
    return AusblickModel(config, encoder), tokenizer


def per_process(batches: int, world: int) -> int:
    """Batches a step for each of `world` processes: its share, or all where they cannot be shared out evenly."""
    return batches // world if batches % world == 0 else batches


def arguments(settings: Finetune) -> TrainingArguments:
    """The trainer's arguments. `accumulate` is shared among the processes, so that a step stays what it was."""
    o, world, gpu = settings.optimizer, int(os.environ.get("WORLD_SIZE", 1)), torch.cuda.is_available()
    return TrainingArguments(
        output_dir=str(settings.run / "checkpoints"),
        num_train_epochs=o.epochs,
        learning_rate=o.lr,
        warmup_steps=o.warmup,
        lr_scheduler_type="linear",
        gradient_accumulation_steps=per_process(o.accumulate, world),
        max_grad_norm=1.0,
        seed=settings.seed,
        data_seed=settings.seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model=f"eval_{settings.select}",
        greater_is_better=True,
        logging_steps=settings.log_steps,
        logging_first_step=True,
        report_to=[],
        remove_unused_columns=False,
        use_cpu=not gpu,
        ddp_backend="gloo" if world > 1 and not gpu else None,
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
        bf16=gpu or torch.ops.mkldnn._is_mkldnn_bf16_supported(),
        disable_tqdm=None,
    )


def write_provenance(settings: Finetune) -> None:
    """The resolved config and where everything came from, into the run's folder."""
    settings.run.mkdir(parents=True, exist_ok=True)
    (settings.run / "config.yaml").write_text(settings.to_yaml(), encoding="utf8")
    (settings.run / "provenance.json").write_text(json.dumps(provenance(settings), indent=2) + "\n", encoding="utf8")


def provenance(settings: Finetune) -> dict[str, Any]:
    """Git revision, library versions and the checksums of the data, for the run folder and the bundle."""
    import transformers

    git = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False
    )
    paths = sorted({c.path for c in (*settings.data.train, *settings.data.dev)})
    return {
        "git": git.stdout.strip() or None,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "data": {p.name: digest(p) for p in paths},
    }


def finetune(settings: Finetune, say: Any = print) -> dict[str, float]:
    """Train (or resume), keep the best model in `RUN/model`, return its development scores.

    Raises ConfigError for data or an encoder that cannot be used.
    """
    disable_caching()  # a stale `.map` cache is the worst kind of bug (datasets 5)
    torch.set_num_threads(settings.threads or usable_cores())
    args = arguments(settings)
    dev = load_items(settings.data.dev, "dev")
    model, tokenizer = build(settings)
    table, lengths = training_table(settings, model, tokenizer, say if args.process_index == 0 else _silent)
    if args.process_index == 0:
        write_provenance(settings)
    last = get_last_checkpoint(args.output_dir) if Path(args.output_dir).exists() else None
    average = Average(settings.optimizer.ema, Path(last) if last else None) if settings.optimizer.ema else None
    trainer = AusblickTrainer(
        model,
        args,
        train_dataset=table,
        eval_dataset=table,
        data_collator=Collator(Noise.of(tokenizer, settings.optimizer)),
        settings=settings,
        tokenizer=tokenizer,
        dev=dev,
        lengths=lengths,
        average=average,
        callbacks=[Patience(settings.patience, f"eval_{settings.select}"), *([average] if average else [])],
    )
    trainer.train(resume_from_checkpoint=last)
    if average:
        best = trainer.state.best_model_checkpoint
        average.put(model, Path(best) if best else None)
        trainer.average = None
    metrics = trainer.evaluate()
    if trainer.is_world_process_zero():
        model.save_pretrained(settings.run / "model")
        tokenizer.save(str(settings.run / "model" / "tokenizer.json"))
        (settings.run / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf8")
    return metrics


def training_table(
    settings: Finetune, model: AusblickModel, tokenizer: Tokenizer, say: Any
) -> tuple[Dataset | Taught, list[int]]:
    """The training windows and their lengths in tokens; balanced class weights go into the model's config."""
    w, lost = settings.windows, Lost()
    hints, cues = (wanted or bool(settings.teachers) for wanted in (settings.heads.hints, settings.heads.cues))
    encoder = Encoder(  # with all that a teacher may read and the student does not
        tokenizer, w.max_tokens, w.context, hints, cues, names=settings.heads.names, max_sentences=w.max_sentences
    )
    table = Dataset.from_list(list(training_rows(settings, encoder, lost)))
    say(
        f"{len(table):,} training windows; "
        f"{lost.unreachable} of {lost.mentions:,} mentions unreachable" + "".join(f"\n  {e}" for e in lost.examples[:5])
    )
    if settings.heads.outlook_class_weights == "balanced":
        weights = balanced(table)
        model.config.outlook_class_weights = weights
        say("outlook_class_weights: " + ", ".join(f"{x:.2f}" for x in weights))
    lengths = [len(ids) for ids in table["ids"]]
    if settings.teachers:
        say(f"{len(settings.teachers)} teachers score the training windows once")
        return taught(table, lengths, settings.teachers, tokenizer, settings.optimizer.batch_tokens), lengths
    return table, lengths


def _silent(line: str) -> None:
    """Processes beside the first say nothing."""


class Collator:
    """Rows as a padded batch with the config's noise."""

    def __init__(self, noise: Noise) -> None:
        self.noise = noise

    def __call__(self, features: list[dict[str, Any]]) -> dict[str, Tensor]:
        return self.noise(batch(features))


def main(config: Path, overrides: list[str]) -> int:
    """Run from the command line."""
    settings = Finetune.read(config, overrides)
    metrics = finetune(settings)
    print(
        "  ".join(
            f"{key.removeprefix('eval_')} {value:.3f}" for key, value in metrics.items() if isinstance(value, float)
        )
    )
    print(f"best model: {settings.run / 'model'}; next: python -m training export {settings.run} BUNDLE")
    return 0
