"""Pictures and videos in and out: files become RGB arrays, and arrays files."""
