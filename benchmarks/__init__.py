"""The harness: what is computed, timed, judged, stored, analysed and reported."""
