"""Where an answer belongs: keys of the official register (AGS) and the tree that they form. Pure."""
