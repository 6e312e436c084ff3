"""marathon: recorded broadcasts to subtitles that people can review."""

import os

# onnxruntime, at work in the voice detector, reports to its maker unless it is told not to
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
