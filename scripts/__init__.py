"""What made the files that come along; run from the project's folder."""
