"""The arguments of a cell, the arithmetic of exact answers, and the workloads."""
