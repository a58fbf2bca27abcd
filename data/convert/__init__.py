"""Converters: from the files that a corpus was published in to corpus items. One module a format."""
