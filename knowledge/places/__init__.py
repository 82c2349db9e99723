"""Places: what a citizen calls the village, and which commune or ward it is today."""
