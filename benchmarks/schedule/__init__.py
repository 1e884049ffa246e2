"""What runs when: a plan, its cells, calibration, allocation and the budget."""
