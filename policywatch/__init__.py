"""What wires policywatch together, and what people start."""
