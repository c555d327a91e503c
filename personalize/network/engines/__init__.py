"""What computes the answers of a network: torch, OpenVINO on a CPU, or CUDA graphs on a GPU."""
