"""A Whisper-shaped network in plain torch, its parts named as CTranslate2's converter expects them.

Two things differ from a textbook Whisper, and both vanish when it is exported. A window shorter
than 30 s is not padded to 1500 encoder frames, which would cost most of the training: `PADS` frames
drawn from the padding stand for all of it, their attention weighted by how many each stands for.
And timestamp embeddings are a linear map of the
position they name, so that no timestamp has to be seen to be known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

FRAMES = 1500
PADS = 24


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network."""

    vocabulary: int
    first_timestamp: int
    phonemes: int
    width: int = 256
    heads: int = 4
    encoder_layers: int = 4
    decoder_layers: int = 3
    mels: int = 80
    text_positions: int = 448


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's position encodings, (length, width)."""
    step = math.log(10_000) / (width // 2 - 1)
    scale = torch.exp(-step * torch.arange(width // 2))
    angle = torch.arange(length)[:, None] * scale[None]
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class Attention(nn.Module):
    """Multi-head attention; `bias` is added to the scores; keeps its weights where asked to."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(
        self, x: Tensor, source: Tensor, bias: Tensor, *, weights: bool = False
    ) -> tuple[Tensor, Tensor | None]:
        """Attend from x (batch, n, width) to source (batch, m, width)."""
        q, k, v = (
            self._split(self.q_proj(x)),
            self._split(self.k_proj(source)),
            self._split(self.v_proj(source)),
        )
        scale = 1 / math.sqrt(q.shape[-1])
        # Written out: on a CPU in bfloat16 half the time of scaled_dot_product_attention.
        scores = torch.baddbmm(
            bias[0].to(q.dtype),
            q.flatten(0, 1),
            k.flatten(0, 1).transpose(1, 2),
            alpha=scale,
        )
        probabilities = scores.softmax(-1, dtype=torch.float32 if weights else None)
        out = (probabilities.to(v.dtype) @ v.flatten(0, 1)).unflatten(0, q.shape[:2])
        return self.out_proj(out.transpose(1, 2).flatten(2)), probabilities.unflatten(
            0, q.shape[:2]
        ) if weights else None


class Layer(nn.Module):
    """One pre-norm layer of the encoder, or of the decoder where `cross`."""

    def __init__(self, width: int, heads: int, *, cross: bool) -> None:
        super().__init__()
        self.self_attn = Attention(width, heads)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        if cross:
            self.encoder_attn = Attention(width, heads)
            self.encoder_attn_layer_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)
        self.final_layer_norm = nn.LayerNorm(width)

    def attend(self, x: Tensor, bias: Tensor) -> Tensor:
        """Self-attention with its residual."""
        normed = self.self_attn_layer_norm(x)
        return x + self.self_attn(normed, normed, bias)[0]

    def feed(self, x: Tensor) -> Tensor:
        """Feed-forward with its residual."""
        return x + self.fc2(functional.gelu(self.fc1(self.final_layer_norm(x))))


class Encoder(nn.Module):
    """Log-mel frames to states, at half their rate."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.embed_scale = 1.0
        self.conv1 = nn.Conv1d(shape.mels, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(FRAMES, width)
        # Scaled down: at full size the positions drown what a small network learns of the sound.
        self.embed_positions.weight = nn.Parameter(
            0.2 * sinusoids(FRAMES, width), requires_grad=False
        )
        self.layers = nn.ModuleList(
            Layer(width, shape.heads, cross=False) for _ in range(shape.encoder_layers)
        )
        self.layer_norm = nn.LayerNorm(width)

    def _convolve(self, mel: Tensor) -> Tensor:
        return functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """States of mel (batch, mels, 2n), those of layer -2, and the bias of attention to them."""
        x = self._convolve(mel)
        count = x.shape[1]
        x = x + self.embed_positions.weight[:count]
        bias = x.new_zeros(1, 1, 1, count)
        if count < FRAMES:
            silent = self._convolve(mel.new_zeros(1, mel.shape[1], 16))[:, 4]
            at = (
                count + torch.randperm(FRAMES - count, device=x.device)[: min(PADS, FRAMES - count)]
            )
            pads = silent + self.embed_positions.weight[at]
            x = torch.cat([x, pads.expand(x.shape[0], -1, -1)], dim=1)
            bias = functional.pad(bias, (0, len(at)), value=math.log((FRAMES - count) / len(at)))
        middle = x
        for index, layer in enumerate(self.layers):
            x = layer.feed(layer.attend(x, bias))
            if index == len(self.layers) - 2:
                middle = x
        return self.layer_norm(x), middle[:, :count], bias


class Decoder(nn.Module):
    """Tokens and encoder states to the next token's logits."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width = shape.width
        self.embed_scale = 1.0
        self.first_timestamp = shape.first_timestamp
        self.embed_tokens = nn.Embedding(shape.vocabulary, width)
        self.embed_positions = nn.Embedding(shape.text_positions, width)
        self.layers = nn.ModuleList(
            Layer(width, shape.heads, cross=True) for _ in range(shape.decoder_layers)
        )
        self.layer_norm = nn.LayerNorm(width)
        nn.init.normal_(self.embed_tokens.weight, std=0.02)
        with torch.no_grad():
            self.embed_positions.weight.copy_(0.2 * sinusoids(shape.text_positions, width))
        count = shape.vocabulary - shape.first_timestamp
        self.register_buffer("marks", sinusoids(count, width), persistent=False)
        self.mark = nn.Linear(width, width)
        nn.init.normal_(self.mark.weight, std=0.2 / math.sqrt(width))

    def table(self) -> Tensor:
        """The token embeddings as they are exported, timestamps folded in."""
        return torch.cat([self.embed_tokens.weight[: self.first_timestamp], self.mark(self.marks)])

    def forward(self, tokens: Tensor, states: Tensor, bias: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits (batch, n, vocabulary), and the guided heads' attention (batch, n, frames)."""
        table = self.table()
        x = functional.embedding(tokens, table) + self.embed_positions.weight[: tokens.shape[1]]
        causal = torch.full((tokens.shape[1],) * 2, float("-inf"), device=tokens.device).triu(1)[
            None, None
        ]
        guided = []
        for index, layer in enumerate(self.layers):
            x = layer.attend(x, causal)
            keep = index >= len(self.layers) - 2
            heard, weights = layer.encoder_attn(
                layer.encoder_attn_layer_norm(x), states, bias, weights=keep
            )
            x = layer.feed(x + heard)
            if weights is not None:
                guided.append(weights[:, 0])
        return functional.linear(self.layer_norm(x), table.to(x.dtype)), guided


class Network(nn.Module):
    """Encoder, decoder and the phoneme head that only training uses."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)
        self.phonemes = nn.Linear(shape.width, shape.phonemes)

    def forward(self, mel: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Token logits, phoneme logits per frame, guided attention."""
        states, middle, bias = self.encoder(mel)
        logits, guided = self.decoder(tokens, states, bias)
        return logits, self.phonemes(middle), guided
