"""Values and rules of a county's operations, with no input or output of their own."""
