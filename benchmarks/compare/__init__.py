"""Base and head to a verdict in every cell: two revisions raced side by side, or two runs."""
