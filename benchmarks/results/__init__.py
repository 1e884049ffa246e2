"""What a run measures, as values and as files."""
