"""`county-desk selftest`: what is checked, and every screen it draws."""
