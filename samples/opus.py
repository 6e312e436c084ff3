"""Opus files in memory: the same samples give the same bytes."""

from __future__ import annotations

import io
from typing import Final

import numpy as np

_CHUNK_S: Final = 1


def encode(samples: np.ndarray, rate: int, bit_rate: int, *, application: str = "audio") -> bytes:
    """An Ogg Opus file of mono samples in -1..1; what is louder is cut off.

    Args:
        samples: one dimension, at `rate`.
        rate: 16 000 or 48 000, as libopus takes it.
        bit_rate: the average in bits a second; quiet stretches take less.
        application: `audio` keeps music as it is, `voip` favours speech.
    """
    import av

    data = np.round(np.clip(samples, -1, 1) * 32767).astype(np.int16)[np.newaxis]
    out = io.BytesIO()
    # Without bitexact the file carries a random serial number and the name of the library.
    with av.open(out, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=rate, layout="mono")
        stream.bit_rate = bit_rate
        stream.codec_context.options = {"application": application, "vbr": "on"}
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for first in range(0, data.shape[1], _CHUNK_S * rate):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(data[:, first : first + _CHUNK_S * rate]), "s16", "mono"
            )
            frame.sample_rate = rate
            frame.pts = first
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()
