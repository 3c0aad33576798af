"""上传: the parts of the one page that may change anything."""
