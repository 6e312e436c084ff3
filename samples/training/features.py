"""Whisper's log-mel spectrogram in torch, equal to faster-whisper's to float rounding."""

from __future__ import annotations

import torch
from torch import Tensor


def mel_filters(mels: int = 80) -> Tensor:
    """The filter bank that faster-whisper uses, (mels, 201)."""
    from faster_whisper.feature_extractor import FeatureExtractor

    return torch.from_numpy(FeatureExtractor(feature_size=mels).mel_filters).float()


def log_mel(samples: Tensor, lengths: list[int], filters: Tensor) -> Tensor:
    """Features (batch, mels, frames) of samples (batch, n); 0 past a window's own length.

    faster-whisper pads the features of a short window with 0, not its audio with silence.
    """
    window = torch.hann_window(400)
    spectrum = torch.stft(
        samples, 400, 160, window=window, center=True, pad_mode="reflect", return_complex=True
    )
    power = spectrum[..., :-1].abs() ** 2
    log = (filters @ power).clamp(min=1e-10).log10()
    for row, length in enumerate(lengths):
        frames = length // 160
        one = log[row, :, :frames]
        log[row, :, :frames] = (torch.maximum(one, one.max() - 8.0) + 4.0) / 4.0
        log[row, :, frames:] = 0.0
    return log
