"""The search index over incidents: bigrams, pinyin and the list's order."""
