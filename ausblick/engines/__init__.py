"""Ways to run the reader over many articles: in this process, in worker processes, on a Ray cluster."""
