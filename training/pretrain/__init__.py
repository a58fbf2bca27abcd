"""Pretraining of the encoder: vocabulary, packing, masked language modelling to a wall-clock budget."""
