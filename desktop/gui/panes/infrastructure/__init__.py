"""Infrastructure (设施): what is broken where."""
