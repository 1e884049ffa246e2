"""Training: gradient descent with any implementation, and a fit that can be killed and goes on."""
