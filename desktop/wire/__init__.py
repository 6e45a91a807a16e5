"""The county API's codecs: pure functions shared by the client and the server."""
