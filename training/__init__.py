"""Training from YAML: pretraining, fine-tuning, evaluation, export. Runs from a checkout, is not part of the wheel."""
