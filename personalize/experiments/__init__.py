"""The experiments of the paper: functions from networks and labelled images to numbers."""
