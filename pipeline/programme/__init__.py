"""What people tell us about a programme: info file, rundown, roster, glossary."""
