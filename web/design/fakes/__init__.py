"""Made-up data of a shop called Harbour & Vine, of the size and shape that real pages have."""
