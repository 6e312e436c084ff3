"""The stage that writes what people read: SRT files, the guide, the chapters."""
