"""What several tests share: makers of texts, projects and rules."""
