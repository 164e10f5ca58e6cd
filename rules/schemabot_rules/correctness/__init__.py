"""What the server would answer, before it does."""
