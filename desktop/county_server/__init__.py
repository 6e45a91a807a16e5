"""The reference backend of the county API: imports `wire` and `protocol`, not the client."""
