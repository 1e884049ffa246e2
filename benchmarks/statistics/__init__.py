"""Samples to medians, intervals, speedups, growth, crossovers and verdicts.

Always computed from the samples, never kept in their place.
"""
