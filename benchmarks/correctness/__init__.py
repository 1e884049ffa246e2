"""Is it right? The reference, the error bound, the cases, and the gate that asks them all."""
