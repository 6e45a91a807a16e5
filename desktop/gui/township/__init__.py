"""The township office: four tasks of one clerk, in large type, over a line that fails for days."""
