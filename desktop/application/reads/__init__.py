"""What screens read: values of one moment, commands laid over rows, doubts in words."""
