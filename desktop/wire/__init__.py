"""The county API's codecs: pure, shared by both ends of the line."""
