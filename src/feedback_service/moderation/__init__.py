"""People read what was written, take out what shows who somebody is, and let quotes through or not."""
