"""What is already published and looks like spam: every comment of an export judged, in memory that does not grow."""
