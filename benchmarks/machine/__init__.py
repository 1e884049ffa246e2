"""What this computer is, and the least time it allows."""
