"""Evidence for the person of a video beside the network: colours, the still scene, movement."""
