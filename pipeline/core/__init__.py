"""What every room uses; imports nothing of ours but itself."""
