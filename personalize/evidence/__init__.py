"""What a video tells of its person beside the network: colours, the still scene, movement."""
