"""Programs and facts that make the demo district."""
