"""What was named before, in calls and in what came back, and which parameters mean it."""
