"""The rules of alerting, pure: stories, baselines, detection and episodes; time is always an argument."""
