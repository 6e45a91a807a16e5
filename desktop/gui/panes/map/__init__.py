"""The one map (一张图): its geometry, labels, drawing and pane."""
