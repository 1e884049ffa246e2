"""A history as a picture, as Markdown and as a page: from the rows of history.csv."""
