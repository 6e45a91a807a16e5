"""The wall (大屏): full-screen scenes that run unattended."""
