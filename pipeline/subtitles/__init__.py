"""What a subtitle is, whoever made it; no files but what it is handed."""
