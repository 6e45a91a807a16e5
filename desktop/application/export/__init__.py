"""What leaves the program as tables for people and scripts."""
