"""Fine-tuning: labelled articles to windows, one training loop, scores through the reader."""
