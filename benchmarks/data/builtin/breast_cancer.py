"""569 tumours, 30 measurements each, standardised; 1 is benign (scikit-learn)."""

from benchmarks.data.dataset import Dataset, check


def load() -> Dataset:
    """Wisconsin's diagnostic breast cancer data, as scikit-learn ships it: X (30, 569).

    Each feature is shifted and scaled to mean 0 and standard deviation 1, because the raw ones
    span 1e-3 (error of smoothness) to 4e3 (worst area): one step size could not suit both, and
    w.T X would drive every sigmoid to 0 or 1.
    """
    from sklearn.datasets import load_breast_cancer

    rows, labels = load_breast_cancer(return_X_y=True)
    standard = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    return Dataset("breast_cancer", *check(standard.T, labels.reshape(1, -1), "breast_cancer"))
