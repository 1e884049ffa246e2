"""One run on every machine of a Dask cluster: the project's files travel, the run's folder comes back."""
