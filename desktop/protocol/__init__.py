"""What both ends of the county API agree on; a leaf below the domain and the wire."""
