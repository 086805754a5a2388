"""What the routes share: coordinates, searches, and certificates of a mode."""
