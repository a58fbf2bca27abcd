"""What is done to the exported graph: fused for ONNX Runtime, stored small, and, if wanted, quantised to int8."""
