"""The reference backend of the county API: knows `wire`, nothing else of ours."""
