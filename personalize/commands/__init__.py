"""The command line: one file for every command or group, and what they share."""
