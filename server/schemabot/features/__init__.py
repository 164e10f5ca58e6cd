"""What faces show: protocol-free features, one module each."""
