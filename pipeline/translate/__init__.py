"""Translation by whole sentences, its words back on the recording's clock."""
