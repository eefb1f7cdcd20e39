"""The commands. They wire parts together and hold no logic; `main` has the list."""
