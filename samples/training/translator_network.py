"""The demo translator's network: a plain pre-norm Transformer, one table of embeddings for all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network."""

    vocabulary: int
    width: int = 128
    heads: int = 4
    encoder_layers: int = 3
    decoder_layers: int = 2
    dropout: float = 0.1  # of the embeddings only: within layers it doubles the time on a CPU


def positions(count: int, width: int) -> Tensor:
    """CTranslate2's own position encodings, (count, width): none to store, no longest sentence."""
    step = math.log(10_000) / (width // 2 - 1)
    angle = torch.arange(1, count + 1)[:, None] * torch.exp(-step * torch.arange(width // 2))[None]
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class Network(nn.Module):
    """Source pieces and the target so far to the next target piece."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        options = {
            "d_model": shape.width, "nhead": shape.heads, "dim_feedforward": 4 * shape.width,
            "dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True,
        }  # fmt: skip
        self.table = nn.Embedding(shape.vocabulary, shape.width)
        nn.init.normal_(self.table.weight, std=shape.width**-0.5)
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(**options), shape.encoder_layers,
            norm=nn.LayerNorm(shape.width), enable_nested_tensor=False,
        )  # fmt: skip
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(**options),
            shape.decoder_layers,
            norm=nn.LayerNorm(shape.width),
        )
        self.dropout = nn.Dropout(shape.dropout)

    def _embed(self, ids: Tensor) -> Tensor:
        places = positions(ids.shape[1], self.shape.width).to(ids.device)
        return self.dropout(self.table(ids) * math.sqrt(self.shape.width) + places)

    def forward(self, source: Tensor, padding: Tensor, target: Tensor) -> Tensor:
        """Logits (batch, n, vocabulary); `padding` is true where `source` has ended."""
        count = target.shape[1]
        later = torch.ones(count, count, dtype=torch.bool, device=target.device).triu(1)
        states = self.encoder(self._embed(source), src_key_padding_mask=padding)
        heard = self.decoder(
            self._embed(target), states, tgt_mask=later, memory_key_padding_mask=padding
        )
        return functional.linear(heard, self.table.weight.to(heard.dtype))
