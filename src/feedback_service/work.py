"""The process that works by itself: opens, closes and mixes rounds on their dates, and sends what is due."""
