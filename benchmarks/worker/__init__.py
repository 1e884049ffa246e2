"""One process, one implementation: both ends of the line between it and the conductor."""
