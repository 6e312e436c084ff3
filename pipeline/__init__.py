"""marathon: recorded broadcasts to subtitles that people can review."""
