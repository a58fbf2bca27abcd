"""Corpora: one format, its converters, splits and checks. Runs from a checkout, is not part of the wheel."""
