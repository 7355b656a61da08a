"""Make the included files again; run from the project's folder."""
