"""The effects of commands on rows, as pure functions, and the reasons of rejections."""
