"""The stage `transcribe`: from a recording's sound to words with times and languages."""
