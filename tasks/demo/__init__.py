"""An invented operator: the same believable feed for the same seed, for the demo, the tests and the screenshots."""
